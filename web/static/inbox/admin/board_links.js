/** The lines on the board: whether each works, its signal, what waits in it. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { Link, paths } from "../router.js";
import { Time } from "../ui.js";
import { LinkState, Signal } from "./link_state.js";

const SICK_FIRST = { blocked: 0, down: 1, paused: 2, starting: 3, up: 4 };

export function BoardLinks({ links }) {
  const sorted = [...links].sort((a, b) => SICK_FIRST[a.state] - SICK_FIRST[b.state] || a.id.localeCompare(b.id));
  return html`
    <h2 id="board-links" tabindex="-1"><${Link} to=${paths.admin("links")}>${t("links.title")}<//></h2>
    ${sorted.length === 0 && html`<p class="dim">${t("links.none")}</p>`}
    <ul class="lines">
      ${sorted.map((link) => html`
        <li key=${link.id} class="line-row">
          <strong>${link.id}</strong>
          <${LinkState} link=${link} />
          <span class="dim">${link.operator} <${Signal} dbm=${link.signal_dbm} /></span>
          <span class="dim line-facts">
            ${link.state !== "up" && html`<span>${t("links.since")} <${Time} at=${link.since} kind="short" /></span>`}
            ${link.queue > 0 && html`<span class="num">${t("board.line_queue", { n: link.queue })}</span>`}
            ${link.in_doubt > 0 && html`<span class="num warn-text">${t("board.line_doubt", { n: link.in_doubt })}</span>`}
          </span>
        </li>
      `)}
    </ul>
  `;
}
