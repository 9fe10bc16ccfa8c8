/** One bubble: a message, a reply not sent yet, or a note; with what can be done to it. */

import { html } from "../vendor/htm-preact.js";
import { openDialog } from "./dialogs.js";
import { fmt, t } from "./i18n.js";
import { SafeText } from "./message_text.js";
import { otherLines } from "./selectors.js";
import { resend, retry, takeBack } from "./send.js";
import { useSelect } from "./store.js";
import { mayDouble, mayRetry, reasonKey } from "./ticks.js";
import { Tick } from "./tick.js";
import { isOut } from "./timeline.js";
import { problem } from "./api.js";
import { toast } from "./toast.js";
import { Bidi, Button, confirm, Icon, Time } from "./ui.js";

const DELAY_SHOWN_MS = 2 * 60_000;

/** Who speaks, in words for everybody. */
export function speakerOf(entry, { contactName, meId }) {
  if (entry.kind === "message" && !isOut(entry)) return contactName;
  const author = entry.kind === "message" ? entry.author?.agent : entry.author;
  if (author) return author.id === meId ? t("d.you") : author.name;
  return t(`d.author.${entry.author?.kind ?? "box"}`);
}

function Speaker({ name, isQuiet }) {
  return html`<p class=${isQuiet ? "speaker visually-hidden" : "speaker"}>
    <${Bidi}>${name}<//><span class="visually-hidden">${": "}</span>
  </p>`;
}

/** "Written 14:02, brought 14:31": the network's own time, where it matters. */
function Delay({ entry }) {
  if (!entry.service_time) return null;
  const late = new Date(entry.at) - new Date(entry.service_time);
  if (late < DELAY_SHOWN_MS) return null;
  const params = { written: fmt.time(entry.service_time), brought: fmt.time(entry.at) };
  return html`<p class="aside">${t("d.delayed", params)}</p>`;
}

function Missing({ entry }) {
  if (!entry.missing?.length) return null;
  const params = { have: entry.segments - entry.missing.length, total: entry.segments };
  return html`<p class="aside"><${Icon} name="clock" size=${14} /> ${t("d.missing_parts", params)}</p>`;
}

function Content({ entry }) {
  if (entry.text) return html`<${SafeText} text=${entry.text} />`;
  if (entry.octets) return html`<p class="aside">${t("d.octets")}</p>`;
  return html`<p class="aside">${t("d.no_text")}</p>`;
}

async function again(entry) {
  if (mayDouble(entry)) {
    const isSure = await confirm({
      title: t("d.retry.title"), text: t("d.retry.may_double"), yes: t("d.retry.yes"),
    });
    if (!isSure) return;
  }
  try {
    await retry(entry.thread_id, entry.id, { force: mayDouble(entry) });
  } catch (error) {
    toast(problem(error), { tone: "bad" });
  }
}

/** By another number of ours, or by voice: where this way is closed. */
function OtherWays({ entry }) {
  const [other] = useSelect(otherLines, entry.own);
  const elsewhere = () => openDialog("new", { to: entry.peer, text: entry.text, own: other.msisdn });
  return html`
    ${other && html`<${Button} size="s" icon="link" onClick=${elsewhere}>${t("d.other_line")}<//>`}
    <a class="btn btn-plain btn-s" href=${`tel:${entry.peer}`}>
      <${Icon} name="call" size=${16} /><span class="btn-text">${t("d.call")}</span>
    </a>`;
}

function Failure({ entry, onCopy }) {
  if (!mayRetry(entry)) return null;
  const isDoubt = entry.state === "unknown";
  const why = isDoubt ? "d.unknown_explained" : reasonKey(entry.error);
  return html`<div class=${isDoubt ? "failure doubt" : "failure"}>
    <p>${t(why)}</p>
    <div class="row-flex">
      <${Button} size="s" icon="refresh" onClick=${() => again(entry)}>${t("d.retry")}<//>
      ${!isDoubt && entry.text && html`<${OtherWays} entry=${entry} />`}
      <${Button} size="s" kind="ghost" onClick=${() => onCopy(entry.text)}>${t("d.copy_to_composer")}<//>
    </div>
  </div>`;
}

/** A message in or out. */
export function MessageBubble({ entry, follows, speaker, isMine, isHit, onCopy }) {
  const out = isOut(entry);
  const tone = mayRetry(entry) && entry.state !== "unknown" ? " failed" : "";
  return html`<article
    class=${`bubble ${out ? "out" : "in"}${follows ? " follows" : ""}${tone}${isHit ? " hit" : ""}`}
    id=${`entry-${entry.id}`} data-entry=${entry.id} data-state=${entry.state} tabindex="-1"
  >
    <${Speaker} name=${speaker} isQuiet=${follows || !out || isMine} />
    <${Content} entry=${entry} />
    <${Missing} entry=${entry} /><${Delay} entry=${entry} />
    ${out && html`<${Failure} entry=${entry} onCopy=${onCopy} />`}
    <footer class="meta">
      <${Time} at=${entry.at} kind="time" />
      ${entry.segments > 1 && html`<span>${t("d.count.sms", { n: entry.segments })}</span>`}
      ${entry.possible_duplicate && html`<span>${t("d.possible_duplicate")}</span>`}
      ${out && html`<${Tick} entry=${entry} />`}
    </footer>
  </article>`;
}

/** A note: yellow, locked, never on its way to a customer. */
export function NoteBubble({ entry, follows, speaker, isHit }) {
  return html`<article
    class=${`bubble note${follows ? " follows" : ""}${isHit ? " hit" : ""}`}
    id=${`entry-${entry.id}`} data-entry=${entry.id} tabindex="-1"
  >
    <p class="speaker">
      <${Icon} name="lock" size=${14} /><span>${t("d.note_by")} <${Bidi}>${speaker}<//></span>
    </p>
    <${SafeText} text=${entry.text} />
    <footer class="meta"><${Time} at=${entry.at} kind="time" /></footer>
  </article>`;
}

const ECHO_STATES = { sending: "posting", waiting: "offline", ask: "offline", moved: "refused", refused: "refused" };

/** What was just sent and is not answered yet, or could not be taken. */
export function EchoBubble({ echo, speaker, follows, onDraft }) {
  const entry = { ...echo, local: ECHO_STATES[echo.state] ?? "posting" };
  const keep = () => onDraft(takeBack(echo.client_id));
  const isStuck = echo.state === "refused" || echo.state === "ask";
  return html`<article
    class=${`bubble out echo${follows ? " follows" : ""}${isStuck ? " failed" : ""}`}
    data-echo=${echo.client_id} data-state=${`echo-${echo.state}`} tabindex="-1"
  >
    <${Speaker} name=${speaker} isQuiet />
    <${SafeText} text=${echo.text} />
    ${echo.state === "refused" && html`<p class="failure">${echo.problem}</p>`}
    ${echo.state === "ask" && html`<p class="failure">${t("d.offline.ask", { at: fmt.time(echo.at) })}</p>`}
    ${isStuck && html`<div class="row-flex">
      <${Button} size="s" icon="send" onClick=${() => resend(echo.client_id)}>${t("d.offline.send_now")}<//>
      <${Button} size="s" kind="ghost" onClick=${keep}>${t("d.keep_as_draft")}<//>
    </div>`}
    <footer class="meta"><${Time} at=${echo.at} kind="time" /><${Tick} entry=${entry} /></footer>
  </article>`;
}
