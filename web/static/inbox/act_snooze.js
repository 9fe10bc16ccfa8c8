/** Snooze or hold until a time of one's own. spec/inbox.md E.5 */

import { html, useState } from "../vendor/htm-preact.js";
import { ActDialog } from "./act_dialog.js";
import { perform } from "./conversation_acts.js";
import { fmt, t } from "./i18n.js";
import { localValue, snoozeTimes } from "./snooze_times.js";

const OWN = "own";

const isToday = (date) => date.toDateString() === new Date().toDateString();

const moment = (date) => (isToday(date) ? fmt.time : fmt.dateTime)(date.toISOString());

export function SnoozeDialog({ conversation, onClose }) {
  const [times] = useState(() => snoozeTimes());
  const [chosen, setChosen] = useState(times[0].key);
  const [own, setOwn] = useState(() => localValue(times[1].at));
  const [timeOnly, setTimeOnly] = useState(false);
  const submit = async () => {
    const at = chosen === OWN ? new Date(own) : times.find((time) => time.key === chosen).at;
    if (Number.isNaN(at.getTime()) || at <= new Date()) return t("d.snooze.past");
    const mode = timeOnly ? "time_only" : "time_or_message";
    return perform(conversation, "snooze", { until: at.toISOString(), mode });
  };
  const choice = (key, words, detail) => html`<label class="choice" key=${key}>
    <input type="radio" name="time" value=${key} checked=${chosen === key} onChange=${() => setChosen(key)} />
    <span>${words} <span class="dim">${detail}</span></span>
  </label>`;
  return html`<${ActDialog} title=${t("d.snooze.title")} yes=${t("d.snooze.yes")} submit=${submit}
    onClose=${onClose} initial="input[type=radio]">
    <fieldset class="choices">
      <legend class="label">${t("d.snooze.until")}</legend>
      ${times.map((time) => choice(time.key, t(time.key), moment(time.at)))}
      ${choice(OWN, t("d.snooze.own"), "")}
      <input class="input" type="datetime-local" aria-label=${t("d.snooze.own")} value=${own}
        min=${localValue(new Date())} onFocus=${() => setChosen(OWN)}
        onInput=${(event) => setOwn(event.target.value)} />
    </fieldset>
    <label class="choice">
      <input type="checkbox" checked=${timeOnly} onChange=${(event) => setTimeOnly(event.target.checked)} />
      <span>${t("d.snooze.time_only")}<span class="dim own-line">${t("d.snooze.time_only_hint")}</span></span>
    </label>
  <//>`;
}
