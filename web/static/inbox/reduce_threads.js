/** What one piece of news does to threads, timelines, lists and counts; pure. */
import { isAfter } from "./place.js";
import { COUNTED, VIEWS, belongs } from "./views.js";

const EXCERPT = 160;
const MAX_UNREAD = 99;

/** A row from a snapshot, unless live news have already moved it beyond. */
export function keepRow(state, row, seq) {
  const known = state.threads[row.id];
  if (known && known.seq > seq) return state;
  return { ...state, threads: { ...state.threads, [row.id]: { ...row, seq } } };
}

/** Which loaded lists a thread is in now, and which counts it moves. */
function resettle(state, before, after) {
  const myId = state.me?.id;
  const lists = { ...state.lists };
  const counts = { ...state.counts };
  for (const view of VIEWS) {
    const isIn = belongs(view, after, myId);
    if (before && COUNTED.includes(view) && counts[view] !== undefined) {
      const change = Number(isIn) - Number(belongs(view, before, myId));
      counts[view] = Math.max(0, counts[view] + change);
    }
    const list = lists[view];
    if (!list?.ids) continue;
    const was = list.ids.includes(after.id);
    if (isIn && !was) lists[view] = { ...list, ids: [...list.ids, after.id] };
    if (!isIn && was) {
      lists[view] = { ...list, ids: list.ids.filter((id) => id !== after.id) };
    }
  }
  return { ...state, lists, counts };
}

/** A thread as the server tells it, new or known. */
export function upsertThread(state, row, seq) {
  const before = state.threads[row.id];
  const kept = keepRow(state, row, seq);
  return kept === state ? state : resettle(kept, before, row);
}

function change(state, threadId, changes) {
  const before = state.threads[threadId];
  const after = { ...before, ...changes };
  return resettle({ ...state, threads: { ...state.threads, [threadId]: after } }, before, after);
}

const wanted = (state, threadId) =>
  state.unknown.includes(threadId) ? state : { ...state, unknown: [...state.unknown, threadId] };

function lastOf(entry) {
  return {
    id: entry.id,
    kind: entry.kind,
    direction: entry.direction ?? null,
    text: (entry.text ?? "").slice(0, EXCERPT),
    at: entry.at,
    state: entry.state ?? null,
  };
}

const isSpoken = (entry) => entry.kind !== "step";

function intoTimeline(state, entry, seq) {
  const timeline = state.timelines[entry.thread_id];
  if (!timeline?.loaded || (seq !== null && seq <= timeline.seq)) return state;
  const isKnown = entry.id in timeline.entries;
  // While the newest page is not loaded, what is newest has no place to stand.
  if (!isKnown && timeline.after) return state;
  const entries = { ...timeline.entries, [entry.id]: entry };
  return {
    ...state,
    timelines: { ...state.timelines, [entry.thread_id]: { ...timeline, entries } },
  };
}

function intoRow(state, entry, seq) {
  const thread = state.threads[entry.thread_id];
  if (!thread) return wanted(state, entry.thread_id);
  if (!isSpoken(entry) || (seq !== null && seq <= thread.seq)) return state;
  const isNew = isAfter(entry.id, thread.last?.id);
  if (!isNew && entry.id !== thread.last?.id) return state;
  const changes = { last: lastOf(entry) };
  const isCounted = isNew && entry.direction === "mo";
  if (isCounted) changes.unread = Math.min(MAX_UNREAD, thread.unread + 1);
  return change(state, entry.thread_id, changes);
}

function withoutEcho(state, clientId) {
  if (!clientId || !(clientId in state.outbox)) return state;
  const { [clientId]: _gone, ...outbox } = state.outbox;
  return { ...state, outbox };
}

/** What was taken back was never said: it leaves, and the row is asked for anew. */
function withdrawn(state, { id, thread_id, client_id }) {
  const timeline = state.timelines[thread_id];
  let after = withoutEcho(state, client_id);
  if (timeline?.entries && id in timeline.entries) {
    const { [id]: _gone, ...entries } = timeline.entries;
    const timelines = { ...after.timelines, [thread_id]: { ...timeline, entries } };
    after = { ...after, timelines };
  }
  return after.threads[thread_id]?.last?.id === id ? wanted(after, thread_id) : after;
}

export const fold = {
  entry(state, entry, seq) {
    if (entry.state === "withdrawn") return withdrawn(state, entry);
    const after = intoRow(intoTimeline(state, entry, seq), entry, seq);
    return withoutEcho(after, entry.client_id);
  },

  /** The answer to what I did; the stream may have told already, and told more. */
  answer(state, entry) {
    const told = state.timelines[entry.thread_id]?.entries?.[entry.id];
    return told ? withoutEcho(state, entry.client_id) : fold.entry(state, entry, null);
  },

  conversation(state, conversation, seq) {
    const thread = state.threads[conversation.thread_id];
    if (!thread) return wanted(state, conversation.thread_id);
    if (seq !== null && seq <= thread.seq) return state;
    const known = thread.conversation;
    if (known && known.id !== conversation.id && known.number > conversation.number) return state;
    if (known?.id === conversation.id && known.revision > conversation.revision) return state;
    return change(state, thread.id, { conversation });
  },

  contact(state, contact) {
    const threads = { ...state.threads };
    for (const thread of Object.values(threads)) {
      if (thread.contact.id === contact.id) threads[thread.id] = { ...thread, contact };
    }
    return { ...state, threads, contacts: { ...state.contacts, [contact.id]: contact } };
  },

  /** Threads that are no more: erased, or another person's since a merge. */
  gone(state, threadIds) {
    const without = (part) =>
      Object.fromEntries(Object.entries(part).filter(([id]) => !threadIds.includes(id)));
    const lists = Object.fromEntries(
      Object.entries(state.lists).map(([view, list]) => [
        view,
        { ...list, ids: list.ids?.filter((id) => !threadIds.includes(id)) },
      ]),
    );
    const [threads, details, timelines] = [state.threads, state.details, state.timelines].map(without);
    return { ...state, lists, threads, details, timelines };
  },

  /** What was loaded of these threads is not all of it any more. */
  outdated(state, threadIds) {
    const details = { ...state.details };
    for (const id of threadIds) {
      if (details[id]) details[id] = { ...details[id], outdated: true };
    }
    return { ...state, details };
  },

  draft(state, threadId, draft) {
    const thread = state.threads[threadId];
    const detail = state.details[threadId];
    const threads = thread
      ? { ...state.threads, [threadId]: { ...thread, draft: Boolean(draft?.text) } }
      : state.threads;
    const details = detail ? { ...state.details, [threadId]: { ...detail, draft } } : state.details;
    return { ...state, threads, details };
  },

  read(state, threadId, entry, unread) {
    const thread = state.threads[threadId];
    const detail = state.details[threadId];
    const threads = thread
      ? { ...state.threads, [threadId]: { ...thread, unread: unread ?? 0 } }
      : state.threads;
    const details = detail
      ? { ...state.details, [threadId]: { ...detail, read: entry } }
      : state.details;
    return { ...state, threads, details };
  },
};
