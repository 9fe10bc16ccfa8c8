/** One thread in the list: who, what they said, how long they wait, and how things stand. */
import { html } from "../vendor/htm-preact.js";
import { fmt, t } from "./i18n.js";
import { Link, paths } from "./router.js";
import { isMine, lookersOf, threadOf } from "./selectors.js";
import { useSelect } from "./store.js";
import { Avatar, Badge, Chip, Icon, NameOf, Time, Wait, plain, useNow } from "./ui.js";
import { hasEnded, needsAnswer } from "./views.js";

const LATE_MS = 5 * 60_000;
const VERY_LATE_MS = 15 * 60_000;
const BAD = new Set(["failed", "undelivered", "expired"]);
const MARKS = {
  delivered: "double_check", sent: "check", queued: "clock", sending: "clock", scheduled: "clock",
  pending: "clock", rejected: "warning", cancelled: "close",
};

/** What a conversation's state looks like: {tone, icon, text}. */
function stateOf(conversation, mine) {
  const who = conversation.assignee?.name;
  switch (conversation.state) {
    case "queued":
      return { tone: "warn", icon: "clock", text: t("state.queued") };
    case "active":
      return mine
        ? { tone: "accent", icon: "message", text: t("state.active_mine") }
        : { tone: "neutral", icon: "contacts", text: plain(who) };
    case "waiting":
      return { tone: "neutral", icon: "hold", text: mine ? t("state.waiting") : plain(who) };
    case "hold":
      return conversation.hold_until
        ? { tone: "neutral", icon: "hold", text: t("state.hold_until", { at: fmt.short(conversation.hold_until) }) }
        : { tone: "neutral", icon: "hold", text: t("state.hold") };
    case "snoozed":
      return { tone: "neutral", icon: "snooze", text: t("state.snoozed", { at: fmt.short(conversation.snooze_until) }) };
    case "resolved":
      return { tone: "good", icon: "check", text: plain(conversation.result) || t("state.resolved") };
    default:
      return { tone: "bad", icon: "spam", text: t("state.spam") };
  }
}

function Waiting({ since }) {
  const waited = useNow(10_000) - Date.parse(since);
  const late = waited > VERY_LATE_MS ? " is-very-late" : waited > LATE_MS ? " is-late" : "";
  return html`<span class=${`row-wait${late}`} title=${t("row.waits")}>
    <${Icon} name="clock" size="13" /><span class="visually-hidden">${t("row.waits")} </span>
    <${Wait} since=${since} />
  </span>`;
}

function When({ thread }) {
  const { conversation, last } = thread;
  if (needsAnswer(thread)) return html`<${Waiting} since=${conversation.unanswered_at} />`;
  const at = last?.at ?? conversation?.updated_at;
  return html`<span class="row-time"><${Time} at=${at} kind="short" /></span>`;
}

/** The icon before words that are not the customer's, and what it says. */
function markOf({ kind, direction, state }) {
  if (kind === "note") return { icon: "lock", words: t("row.note") };
  if (kind !== "reply" && direction !== "mt") return null;
  return { icon: BAD.has(state) ? "warning" : (MARKS[state] ?? "check"), words: t("row.ours") };
}

/** The last words; ours with their tick, notes with their lock. */
function Words({ last, conversation }) {
  if (!last) {
    const text = conversation?.origin === "missed_call" ? t("row.missed_call") : t("row.nothing_yet");
    return html`<span class="row-words truncate">${text}</span>`;
  }
  const mark = markOf(last);
  return html`<span class="row-words truncate" dir="auto">
    ${mark &&
    html`<span class=${`row-tick${BAD.has(last.state) ? " is-bad" : ""}`}><${Icon} name=${mark.icon} size="13" /></span>
      <span class="visually-hidden">${mark.words} </span>`}
    ${plain(last.text) || t("row.no_text")}
  </span>`;
}

function Marks({ thread, mine }) {
  const { conversation, contact, last, draft } = thread;
  const lookers = useSelect(lookersOf, thread.id);
  const state = conversation && stateOf(conversation, mine);
  const isOptedOut = contact.numbers?.some((number) => number.opted_out_at);
  return html`<span class="row-marks">
    ${state && html`<${Chip} tone=${state.tone} icon=${state.icon}>${state.text}<//>`}
    ${conversation?.origin === "missed_call" &&
    !hasEnded(conversation) &&
    html`<${Chip} tone="accent" icon="missed">${t("row.missed_call")}<//>`}
    ${draft && html`<${Chip} tone="note" icon="write">${t("row.draft")}<//>`}
    ${BAD.has(last?.state) && html`<${Chip} tone="bad" icon="warning">${t("row.failed")}<//>`}
    ${contact.blocked_at && html`<${Chip} tone="bad" icon="spam">${t("row.blocked")}<//>`}
    ${isOptedOut && html`<${Chip} tone="bad" icon="close">${t("row.opted_out")}<//>`}
    ${(conversation?.tags ?? []).map((tag) => html`<${Chip} key=${tag} icon="tag">${plain(tag)}<//>`)}
    ${lookers.length > 0 &&
    html`<span class="row-lookers" title=${t("row.lookers", { names: fmt.list(lookers.map((one) => one.agent.name)) })}>
      ${lookers.slice(0, 3).map(
        ({ agent }) => html`<${Avatar} key=${agent.id} name=${agent.name} id=${agent.id} size="s" />`,
      )}
      <span class="visually-hidden">
        ${t("row.lookers", { names: fmt.list(lookers.map((one) => one.agent.name)) })}
      </span>
    </span>`}
  </span>`;
}

export function Row({ id, isOpen, isGone, at, of }) {
  const thread = useSelect(threadOf, id);
  const mine = useSelect(isMine, thread?.conversation);
  if (!thread) return null;
  const look = [
    "row",
    isOpen && "is-open",
    isGone && "is-gone",
    thread.unread > 0 && "is-unread",
    needsAnswer(thread) && mine && "needs-me",
  ].filter(Boolean).join(" ");
  return html`<li class="row-item" aria-setsize=${of} aria-posinset=${at}>
    <${Link}
      to=${paths.thread(id)} class=${look} data-thread=${id} aria-current=${isOpen ? "true" : undefined}
    >
      <${Avatar} name=${thread.contact.name} id=${thread.contact.id} />
      <span class="row-main">
        <span class="row-line">
          <span class="row-name truncate"><${NameOf} contact=${thread.contact} /></span>
          <${When} thread=${thread} />
        </span>
        <span class="row-line">
          <${Words} last=${thread.last} conversation=${thread.conversation} />
          <${Badge} n=${thread.unread} label=${t("row.unread", { n: thread.unread })} />
        </span>
        <${Marks} thread=${thread} mine=${mine} />
      </span>
    <//>
  </li>`;
}
