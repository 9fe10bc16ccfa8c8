/** Pass a conversation on: to somebody or to everybody, always with a note. E.6 */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { ActDialog, Lines } from "./act_dialog.js";
import { loadAgents } from "./actions.js";
import { perform } from "./conversation_acts.js";
import { t } from "./i18n.js";
import { me } from "./selectors.js";
import { useSelect } from "./store.js";
import { Bidi } from "./ui.js";

const allAgents = (state) => state.agents;
const RANK = { online: 0, break: 1, away: 2, offline: 3 };

function colleagues(agents, self) {
  return Object.values(agents)
    .filter((agent) => agent.id !== self?.id && !agent.disabled_at)
    .sort((one, other) => RANK[one.presence] - RANK[other.presence] || one.name.localeCompare(other.name));
}

const loadOf = (agent) => `${agent.active ?? 0}/${agent.max_active ?? 0}`;

function Choice({ value, chosen, onChoose, children }) {
  return html`<label class="choice">
    <input type="radio" name="to" value=${value} checked=${chosen === value}
      onChange=${() => onChoose(value)} />
    <span>${children}</span>
  </label>`;
}

function AgentChoice({ agent, chosen, onChoose }) {
  return html`<${Choice} value=${agent.id} chosen=${chosen} onChoose=${onChoose}>
    <${Bidi}>${agent.name}<//>${" "}
    <span class="dim">${t(`presence_of.${agent.presence}`)} · <span class="num">${loadOf(agent)}</span></span>
  <//>`;
}

export function PassDialog({ conversation, onClose }) {
  const agents = useSelect(allAgents);
  const self = useSelect(me);
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  useEffect(() => {
    loadAgents();
  }, []);
  const submit = () => perform(conversation, "pass", { to: to || undefined, note });
  return html`<${ActDialog} title=${t("d.pass.title")} yes=${t("d.pass.yes")} submit=${submit} onClose=${onClose}>
    <fieldset class="choices">
      <legend class="label">${t("d.pass.to")}</legend>
      <${Choice} value="" chosen=${to} onChoose=${setTo}>${t("d.pass.everybody")}<//>
      ${colleagues(agents, self).map((agent) => html`<${AgentChoice}
        key=${agent.id} agent=${agent} chosen=${to} onChoose=${setTo} />`)}
    </fieldset>
    <${Lines} label=${t("d.pass.note")} hint=${t("d.pass.note_hint")} name="note"
      value=${note} onInput=${setNote} required maxlength="2000" />
  <//>`;
}

/** A supervisor gives a conversation to somebody. */
export function AssignDialog({ conversation, onClose }) {
  const agents = useSelect(allAgents);
  const [to, setTo] = useState(conversation.assignee?.id ?? "");
  useEffect(() => {
    loadAgents();
  }, []);
  const submit = async () =>
    to ? perform(conversation, "assign", { agent: to }) : t("d.assign.nobody");
  return html`<${ActDialog} title=${t("d.assign.title")} yes=${t("d.assign.yes")} submit=${submit} onClose=${onClose}>
    <fieldset class="choices">
      <legend class="label">${t("d.pass.to")}</legend>
      ${colleagues(agents, null).map((agent) => html`<${AgentChoice}
        key=${agent.id} agent=${agent} chosen=${to} onChoose=${setTo} />`)}
    </fieldset>
  <//>`;
}
