/** Questions to the state; each is `(state, …)` and made for `useSelect`. */
import { byPlace } from "./place.js";
import { hasEnded, needsAnswer, orderOf } from "./views.js";

const NONE = Object.freeze([]);
const ADMIN = "admin";

export const me = (state) => state.me;
export const threadOf = (state, id) => state.threads[id] ?? null;
export const detailOf = (state, id) => state.details[id] ?? null;

export const can = (state, scope) =>
  Boolean(state.me?.scopes?.some((held) => held === scope || held === ADMIN));

export const isMine = (state, conversation) => conversation?.assignee?.id === state.me?.id;

export function contactOf(state, threadId) {
  const contact = state.threads[threadId]?.contact;
  return contact ? { ...contact, ...state.contacts[contact.id] } : null;
}

/** Whether a thread is mine and waits for my answer. */
export const needsMe = (state, thread) =>
  needsAnswer(thread) && isMine(state, thread.conversation);

/** How many conversations are on my hands; the server's count until mine are loaded. */
export function activeOf(state) {
  if (!state.lists.mine?.loaded) return state.me.active ?? 0;
  const rows = Object.values(state.threads);
  return rows.filter(
    ({ conversation }) => conversation?.state === "active" && isMine(state, conversation),
  ).length;
}

const orders = new WeakMap();

function sorted(entries) {
  if (!orders.has(entries)) orders.set(entries, Object.values(entries).sort(byPlace));
  return orders.get(entries);
}

/** What is shown of a thread: entries in order, then what has not been answered for yet. */
export function timelineOf(state, threadId) {
  const timeline = state.timelines[threadId];
  const echoes = Object.values(state.outbox)
    .filter((echo) => echo.thread_id === threadId)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map((echo) => ({ ...echo, kind: "echo", id: echo.client_id }));
  const entries = timeline?.entries ? sorted(timeline.entries) : NONE;
  return {
    items: echoes.length ? [...entries, ...echoes] : entries,
    before: timeline?.before ?? null,
    after: timeline?.after ?? null,
    loading: timeline?.loading ?? true,
    loaded: timeline?.loaded ?? false,
    error: timeline?.error ?? null,
  };
}

/** Other agents who have this thread open: {agent, typing}. */
export const lookersOf = (state, threadId) =>
  (state.looking[threadId] ?? NONE).filter((looker) => looker.agent.id !== state.me?.id);

/** The threads of a view, in its order. */
export function rowsOf(state, view) {
  const ids = state.lists[view]?.ids ?? NONE;
  return ids
    .map((id) => state.threads[id])
    .filter(Boolean)
    .sort(orderOf(view));
}

/** Threads with something I have not read, among mine and (by level) what nobody has. */
function attentionOf(state) {
  const level = state.prefs.notify.level;
  return Object.values(state.threads).filter((thread) => {
    if (!thread.unread || hasEnded(thread.conversation)) return false;
    if (isMine(state, thread.conversation)) return true;
    if (level === "all") return true;
    return level === "queue" && thread.conversation.state === "queued";
  });
}

export const unreadTotal = (state) => attentionOf(state).length;

/** The line a thread speaks through, when the server has told about it. */
export function linkOfThread(state, threadId) {
  const own = state.threads[threadId]?.own;
  return Object.values(state.links).find((link) => link.msisdn === own) ?? null;
}

/** Lines besides that number of ours which can send now. */
export const otherLines = (state, own) =>
  Object.values(state.links).filter(
    (link) => link.msisdn && link.msisdn !== own && link.state === "up",
  );

export const sickLinks = (state) =>
  Object.values(state.links).filter((link) => link.state !== "up");
