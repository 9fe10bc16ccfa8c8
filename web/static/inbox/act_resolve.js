/** Resolve: the result, a summary for colleagues, and if wanted a closing text. */

import { html, useState } from "../vendor/htm-preact.js";
import { ActDialog, Lines } from "./act_dialog.js";
import { perform } from "./conversation_acts.js";
import { Counter } from "./counter.js";
import { t } from "./i18n.js";
import { useSelect } from "./store.js";
import { SelectField } from "./ui.js";

const settingsOf = (state) => state.settings;

export function ResolveDialog({ conversation, onClose, onResolved }) {
  const settings = useSelect(settingsOf);
  const results = settings?.results ?? [];
  const [result, setResult] = useState(conversation.result ?? "");
  const [summary, setSummary] = useState(conversation.summary ?? "");
  const [text, setText] = useState("");
  const submit = async () => {
    const body = { result: result || undefined, summary: summary || undefined, text: text.trim() || undefined };
    const wrong = await perform(conversation, "resolve", body);
    if (!wrong) onResolved?.();
    return wrong;
  };
  const options = [["", t("d.resolve.no_result")], ...results.map((one) => [one, one])];
  return html`<${ActDialog} title=${t("d.resolve.title")} yes=${t("d.resolve.yes")} submit=${submit} onClose=${onClose}>
    ${results.length > 0 && html`<${SelectField} label=${t("d.resolve.result")} value=${result}
      options=${options} onChange=${setResult} />`}
    <${Lines} label=${t("d.resolve.summary")} hint=${t("d.resolve.summary_hint")} rows="2"
      name="summary" value=${summary} onInput=${setSummary} maxlength="2000" />
    <details class="closing">
      <summary>${t("d.resolve.closing")}</summary>
      <${Lines} label=${t("d.resolve.closing_text")} hint=${t("d.resolve.closing_hint")}
        name="closing" value=${text} onInput=${setText} />
      ${text && html`<${Counter} text=${text} settings=${settings} onReplace=${setText} />`}
    </details>
  <//>`;
}
