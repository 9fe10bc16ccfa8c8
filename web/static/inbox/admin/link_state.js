/** A link's state and signal, in words and in shape; colour only repeats them. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { Chip } from "../ui.js";

const TONES = { up: "good", starting: "neutral", paused: "warn", down: "bad", blocked: "bad" };
const ICONS = { up: "check", starting: "clock", paused: "clock", down: "warning", blocked: "lock" };
// What a phone shows as one to four bars.
const BARS_DBM = [-105, -95, -85, -75];

export const LinkState = ({ link }) => html`
  <${Chip} tone=${TONES[link.state] ?? "neutral"} icon=${ICONS[link.state]}>${t(`link_state.${link.state}`)}<//>
`;

export function Signal({ dbm }) {
  if (dbm === null || dbm === undefined) return null;
  const bars = BARS_DBM.filter((level) => dbm >= level).length;
  return html`
    <span class="signal" title=${t("links.dbm", { dbm })}>
      <span class="signal-bars" aria-hidden="true">
        ${BARS_DBM.map((level, place) => html`<i key=${level} class=${place < bars ? "on" : ""}></i>`)}
      </span>
      <span class="visually-hidden">${t("links.signal_of", { n: bars })}</span>
      <span class="dim num" aria-hidden="true">${t("links.dbm", { dbm })}</span>
    </span>
  `;
}
