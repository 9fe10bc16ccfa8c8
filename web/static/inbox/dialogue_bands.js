/** The strips above the composer: why not to write, who else writes, what can be undone. */

import { html } from "../vendor/htm-preact.js";
import { performNow } from "./conversation_acts.js";
import { fmt, t } from "./i18n.js";
import { optedOut } from "./reply_rule.js";
import { straight } from "./safe_text.js";
import { resend, takeBack } from "./send.js";
import { undoLeft } from "./tick.js";
import { Band, Bidi, Button, Time, useNow } from "./ui.js";

/** What stands in the way of a reply, with the way out of it. */
export function RuleBand({ rule, conversation, contact, link, detail, onTakeOver, onUnblock }) {
  const button = (label, run) => html`<${Button} size="s" onClick=${run}>${label}<//>`;
  const opted = optedOut(contact);
  switch (rule.band) {
    case "spam":
      return html`<${Band} tone="bad" icon="spam"
        action=${button(t("d.do.restore"), () => performNow(conversation, "restore"))}>${t("d.band.spam")}<//>`;
    case "blocked":
      return html`<${Band} tone="bad" icon="spam" action=${button(t("d.unblock"), onUnblock)}>
        ${t("d.band.blocked", { date: fmt.date(contact.blocked_at) })}<//>`;
    case "opted_out":
      return html`<${Band} tone="bad" icon="spam">${t("d.band.opted_out", { date: fmt.date(opted.at) })}<//>`;
    case "opted_out_answer":
      return html`<${Band} tone="warn" icon="spam">${t("d.band.opted_out_answer", { date: fmt.date(opted.at) })}<//>`;
    case "taken":
      return html`<${Band} tone="neutral" icon="contacts" action=${button(t("d.do.take_over"), onTakeOver)}>
        <${Bidi}>${t("d.state.active_other", { name: conversation.assignee.name })}<//>
      <//>`;
    case "no_link":
      return html`<${Band} tone="warn" icon="warning">
        ${link ? t("d.band.no_link", { link: link.id }) : detail?.reply?.detail || t("d.band.no_link_at_all")}
      <//>`;
    default:
      return null;
  }
}

/** "Олег печатает…", one quiet line that keeps its height. */
export function TypingLine({ lookers }) {
  const names = lookers.filter(({ typing }) => typing).map(({ agent }) => agent.name);
  return html`<p class="typing" aria-live="polite">
    ${names.length > 0 && html`<${Bidi}>${t("d.typing", { names: fmt.list(names), n: names.length })}<//>`}
  </p>`;
}

/** Somebody answered in between: what they said, and what to do about it. */
export function MovedBand({ echo, onDraft }) {
  const others = (echo.entries ?? []).filter((entry) => entry.text);
  const last = others.at(-1);
  const who = last?.author?.agent?.name ?? last?.author?.name ?? t("d.somebody");
  return html`<section class="moved" role="alert" aria-label=${t("d.moved.title")}>
    <p class="moved-title">
      <${Bidi}>${t("d.moved.who", { name: who })}<//>${" "}
      ${last && html`<${Time} at=${last.at} kind="ago" />`}
    </p>
    ${others.map((entry) => html`<blockquote key=${entry.id} class="moved-text" dir="auto">${straight(entry.text)}</blockquote>`)}
    <p class="dim">${t("d.moved.yours")}</p>
    <blockquote class="moved-text mine" dir="auto">${straight(echo.text)}</blockquote>
    <div class="row-flex">
      <${Button} kind="primary" size="s" onClick=${() => resend(echo.client_id, { force: true })}>${t("d.send_anyway")}<//>
      <${Button} size="s" onClick=${() => onDraft(takeBack(echo.client_id))}>${t("d.keep_as_draft")}<//>
    </div>
  </section>`;
}

/** The reply that can still be called back: the last of mine that waits its seconds. */
export function undoable(items, meId, now = Date.now()) {
  return items.findLast(
    (entry) => entry.kind === "message" && entry.author?.agent?.id === meId && undoLeft(entry, now) > 0,
  ) ?? null;
}

export function UndoBar({ entry, onUndo }) {
  const left = undoLeft(entry, useNow(500));
  if (left <= 0) return null;
  return html`<div class="undo-bar">
    <span class="num">${t("d.undo.left", { n: left })}</span>
    <${Button} size="s" keys="undo" icon="undo" onClick=${onUndo}>${t("d.undo.call_back")}<//>
  </div>`;
}
