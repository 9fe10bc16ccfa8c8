/** The live board: what waits, who works on what, how the lines are. Spec: inbox.md E.10 */
import { html, useState } from "../../vendor/htm-preact.js";
import { api } from "../api.js";
import { addParts, fmt, t } from "../i18n.js";
import { Time, Wait, useAsync } from "../ui.js";
import { BoardLinks } from "./board_links.js";
import { BoardPeople } from "./board_people.js";
import { BoardThreads } from "./board_threads.js";
import { Loaded, PageHead } from "./page.js";
import { usePulse } from "./pulse.js";

await addParts("supervisor");

export function Board() {
  const [view, setView] = useState("open");
  const board = useAsync(() => api.get("/board"), []);
  const threads = useAsync(() => api.get("/threads", { query: { view, limit: 100 } }), [view]);
  const reload = () => {
    board.reload();
    threads.reload();
  };
  usePulse(reload);
  return html`
    <div class="board">
      <${PageHead} title=${t("board.title")}>
        ${board.data && html`<span class="dim">${t("board.as_of")} <${Time} at=${board.data.at} kind="time" /></span>`}
      <//>
      <div class="skips">
        <a class="skip" href="#board-people">${t("board.people")}</a>
        <a class="skip" href="#board-links">${t("links.title")}</a>
      </div>
      <${Loaded} source=${board}>
        ${(data) => html`
          <${Figures} board=${data} />
          <div class="board-grid">
            <section class="board-main" aria-labelledby="board-threads">
              <${BoardThreads} source=${threads} view=${view} onView=${setView} agents=${data.agents} onDone=${reload} />
            </section>
            <div class="board-side">
              <section aria-labelledby="board-people">
                <${BoardPeople} agents=${data.agents} onDone=${board.reload} />
              </section>
              <section aria-labelledby="board-links">
                <${BoardLinks} links=${data.links} />
              </section>
            </div>
          </div>
        `}
      <//>
    </div>
  `;
}

function Figures({ board }) {
  const { queue, counts, today } = board;
  const isLate = queue.waiting > 0;
  return html`
    <dl class="figures">
      <div class=${isLate ? "figure tone-warn" : "figure"}>
        <dt>${t("board.waiting")}</dt>
        <dd><strong class="num">${fmt.number(queue.waiting)}</strong>
          ${queue.longest_since && html`<small>${t("board.longest")} <${Wait} since=${queue.longest_since} /></small>`}
        </dd>
      </div>
      <${Figure} label=${t("board.active")} value=${counts.active ?? 0} />
      <${Figure} label=${t("board.waiting_customer")} value=${counts.waiting ?? 0} />
      <${Figure} label=${t("board.held")} value=${(counts.hold ?? 0) + (counts.snoozed ?? 0)} />
      <div class="figure">
        <dt>${t("board.today")}</dt>
        <dd><strong class="num">${fmt.number(today.resolved)}</strong>
          <small>${t("board.of_opened", { n: today.opened })}</small>
        </dd>
      </div>
      <div class="figure">
        <dt>${t("board.first_reply")}</dt>
        <dd><strong class="num">${today.median_first_reply_s === null ? "–" : fmt.wait(today.median_first_reply_s * 1000)}</strong>
          <small>${t("board.median")}</small>
        </dd>
      </div>
    </dl>
  `;
}

const Figure = ({ label, value }) => html`
  <div class="figure"><dt>${label}</dt><dd><strong class="num">${fmt.number(value)}</strong></dd></div>
`;
