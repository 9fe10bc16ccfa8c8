/** The rows between bubbles: days, conversations, steps, "new since you looked". */

import { html } from "../vendor/htm-preact.js";
import { EchoBubble, MessageBubble, NoteBubble, speakerOf } from "./bubble.js";
import { fmt, has, t } from "./i18n.js";
import { PendingReply } from "./pending_reply.js";
import { straight } from "./safe_text.js";
import { Bidi, Time } from "./ui.js";

function Line({ kind, children }) {
  return html`<div class=${`divider ${kind}`}><span>${children}</span></div>`;
}

function NewLine() {
  return html`<div class="divider new" id="new-since"><span>${t("d.new_since")}</span></div>`;
}

/** "— conversation 3, 12 October, Anna, solved —" */
function ConversationLine({ entry, conversations }) {
  const number = entry.conversation?.number;
  const found = conversations.find((one) => one.id === entry.conversation?.id);
  const words = [t("d.conversation_n", { number }), fmt.short(entry.at)];
  if (found?.origin && found.origin !== "inbound") words.push(t(`d.origin.${found.origin}`));
  const by = found?.resolved_by?.name ?? found?.assignee?.name;
  if (by) words.push(by);
  if (found?.result) words.push(found.result);
  return html`<h3 class="divider conversation" id=${`entry-${entry.id}`} tabindex="-1">
    <span>${words.map((word, place) => html`${place ? ", " : ""}<${Bidi}>${word}<//>`)}</span>
  </h3>`;
}

/** A quiet line: who did what, when. */
function StepLine({ entry }) {
  const actor = entry.actor?.name ?? t("d.author.box");
  const subject = entry.subject?.name ?? "";
  const plain = `d.step.${entry.step}`;
  const fuller = [subject && `${plain}_to`, entry.text && `${plain}_with`];
  const key = fuller.find((one) => one && has(one)) ?? plain;
  const withNote = entry.step === "passed" && entry.text;
  return html`<div class="step" id=${`entry-${entry.id}`} data-step=${entry.step} tabindex="-1">
    <p>
      <${Bidi}>${t(key, { actor, subject, text: stepText(entry) })}<//>
      ${" · "}<${Time} at=${entry.at} kind="time" />
    </p>
    ${withNote && html`<p class="step-note" dir="auto">${straight(entry.text)}</p>`}
  </div>`;
}

function stepText(entry) {
  if (["held", "snoozed"].includes(entry.step) && /^\d{4}-\d\d-\d\dT/.test(entry.text))
    return fmt.dateTime(entry.text);
  return entry.text ?? "";
}

/** One row, whatever it is. */
export function Row({ row, context }) {
  const { entry } = row;
  if (row.type === "day")
    return html`<${Line} kind="day"><${Time} at=${row.at} kind="day" /><//>`;
  if (row.type === "new") return html`<${NewLine} />`;
  if (row.type === "conversation")
    return html`<${ConversationLine} entry=${entry} conversations=${context.conversations} />`;
  if (entry.kind === "step") return html`<${StepLine} entry=${entry} />`;
  const speaker = entry.kind === "echo" ? t("d.you") : speakerOf(entry, context);
  const isMine = entry.author?.agent?.id === context.meId;
  const shared = { follows: row.follows, speaker, isMine, isHit: entry.id === context.at };
  switch (entry.kind) {
    case "note":
      return html`<${NoteBubble} entry=${entry} ...${shared} />`;
    case "reply":
      return html`<${PendingReply} entry=${entry} ...${shared} onCopy=${context.onCopy} />`;
    case "echo":
      return entry.state === "moved"
        ? null
        : html`<${EchoBubble} echo=${entry} ...${shared} onDraft=${context.onCopy} />`;
    default:
      return html`<${MessageBubble} entry=${entry} ...${shared} onCopy=${context.onCopy} />`;
  }
}
