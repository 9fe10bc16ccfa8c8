/** Sending as the agent sees it: the bubble at once, the truth as soon as it is known. */
import { ApiError, api, newId, problem } from "./api.js";
import { CAPACITY, forget, keep, left } from "./offline.js";
import { dispatch, getState } from "./store.js";

const FRESH_MS = 10 * 60_000; // older texts are not sent without asking
const AGAIN_MS = 3_000;
const chains = new Map();
let again = null;
const RETRY_LATER = new Set(["timeout", "unreachable"]);

/** The log's place up to which a thread has been seen; the server guards with it. */
function seenSeq(threadId) {
  const { seq, timelines } = getState();
  return Math.max(seq, timelines[threadId]?.seenSeq ?? 0);
}

const patch = (clientId, changes) => {
  dispatch({ type: "echo/patch", clientId, changes });
  const echo = getState().outbox[clientId];
  if (echo) keep(getState().me.id, echo);
};

function done(clientId) {
  dispatch({ type: "echo/drop", clientId });
  forget(clientId);
}

function failed(echo, error) {
  if (error.code === "thread_moved") {
    patch(echo.client_id, { state: "moved", entries: error.body.entries ?? [] });
    for (const entry of error.body.entries ?? []) dispatch({ type: "entry", entry });
    return;
  }
  const isUnknown = error instanceof ApiError && (RETRY_LATER.has(error.code) || error.status >= 500);
  // The login is over or the server is away: the same text with the same id goes later.
  if (isUnknown || error.status === 401) waitFor(echo.client_id);
  else patch(echo.client_id, { state: "refused", code: error.code, problem: problem(error) });
}

/** A return of the line, or a login, sends what waits; while both are there, time does. */
function waitFor(clientId) {
  patch(clientId, { state: "waiting" });
  const { auth, net } = getState();
  if (auth !== "in" || net.state !== "live") return;
  again ??= setTimeout(() => {
    again = null;
    if (getState().auth === "in") flushOutbox();
  }, AGAIN_MS);
}

/** Whether a text of the same thread that was written before this one still waits. */
const overtakes = (echo) =>
  Object.values(getState().outbox).some(
    (other) => other.thread_id === echo.thread_id && other.state === "waiting" && other.at < echo.at,
  );

async function post(clientId) {
  const echo = getState().outbox[clientId];
  if (!echo || echo.state !== "sending") return;
  if (overtakes(echo)) {
    waitFor(clientId);
    return;
  }
  try {
    const answer = await api.post(`/threads/${echo.thread_id}/replies`, {
      client_id: echo.client_id,
      text: echo.text,
      seen_seq: echo.seen_seq,
      force: echo.force || undefined,
      canned_id: echo.canned_id ?? undefined,
      draft_revision: echo.draft_revision ?? undefined,
      undo_s: echo.undo_s,
    });
    dispatch({ type: "entry", entry: answer.entry });
    if (answer.conversation) dispatch({ type: "conversation", conversation: answer.conversation });
    done(clientId);
  } catch (error) {
    failed(echo, error);
  }
}

/** One text at a time in a thread, so that they leave in the order they were written. */
function chain(threadId, clientId) {
  const next = (chains.get(threadId) ?? Promise.resolve()).then(() => post(clientId));
  chains.set(threadId, next);
  return next;
}

const waitsBefore = (threadId) =>
  Object.values(getState().outbox).some(
    (echo) => echo.thread_id === threadId && echo.state === "waiting",
  );

/** Shows and sends a text; what cannot go now waits and goes by itself. */
export function send(threadId, text, { cannedId = null, force = false, undoS, draftRevision } = {}) {
  const { outbox, prefs, me, net } = getState();
  const unsent = Object.values(outbox).filter((echo) => echo.state !== "refused");
  if (unsent.length >= CAPACITY) return { ok: false, code: "queue_full" };
  const isOffline = net.state === "offline" || waitsBefore(threadId);
  const echo = {
    client_id: newId(),
    thread_id: threadId,
    text,
    canned_id: cannedId,
    draft_revision: draftRevision,
    at: new Date().toISOString(),
    state: isOffline ? "waiting" : "sending",
    seen_seq: seenSeq(threadId),
    undo_s: undoS ?? prefs.undo_s,
    force,
  };
  dispatch({ type: "echo/put", echo });
  keep(me.id, echo);
  if (!isOffline) chain(threadId, echo.client_id);
  return { ok: true, clientId: echo.client_id };
}

/** Once more, with the same id: after a guard, a refusal, or a long absence. */
export function resend(clientId, { force = false } = {}) {
  const echo = getState().outbox[clientId];
  if (!echo) return Promise.resolve();
  patch(clientId, { state: "sending", force, seen_seq: seenSeq(echo.thread_id) });
  return chain(echo.thread_id, clientId);
}

/** Drops an unsent text and gives it back, to be a draft again. */
export function takeBack(clientId) {
  const text = getState().outbox[clientId]?.text ?? "";
  done(clientId);
  return text;
}

/** The network is back: young texts go, old ones ask. */
export function flushOutbox() {
  const waiting = Object.values(getState().outbox)
    .filter((echo) => echo.state === "waiting")
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const echo of waiting) {
    const isFresh = Date.now() - Date.parse(echo.at) < FRESH_MS;
    patch(echo.client_id, { state: isFresh ? "sending" : "ask" });
    if (isFresh) chain(echo.thread_id, echo.client_id);
  }
}

/** What an earlier life of this page left unsent. */
export async function restoreOutbox() {
  for (const { agent_id: _mine, ...echo } of await left(getState().me.id)) {
    if (getState().outbox[echo.client_id]) continue;
    const state = echo.state === "sending" ? "waiting" : echo.state;
    dispatch({ type: "echo/put", echo: { ...echo, state } });
  }
}

/** Calls a reply back while its undo time runs; gives the text. */
export async function undo(threadId, entryId) {
  const { entry, text } = await api.del(`/threads/${threadId}/replies/${entryId}`);
  if (entry) dispatch({ type: "entry/changed", entry });
  return text;
}

/** Sends a failed message again. */
export async function retry(threadId, messageId, { force = false } = {}) {
  const { entry } = await api.post(`/threads/${threadId}/replies/${messageId}/retry`, { force });
  dispatch({ type: "entry/changed", entry });
  return entry;
}

// A note whose answer did not come is the same note when it is sent again.
const unanswered = new Map();

export async function addNote(threadId, text, { mentions = [], draftRevision } = {}) {
  const what = `${threadId} ${text}`;
  if (!unanswered.has(what)) unanswered.set(what, newId());
  const body = { client_id: unanswered.get(what), text, mentions, draft_revision: draftRevision };
  const { entry } = await api.post(`/threads/${threadId}/notes`, body);
  unanswered.delete(what);
  dispatch({ type: "entry", entry });
  return entry;
}
