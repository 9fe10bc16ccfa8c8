/** The segment counter that explains itself: alphabet, SMS, units, price, the way to fewer. */

import { html, useEffect, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { announce } from "./announce.js";
import { fmt, t } from "./i18n.js";
import { plainer, planText } from "./segments.js";
import { Button } from "./ui.js";

const AMBER_FROM = 2;
const MAX_PARTS = 4;
const MAX_NAMED = 6;
const INVISIBLE = /[\p{C}\p{Z}]/u;

/** A character by which it can be told from others, invisible ones by their code. */
function named(char) {
  if (!INVISIBLE.test(char)) return char;
  return `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Tone of the counter: quiet, amber from two SMS, red from the house's limit. */
function toneOf(segments, maxParts) {
  if (segments >= maxParts) return "bad";
  return segments >= AMBER_FROM ? "warn" : "quiet";
}

function useAnnounced(segments) {
  const last = useRef(segments);
  useEffect(() => {
    if (segments === last.current) return;
    last.current = segments;
    if (segments > 0) announce(t("d.count.sms", { n: segments }));
  }, [segments]);
}

function Forcing({ forcing }) {
  const shown = forcing.slice(0, MAX_NAMED);
  const rest = forcing.length - shown.length;
  return html`<p class="count-why">
    ${t("d.count.forcing")}${" "}
    ${shown.map((char) => html`<kbd key=${char}><bdi>${named(char)}</bdi></kbd>${" "}`)}
    ${rest > 0 && t("d.count.forcing_more", { n: rest })}
  </p>`;
}

function Cheaper({ offer, onReplace }) {
  const [isOpen, setOpen] = useState(false);
  const pairs = offer.replaced.map(([from, to]) => `${named(from)} → ${to || t("d.count.nothing")}`);
  return html`<div class="count-offer">
    <${Button} size="s" onClick=${() => onReplace(offer.text)}>${t("d.count.replace", { n: offer.saves })}<//>
    <button type="button" class="link-button" aria-expanded=${String(isOpen)}
      onClick=${() => setOpen(!isOpen)}>${t("d.count.preview")}</button>
    <span class="dim">${pairs.join(", ")}</span>
    ${isOpen && html`<blockquote class="count-preview" dir="auto">${offer.text}</blockquote>`}
  </div>`;
}

/** What the text costs. `text` is as it would be sent, with its variables filled. */
export function Counter({ text, settings, onReplace, id }) {
  const plan = useMemo(() => (text ? planText(text) : null), [text]);
  const offer = useMemo(() => (plan ? plainer(text, plan) : null), [text, plan]);
  useAnnounced(plan?.segments ?? 0);
  if (!text) return html`<div class="counter" id=${id}></div>`;
  if (!plan) return html`<div class="counter bad" id=${id}>${t("d.count.half_character")}</div>`;
  const maxParts = settings?.max_parts ?? MAX_PARTS;
  const tone = toneOf(plan.segments, maxParts);
  const price = settings?.price_per_segment;
  return html`<div class=${`counter ${tone}`} id=${id} data-segments=${plan.segments} data-alphabet=${plan.alphabet}>
    <p class="count-line num">
      <span>${t(`d.alphabet.${plan.alphabet}`)}</span>
      <span class="count-sms">${t("d.count.sms", { n: plan.segments })}</span>
      <span>${plan.used}/${plan.limit}</span>
      ${price ? html`<span>≈ ${fmt.money(price * plan.segments, settings.currency)}</span>` : null}
      ${tone === "bad" && html`<strong>${t("d.count.too_many", { n: maxParts })}</strong>`}
    </p>
    ${plan.alphabet === "ucs2" && explains(plan) && html`<${Forcing} forcing=${plan.forcing} />`}
    ${offer && onReplace && html`<${Cheaper} offer=${offer} onReplace=${onReplace} />`}
  </div>`;
}

const MANY = 12;
const LETTER_ELSEWHERE = /\p{Script=Cyrillic}|\p{Script=Arabic}|\p{Script=Han}|\p{Script=Hebrew}/u;

/** Only where a few characters did it: a Cyrillic text is dear by nature. */
const explains = ({ forcing }) =>
  forcing.length > 0 && forcing.length <= MANY && !forcing.some((char) => LETTER_ELSEWHERE.test(char));
