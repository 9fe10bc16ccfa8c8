/** Every change of the page's state, one pure function; see `reduce_frames.js` for live news. */
import { applyFrames } from "./reduce_frames.js";
import { fold, keepRow, upsertThread } from "./reduce_threads.js";

const PREFERENCES = {
  theme: "auto",
  density: "cosy",
  send_key: "enter",
  undo_s: 4,
  sounds: { message: true, mention: true, failed: true, volume: 0.5 },
  notify: { level: "queue", text: false, desktop: false },
  keys: { enabled: true, map: {} },
  panel: true,
  tour_done: false,
};

export const START = {
  auth: "loading",
  me: null,
  expiresAt: null,
  prefs: PREFERENCES,
  net: { state: "connecting", since: null, lastAt: null, connection: null, replayed: 0, back: 0 },
  seq: 0,
  agents: {},
  links: {},
  contacts: {},
  settings: null,
  threads: {},
  details: {},
  timelines: {},
  view: "mine",
  lists: {},
  counts: {},
  looking: {},
  outbox: {},
  unknown: [],
  stale: 0,
  toasts: [],
};

const withPreferences = (kept) => {
  const prefs = { ...PREFERENCES, ...kept };
  for (const group of ["sounds", "notify", "keys"]) {
    prefs[group] = { ...PREFERENCES[group], ...kept?.[group] };
  }
  return prefs;
};

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));
const put = (state, part, key, value) => ({ ...state, [part]: { ...state[part], [key]: value } });
const patch = (state, part, key, changes) => put(state, part, key, { ...state[part][key], ...changes });

function drop(state, part, key) {
  const { [key]: gone, ...rest } = state[part];
  return gone === undefined ? state : { ...state, [part]: rest };
}

function listLoaded(state, { view, items, next, counts, seq, more }) {
  let after = { ...state, seq: Math.max(state.seq, state.seq === 0 ? seq : 0) };
  for (const row of items) after = keepRow(after, row, seq);
  const before = more ? (state.lists[view]?.ids ?? []) : [];
  const ids = [...new Set([...before, ...items.map((row) => row.id)])];
  const list = { ids, next, loading: false, error: null, loaded: true };
  return { ...put(after, "lists", view, list), counts: { ...state.counts, ...counts } };
}

function threadLoaded(state, { answer }) {
  const { thread, seq, links, ...detail } = answer;
  const after = upsertThread(state, thread, seq);
  const known = { ...after.links, ...byId(links ?? []) };
  const kept = { ...detail, seq, error: null, loading: false, loaded: true };
  return { ...put(after, "details", thread.id, kept), links: known };
}

function entriesLoaded(state, { threadId, mode, items, before, after, seq }) {
  const old = state.timelines[threadId];
  const joins = old?.loaded && mode !== "fresh";
  const entries = joins ? { ...old.entries } : {};
  for (const entry of items) entries[entry.id] = entry;
  const timeline = {
    entries,
    before: joins && mode === "after" ? old.before : before,
    after: joins && mode === "before" ? old.after : after,
    // What is older than the snapshot of any page must not be applied again.
    seq: joins ? Math.min(old.seq, seq) : seq,
    // Up to here the agent can have seen what was said; sending is guarded by it.
    seenSeq: after ? (old?.seenSeq ?? 0) : Math.max(old?.seenSeq ?? 0, seq),
    loading: false,
    loaded: true,
    error: null,
  };
  return dropAnswered(put(state, "timelines", threadId, timeline), items);
}

function dropAnswered(state, entries) {
  return entries.reduce(
    (now, entry) => (entry.client_id ? drop(now, "outbox", entry.client_id) : now),
    state,
  );
}

function signedIn(state, { agent, expiresAt }) {
  const other = state.me && state.me.id !== agent.id;
  return {
    ...(other ? START : state),
    auth: "in",
    me: agent,
    expiresAt,
    prefs: withPreferences(agent.preferences),
    agents: { ...(other ? {} : state.agents), [agent.id]: agent },
  };
}

function staled(state) {
  const details = Object.fromEntries(
    Object.entries(state.details).map(([id, detail]) => [id, { ...detail, loaded: false }]),
  );
  return { ...state, details, timelines: {}, stale: state.stale + 1, unknown: [], seq: 0 };
}

const HANDLERS = {
  "auth/in": signedIn,
  "auth/state": (state, { value }) => ({ ...state, auth: value }),
  "auth/me": (state, { changes }) => ({ ...state, me: { ...state.me, ...changes } }),
  "prefs/set": (state, { changes }) => ({ ...state, prefs: { ...state.prefs, ...changes } }),
  net: (state, { changes }) => ({ ...state, net: { ...state.net, ...changes } }),
  frames: (state, { frames }) => applyFrames(state, frames),
  "list/loading": (state, { view }) => patch(state, "lists", view, { loading: true, error: null }),
  "list/failed": (state, { view, error }) => patch(state, "lists", view, { loading: false, error }),
  "list/loaded": listLoaded,
  view: (state, { view }) => ({ ...state, view }),
  counts: (state, { counts }) => ({ ...state, counts: { ...state.counts, ...counts } }),
  "thread/loading": (state, { threadId }) =>
    patch(state, "details", threadId, { loading: true, error: null }),
  "thread/failed": (state, { threadId, error }) =>
    patch(state, "details", threadId, { loading: false, error }),
  "thread/loaded": threadLoaded,
  "thread/row": (state, { row, seq }) => upsertThread(state, row, seq),
  "thread/unknown": (state, { id }) =>
    state.unknown.includes(id) ? state : { ...state, unknown: [...state.unknown, id] },
  "thread/known": (state, { ids }) => ({
    ...state,
    unknown: state.unknown.filter((id) => !ids.includes(id)),
  }),
  "entries/loading": (state, { threadId }) =>
    patch(state, "timelines", threadId, { loading: true, error: null }),
  "entries/failed": (state, { threadId, error }) =>
    patch(state, "timelines", threadId, { loading: false, error }),
  "entries/loaded": entriesLoaded,
  entry: (state, { entry }) => fold.answer(state, entry),
  "entry/changed": (state, { entry }) => fold.entry(state, entry, null),
  conversation: (state, { conversation }) => fold.conversation(state, conversation, null),
  contact: (state, { contact }) => fold.contact(state, contact),
  draft: (state, { threadId, draft }) => fold.draft(state, threadId, draft),
  read: (state, { threadId, entry, unread }) => fold.read(state, threadId, entry, unread),
  agents: (state, { items }) => ({ ...state, agents: { ...state.agents, ...byId(items) } }),
  links: (state, { items }) => ({ ...state, links: byId(items) }),
  settings: (state, { settings }) => ({ ...state, settings }),
  "echo/put": (state, { echo }) => put(state, "outbox", echo.client_id, echo),
  "echo/patch": (state, { clientId, changes }) =>
    state.outbox[clientId] ? patch(state, "outbox", clientId, changes) : state,
  "echo/drop": (state, { clientId }) => drop(state, "outbox", clientId),
  "toast/put": (state, { toast }) => ({ ...state, toasts: [...state.toasts, toast].slice(-4) }),
  "toast/drop": (state, { id }) => ({ ...state, toasts: state.toasts.filter((one) => one.id !== id) }),
  stale: staled,
};

export function reduce(state, action) {
  const handler = HANDLERS[action.type];
  if (!handler) throw new TypeError(`no such action: ${action.type}`);
  return handler(state, action);
}
