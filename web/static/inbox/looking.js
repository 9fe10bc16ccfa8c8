/** Tells the others what this agent looks at and whether they type; never more than needed. */
import { api } from "./api.js";
import { getState, subscribe } from "./store.js";
import { showing } from "./tabs.js";

const TYPING_MS = 3_000; // one ping at most in this time
const RENEW_MS = 20_000; // what is not renewed, the server forgets

let current = null;
let typedAt = 0;
let renewal = null;

function tellServer(typing) {
  const { auth, net } = getState();
  if (auth !== "in" || !net.connection) return;
  const focused = document.hasFocus();
  const body = { thread_id: current, typing, focused, connection: net.connection };
  api.post("/inbox/looking", body).catch(() => {}); // the next ping says it again
}

/** `threadId` is open here (null: none); `typing` when a key was pressed in its composer. */
export function looking(threadId, { typing = false } = {}) {
  const hasMoved = threadId !== current;
  current = threadId;
  if (hasMoved) showing({ threadId });
  if (typing) {
    if (Date.now() - typedAt < TYPING_MS) return;
    typedAt = Date.now();
  } else if (!hasMoved) return;
  tellServer(typing);
}

/** Says it again: after a reconnect, and when the window gets or loses focus. */
export const lookAgain = () => tellServer(false);

/** A thread that was open before there was a connection is told with the first one. */
function tellWithConnection() {
  let told = null;
  subscribe(({ net }) => {
    const isNew = net.connection && net.connection !== told;
    told = net.connection;
    if (isNew && current) tellServer(false);
  });
}

export function startLooking() {
  tellWithConnection();
  const focus = () => {
    showing({ focused: document.hasFocus() });
    tellServer(false);
  };
  addEventListener("focus", focus);
  addEventListener("blur", focus);
  renewal ??= setInterval(() => current && document.hasFocus() && tellServer(false), RENEW_MS);
}
