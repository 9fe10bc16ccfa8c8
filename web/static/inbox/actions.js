/** What the page asks of the API and what it does with the answers. */
import { api, problem } from "./api.js";
import { currentRoute, go, paths } from "./router.js";
import { rowsOf } from "./selectors.js";
import { dispatch, getState } from "./store.js";

const LIST_SIZE = 50;
const PAGE_SIZE = 50;
const running = new Map();

/** One request at a time for one purpose; whoever asks meanwhile shares the answer. */
function once(key, ask) {
  if (!running.has(key)) {
    running.set(key, ask().finally(() => running.delete(key)));
  }
  return running.get(key);
}

/** The first page of a view, or the next one when `more`. */
export function loadList(view, { more = false } = {}) {
  return once(`list ${view} ${more}`, async () => {
    const cursor = more ? getState().lists[view]?.next : null;
    if (more && !cursor) return;
    dispatch({ type: "list/loading", view });
    try {
      const answer = await api.get("/threads", { query: { view, cursor, limit: LIST_SIZE } });
      dispatch({ type: "list/loaded", view, more, ...answer });
    } catch (error) {
      dispatch({ type: "list/failed", view, error: problem(error) });
      throw error;
    }
  });
}

export async function loadCounts() {
  const { counts } = await api.get("/threads", { query: { view: "queue", limit: 1 } });
  dispatch({ type: "counts", counts });
}

/** A thread nobody here knew, because something happened in it. */
export async function loadRow(threadId) {
  const { thread, seq } = await api.get(`/threads/${threadId}`);
  dispatch({ type: "thread/row", row: thread, seq });
}

export async function loadEntries(threadId, place = {}) {
  const mode = place.before ? "before" : place.after ? "after" : "fresh";
  return once(`entries ${threadId} ${mode} ${place.around ?? ""}`, async () => {
    dispatch({ type: "entries/loading", threadId });
    try {
      const query = { ...place, limit: PAGE_SIZE };
      const answer = await api.get(`/threads/${threadId}/entries`, { query });
      dispatch({ type: "entries/loaded", threadId, mode, ...answer });
    } catch (error) {
      dispatch({ type: "entries/failed", threadId, error: problem(error) });
      throw error;
    }
  });
}

async function loadDetail(threadId) {
  dispatch({ type: "thread/loading", threadId });
  try {
    const answer = await api.get(`/threads/${threadId}`);
    dispatch({ type: "thread/loaded", answer });
    // Its contact was merged into another one: the thread goes on under another name.
    const { id } = answer.thread;
    if (id !== threadId && currentRoute().threadId === threadId) {
      go(paths.thread(id), { replace: true });
    }
  } catch (error) {
    dispatch({ type: "thread/failed", threadId, error: problem(error) });
    throw error;
  }
}

/** All that is shown of an open thread; what is fresh is not asked for again. */
export function loadThread(threadId, { around = null, again: wanted = false } = {}) {
  const { details, timelines } = getState();
  const again = wanted || details[threadId]?.outdated;
  const tasks = [];
  if (again || !details[threadId]?.loaded) {
    tasks.push(once(`thread ${threadId}`, () => loadDetail(threadId)));
  }
  const timeline = timelines[threadId];
  const isThere = timeline?.loaded && (!around || around in timeline.entries);
  if (again || !isThere) tasks.push(loadEntries(threadId, around ? { around } : {}));
  return Promise.all(tasks);
}

export async function loadContact(contactId) {
  const contact = await api.get(`/contacts/${contactId}`);
  dispatch({ type: "contact", contact });
  return contact;
}

export async function loadAgents() {
  const { items } = await api.get("/agents");
  dispatch({ type: "agents", items });
  return items;
}

export async function loadSettings() {
  const settings = await api.get("/inbox/settings");
  dispatch({ type: "settings", settings });
  return settings;
}

/** A decision about a conversation; `verb` is the last word of its address. */
export async function act(conversationId, verb, body = {}) {
  const { conversation } = await api.post(`/conversations/${conversationId}/${verb}`, body);
  dispatch({ type: "conversation", conversation });
  return conversation;
}

export async function setTags(conversationId, tags) {
  const { conversation } = await api.put(`/conversations/${conversationId}/tags`, { tags });
  dispatch({ type: "conversation", conversation });
  return conversation;
}

/** Takes the one who has waited longest; when another agent was quicker, the next one. */
export async function takeNext() {
  await loadList("queue");
  for (const { id, conversation } of rowsOf(getState(), "queue")) {
    try {
      await act(conversation.id, "take");
      return id;
    } catch (error) {
      if (error.status !== 409) throw error;
    }
  }
  return null;
}

const unmarked = new Map(); // what the server could not be told yet

function tellRead(threadId, entry) {
  unmarked.set(threadId, entry);
  const tell = async () => {
    await api.put(`/threads/${threadId}/read`, { entry });
    if (unmarked.get(threadId) === entry) unmarked.delete(threadId);
  };
  return tell().catch((error) => {
    // Without a connection the mark waits; refused for another reason it never comes.
    if (!error.isUnreachable) unmarked.delete(threadId);
  });
}

/** Shown as read at once; the server is told behind, and again when the line is back. */
export function markRead(threadId, entry) {
  dispatch({ type: "read", threadId, entry, unread: 0 });
  return tellRead(threadId, entry);
}

export const markAgain = () => {
  for (const [threadId, entry] of unmarked) tellRead(threadId, entry);
};

export async function markUnread(threadId, entry) {
  unmarked.delete(threadId);
  const { threads, timelines } = getState();
  const later = Object.values(timelines[threadId]?.entries ?? {}).filter(
    (one) => one.direction === "mo" && one.id >= entry,
  );
  const unread = Math.max(1, later.length, threads[threadId]?.unread ?? 0);
  dispatch({ type: "read", threadId, entry: null, unread });
  return api.del(`/threads/${threadId}/read`, { query: { from: entry } });
}

export async function setPresence(presence) {
  const before = getState().me.presence;
  dispatch({ type: "auth/me", changes: { presence } });
  try {
    await api.put("/session/presence", { presence });
  } catch (error) {
    dispatch({ type: "auth/me", changes: { presence: before } });
    throw error;
  }
}

/** Changes wishes here at once and at the server behind; null forgets one. */
export function savePreferences(changes) {
  dispatch({ type: "prefs/set", changes });
  return api.patch("/session", { preferences: changes });
}
