/** Everybody at work: state, load, what waits longest; capacity and presence are set here. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { fmt, t } from "../i18n.js";
import { Link, paths } from "../router.js";
import { toast } from "../toast.js";
import { Avatar, Bidi, IconButton, Menu, Wait } from "../ui.js";
import { walkRows } from "./walk_rows.js";

const ORDER = { online: 0, break: 1, away: 2, offline: 3 };
const SET = ["online", "break", "away", "offline"];

export function BoardPeople({ agents, onDone }) {
  const people = agents
    .filter((agent) => !agent.disabled_at)
    .sort((a, b) => ORDER[a.presence] - ORDER[b.presence] || a.name.localeCompare(b.name));
  const online = people.filter((agent) => agent.presence === "online").length;
  return html`
    <h2 id="board-people" tabindex="-1">${t("board.people")} <small class="dim">${t("board.people_online", { n: online })}</small></h2>
    <ul class="people" onKeyDown=${walkRows}>
      ${people.map((agent) => html`<${Person} key=${agent.id} agent=${agent} onDone=${onDone} />`)}
    </ul>
  `;
}

function Person({ agent, onDone }) {
  const [wish, setWish] = useState(null); // for how many at once, until the board has it
  const most = wish ?? agent.max_active;
  useEffect(() => setWish(null), [agent.max_active]);
  const act = async (call) => {
    try {
      await call();
    } catch (error) {
      setWish(null);
      toast(problem(error), { tone: "bad" });
    }
    onDone();
  };
  const setPresence = (presence) => act(() => api.put(`/agents/${agent.id}/presence`, { presence }));
  const setMost = (max_active) => {
    setWish(max_active);
    act(() => api.patch(`/agents/${agent.id}`, { max_active }));
  };
  const name = agent.name;
  const state = t(`presence_of.${agent.presence}`);
  return html`
    <li class="person">
      <${Avatar} name=${name} id=${agent.id} size="m" presence=${agent.presence} />
      <div class="person-who">
        <strong><${Bidi}>${name}<//></strong>
        <span class="dim person-state">
          ${state}${agent.presence_at && html` <${Wait} since=${agent.presence_at} />`}
          ${agent.role !== "agent" && ` · ${t(`role.${agent.role}`)}`}
        </span>
      </div>
      <${Menu} label=${t("board.set_presence", { name })} icon="more" align="end"
        items=${SET.map((presence) => ({
          label: t(`presence_of.${presence}`),
          checked: presence === agent.presence,
          onPick: () => setPresence(presence),
        }))} />
      <div class="person-load">
        <${IconButton} icon="down" label=${t("board.less", { name })} aria-disabled=${String(most <= 0)}
          onClick=${() => most > 0 && setMost(most - 1)} />
        <meter min="0" max=${Math.max(1, most)} value=${agent.active} aria-label=${t("board.load_of", { name })}></meter>
        <span class="num">${t("board.active_of_most", { active: agent.active, most })}</span>
        <${IconButton} icon="up" label=${t("board.more", { name })} onClick=${() => setMost(most + 1)} />
      </div>
      <p class="person-now dim">
        ${agent.oldest_unanswered_at && html`
          <span class="warn-text">${t("board.owes")} <${Wait} since=${agent.oldest_unanswered_at} /></span>
        `}
        ${agent.waiting > 0 && html`<span>${t("board.waits_for_customer", { n: agent.waiting })}</span>`}
        ${agent.reply_lag_s !== null && agent.reply_lag_s !== undefined && html`
          <span>${t("board.lag", { wait: fmt.wait(agent.reply_lag_s * 1000) })}</span>
        `}
        ${agent.looking_at && html`
          <${Link} to=${paths.thread(threadIdOf(agent.looking_at))}>${t("board.looks_at")}<//>
        `}
      </p>
    </li>
  `;
}

const threadIdOf = (looking) => (Array.isArray(looking) ? looking[0] : (looking.thread_id ?? looking));
