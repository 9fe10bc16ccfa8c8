/** Calls the agent back to the page: title, icon, sound and desktop notes, by their wishes. */
import { t } from "./i18n.js";
import { go, paths } from "./router.js";
import { isMine, unreadTotal } from "./selectors.js";
import { play } from "./sounds.js";
import { getState, subscribe } from "./store.js";
import { isAnyFocused, isLeader, isLookedAt } from "./tabs.js";
import { reasonKey } from "./ticks.js";
import { toast } from "./toast.js";
import { plain } from "./ui_text.js";

const OLD_MS = 60_000; // what a replay brings from longer ago rings no more
const SOUND_PAUSE_MS = 1_500;
const BAD_STATES = new Set(["failed", "undelivered", "expired"]);

let page = "";
let rungAt = 0;

const MARK =
  "M6 9h9l-5 14M24 16c0 4-1 7-3.5 7S17 20 17 16s1-7 3.5-7S24 12 24 16z";

const svg = (dot) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b6b5d"/><path d="${MARK}" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>${
    dot ? '<circle cx="25" cy="7" r="7" fill="#d92d20" stroke="#fff" stroke-width="2"/>' : ""
  }</svg>`;

function mark(hasNews) {
  const link = document.querySelector("link[rel=icon]");
  const href = `data:image/svg+xml,${encodeURIComponent(svg(hasNews))}`;
  if (link && link.href !== href) link.href = href;
}

function retitle() {
  const n = getState().auth === "in" ? unreadTotal(getState()) : 0;
  const title = [page, "Seventy"].filter(Boolean).join(" · ");
  const whole = n ? `(${n}) ${title}` : title;
  if (document.title !== whole) document.title = whole;
  mark(n > 0);
}

/** Names the page that is open. */
export function setTitle(title) {
  page = title;
  retitle();
}

subscribe(retitle);

/** What an entry is to me: message, queue, mention, failed, or nothing worth a sound. */
function kindOf(entry) {
  const state = getState();
  const myId = state.me?.id;
  if (entry.kind === "note") return entry.mentions?.includes(myId) ? "mention" : null;
  if (entry.kind !== "message") return null;
  if (entry.direction === "mt") {
    return entry.author?.agent?.id === myId && BAD_STATES.has(entry.state) ? "failed" : null;
  }
  const conversation = state.threads[entry.thread_id]?.conversation;
  const { level } = state.prefs.notify;
  if (level === "none") return null;
  if (isMine(state, conversation)) return "message";
  if (level === "all") return "message";
  const isNobodys = !conversation || conversation.state === "queued";
  return level === "queue" && isNobodys ? "queue" : null;
}

function ring(kind) {
  const { sounds } = getState().prefs;
  const wanted = kind === "queue" ? sounds.message : sounds[kind];
  if (!wanted || Date.now() - rungAt < SOUND_PAUSE_MS) return;
  rungAt = Date.now();
  play(kind, sounds.volume);
}

function post(kind, entry) {
  const { notify } = getState().prefs;
  if (!notify.desktop || !("Notification" in window)) return;
  if (Notification.permission !== "granted" || isAnyFocused()) return;
  const contact = getState().threads[entry.thread_id]?.contact;
  const name = plain(contact?.name) || contact?.address || "";
  const note = new Notification(t(`notify.${kind}`, { name: notify.text ? name : "" }).trim(), {
    body: notify.text ? plain(entry.text).slice(0, 120) : "",
    tag: entry.thread_id,
    silent: true,
  });
  note.onclick = () => {
    window.focus();
    go(paths.thread(entry.thread_id));
    note.close();
  };
  navigator.vibrate?.(120);
}

function tellFailure(entry) {
  const open = () => go(paths.thread(entry.thread_id, entry.id));
  toast(t(reasonKey(entry.error)), {
    tone: "bad",
    ms: 12_000,
    action: { label: t("notify.open"), run: open },
  });
}

/** Frames that have just been applied. */
export function hear(frames) {
  const { presence } = getState().me ?? {};
  for (const { name, data, seq } of frames) {
    if (name !== "entry" || seq === null) continue;
    const { entry } = data;
    const kind = kindOf(entry);
    if (!kind) continue;
    if (kind === "failed") {
      if (!isLookedAt(entry.thread_id) && isLeader()) tellFailure(entry);
    } else if (Date.now() - Date.parse(entry.at) > OLD_MS) continue;
    if (!isLeader() || isLookedAt(entry.thread_id)) continue;
    // A break is a break: nothing rings, the title still counts.
    if (presence === "break" || presence === "away") continue;
    ring(kind);
    post(kind, entry);
  }
}
