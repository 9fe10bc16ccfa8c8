/** Live news: one stream a browser, resumed from the last place; says honestly how fresh it is. */
import { api } from "./api.js";
import { dispatch, getState } from "./store.js";
import { isLeader, lead, on, tell } from "./tabs.js";

const LOGGED = ["entry", "conversation", "contact", "agent", "link"];
const VOLATILE = ["draft", "read", "looking"];
const SILENCE_MS = 35_000; // two beats of 15 s and a breath
const OFFLINE_MS = 10_000;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5_000;
const QUIET_MS = 600; // a replay that says nothing for so long is over
const FLUSH_MS = 40; // a replay of thousands is drawn a few times only

let source = null;
let retryMs = FIRST_RETRY_MS;
let timers = {};
let waiting = [];
let replayUntil = null;
let replayed = 0;
let listeners = { frames: () => {}, gap: () => {}, expired: () => {}, back: () => {} };

const now = () => Date.now();

function say(changes) {
  dispatch({ type: "net", changes });
  if (isLeader()) tell("net", getState().net);
}

function apply(frames) {
  dispatch({ type: "frames", frames });
  listeners.frames(frames);
}

function flush() {
  timers.flush = null;
  const frames = waiting;
  waiting = [];
  if (!frames.length) return;
  tell("frames", frames);
  apply(frames);
}

function take(name, event) {
  const seq = event.lastEventId && LOGGED.includes(name) ? Number(event.lastEventId) : null;
  const data = JSON.parse(event.data);
  waiting.push({ name, data, seq });
  if (replayUntil !== null && data.entry?.direction === "mo") replayed += 1;
  heard();
  // What comes alone is shown at once; what comes in a flood is gathered.
  if (waiting.length === 1 && replayUntil === null) queueMicrotask(flush);
  else timers.flush ??= setTimeout(flush, FLUSH_MS);
  if (replayUntil === null) return;
  clearTimeout(timers.replay);
  timers.replay = setTimeout(caughtUp, QUIET_MS);
  if (seq !== null && seq >= replayUntil) caughtUp();
}

function heard() {
  clearTimeout(timers.silence);
  timers.silence = setTimeout(() => lost("reconnecting"), SILENCE_MS);
}

/** The replay after an absence is over: nothing more came for a moment, or its end did. */
function caughtUp() {
  clearTimeout(timers.replay);
  replayUntil = null;
  flush();
  say({ replayed, back: now() });
}

function hello(event) {
  const { seq, last = Infinity, connection } = JSON.parse(event.data);
  const wasAway = getState().net.since !== null;
  retryMs = FIRST_RETRY_MS;
  clearTimeout(timers.offline);
  heard();
  if (wasAway) {
    replayed = 0;
    replayUntil = last;
    timers.replay = setTimeout(caughtUp, QUIET_MS);
  }
  say({ state: "live", since: null, lastAt: now(), connection });
  if (!wasAway) return;
  if (last <= seq) caughtUp();
  listeners.back();
}

function close() {
  source?.close();
  source = null;
  for (const timer of Object.values(timers)) clearTimeout(timer);
  timers = {};
  replayUntil = null;
}

async function lost(state) {
  flush();
  close();
  const { net, auth } = getState();
  const since = net.since ?? now();
  say({ state, since, connection: null, lastAt: net.since ? net.lastAt : now() });
  if (auth !== "in") return;
  timers.offline = setTimeout(
    () => getState().net.state !== "live" && say({ state: "offline" }),
    Math.max(0, OFFLINE_MS - (now() - since)),
  );
  const pause = retryMs * (0.75 + Math.random() / 2);
  retryMs = Math.min(LAST_RETRY_MS, retryMs * 1.7);
  timers.retry = setTimeout(connect, pause);
}

/** A stream cannot tell why it was refused; the session can. */
async function refused() {
  const state = getState().net.state === "restarting" ? "restarting" : "reconnecting";
  lost(state);
  try {
    await api.get("/session");
  } catch {
    // An ended login has opened its dialog by now; anything else is tried again.
  }
}

function connect() {
  clearTimeout(timers.retry);
  source?.close();
  source = new EventSource(`/api/v1/inbox/stream?after=${getState().seq}`);
  source.addEventListener("hello", hello);
  for (const name of [...LOGGED, ...VOLATILE]) {
    source.addEventListener(name, (event) => take(name, event));
  }
  source.addEventListener("beat", () => {
    heard();
    say({ lastAt: now() });
  });
  source.addEventListener("gap", () => {
    tell("gap", null);
    listeners.gap();
  });
  source.addEventListener("bye", () => lost("restarting"));
  source.addEventListener("expired", () => {
    tell("expired", null);
    listeners.expired();
    lost("reconnecting"); // tries nothing before the next login
  });
  source.addEventListener("error", refused);
  timers.silence ??= setTimeout(() => lost("reconnecting"), SILENCE_MS);
}

on("frames", (frames) => isLeader() || apply(frames));
on("net", (net) => isLeader() || follow(net));
on("gap", () => isLeader() || listeners.gap());
on("expired", () => isLeader() || listeners.expired());
on("tab.who", () => isLeader() && introduce());

/** What a new tab cannot hear any more: the connection, and who looks at what. */
function introduce() {
  const { net, looking: threads } = getState();
  tell("net", net);
  tell("frames", [{ name: "looking", data: { threads }, seq: null }]);
}

function follow(net) {
  const wasAway = getState().net.since !== null;
  dispatch({ type: "net", changes: net });
  if (wasAway && net.state === "live") listeners.back();
}

/** Begins to listen after a snapshot; `handlers`: frames, gap, expired, back. */
export function start(handlers) {
  listeners = { ...listeners, ...handlers };
  lead(connect);
}

/** After a new login, or when the agent asks: now rather than later. */
export function reconnect() {
  if (!isLeader()) return tell("reconnect", null);
  retryMs = FIRST_RETRY_MS;
  close();
  connect();
}

on("reconnect", () => isLeader() && reconnect());
// The network of the machine went or came: see at once instead of waiting for silence.
addEventListener("online", () => isLeader() && source === null && reconnect());
addEventListener("offline", () => isLeader() && source !== null && lost("reconnecting"));
