/** The tabs of one browser: one of them leads and holds the stream, the others listen to it. */

const CHANNEL = "seventy.inbox";
const LOCK = "seventy.inbox.leader";

const channel = new BroadcastChannel(CHANNEL);
const handlers = new Map();
const tab = crypto.getRandomValues(new Uint32Array(1))[0];
const others = new Map();
let mine = { focused: document.hasFocus(), threadId: null };
let leads = false;

export const isLeader = () => leads;

/** Sends to the other tabs; `on` hears it there. */
export const tell = (kind, data) => channel.postMessage({ kind, data, tab });

export const on = (kind, handler) => handlers.set(kind, handler);

channel.addEventListener("message", ({ data: { kind, data, tab: from } }) => {
  if (kind === "tab") others.set(from, data);
  if (kind === "tab.gone") others.delete(from);
  if (kind === "tab.who") tell("tab", mine);
  handlers.get(kind)?.(data);
});

addEventListener("pagehide", () => tell("tab.gone", null));

/** Says what this tab shows, so that no tab rings for what is on a screen. */
export function showing(changes) {
  mine = { ...mine, ...changes };
  tell("tab", mine);
}

/** Whether any tab has the thread open and in focus. */
export const isLookedAt = (threadId) =>
  [mine, ...others.values()].some((one) => one.focused && one.threadId === threadId);

export const isAnyFocused = () => [mine, ...others.values()].some((one) => one.focused);

/** Calls back once, when this tab leads: at once, or when the leader goes. */
export function lead(begin) {
  tell("tab.who", null);
  if (!navigator.locks) {
    leads = true; // plain http to another host: every tab for itself
    begin();
    return;
  }
  navigator.locks.request(LOCK, () => {
    leads = true;
    begin();
    return new Promise(() => {}); // kept until the tab closes
  });
}
