/** Moments and waits, ticking in place without moving anything. */
import { html } from "../vendor/htm-preact.js";
import { fmt } from "./i18n.js";
import { useNow } from "./hooks.js";

const HOUR_MS = 3_600_000;

function Ago({ at }) {
  const now = useNow(30_000);
  return fmt.ago(Math.max(0, now - Date.parse(at)));
}

/** `kind`: time, short, date, dateTime, ago; the whole moment is in the tooltip. */
export const Time = ({ at, kind = "short" }) =>
  at &&
  html`<time class="num" datetime=${at} title=${fmt.dateTime(at)}>
    ${kind === "ago" ? html`<${Ago} at=${at} />` : fmt[kind](at)}
  </time>`;

/** How long since: 0:48, by the second within the first hour. */
export function Wait({ since }) {
  const isYoung = Date.now() - Date.parse(since) < HOUR_MS;
  const now = useNow(isYoung ? 1_000 : 60_000);
  return html`<time class="num" datetime=${since} title=${fmt.dateTime(since)}>
    ${fmt.wait(now - Date.parse(since))}
  </time>`;
}
