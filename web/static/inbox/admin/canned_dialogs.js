/** A shared phrase is written with its cost in sight; its earlier versions come back. */
import { html } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { planText } from "../segments.js";
import { useSelect } from "../store.js";
import { toast } from "../toast.js";
import { Bidi, Button, Dialog, Field, SelectField, TextField, Time, useAsync } from "../ui.js";
import { costWords } from "./cost.js";
import { FormDialog, useForm } from "./form.js";
import { Loaded } from "./page.js";

const said = (values) => ({
  shortcut: values.shortcut.trim().replace(/^\//, ""),
  title: values.title.trim() || null,
  text: values.text,
  language: values.language || null,
  queue: values.queue.trim() || null,
});

export function CannedDialog({ phrase, settings, onClose, onDone }) {
  const initial = {
    shortcut: phrase?.shortcut ?? "",
    title: phrase?.title ?? "",
    text: phrase?.text ?? "",
    language: phrase?.language ?? "",
    queue: phrase?.queue ?? "",
  };
  const form = useForm(initial, async (values) => {
    if (phrase) await api.put(`/canned/${phrase.id}`, { ...said(values), version: phrase.version });
    else await api.post("/canned", { ...said(values), is_own: false });
    onDone();
  });
  const { values, set, errorOf } = form;
  const plan = values.text ? planText(values.text) : null;
  const insert = (name) => set("text")(`${values.text}{${name}}`);
  const languages = ["ru", "uk", "en"].map((code) => [code, t(`language.${code}`)]);
  return html`
    <${FormDialog} title=${phrase ? t("canned_admin.edit") : t("canned_admin.add")} form=${form} onClose=${onClose} wide>
      <div class="field-row">
        <${TextField} label=${t("canned_admin.shortcut")} hint=${t("canned_admin.shortcut_hint")} required autocomplete="off"
          value=${values.shortcut} onInput=${set("shortcut")} error=${errorOf("shortcut")} />
        <${TextField} label=${t("canned_admin.name")} autocomplete="off" value=${values.title} onInput=${set("title")}
          error=${errorOf("title")} />
      </div>
      <${Field} label=${t("canned_admin.text")} error=${errorOf("text")}
        hint=${plan ? costWords(plan.segments, settings) : t("canned_admin.text_hint")}>
        ${(id, described) => html`
          <textarea id=${id} aria-describedby=${described} class="input" rows="5" required value=${values.text}
            onInput=${(event) => set("text")(event.target.value)}></textarea>
        `}
      <//>
      ${settings?.variables?.length > 0 && html`
        <div class="chips" role="group" aria-label=${t("canned_admin.variables")}>
          ${settings.variables.map((one) => html`
            <${Button} key=${one.name} size="s" onClick=${() => insert(one.name)}
              aria-label=${t("canned_admin.insert", { name: one.name })}>${`{${one.name}}`}<//>
          `)}
        </div>
      `}
      <div class="field-row">
        <${SelectField} label=${t("canned_admin.language")} value=${values.language} onChange=${set("language")}
          options=${[["", t("canned_admin.any_language")], ...languages]} />
        <${TextField} label=${t("canned_admin.queue")} hint=${t("canned_admin.queue_hint")} autocomplete="off"
          value=${values.queue} onInput=${set("queue")} error=${errorOf("queue")} />
      </div>
    <//>
  `;
}

export function VersionsDialog({ phrase, onClose, onDone }) {
  const source = useAsync(() => api.get(`/canned/${phrase.id}/versions`), [phrase.id]);
  const names = useSelect((state) => state.agents);
  const restore = async (version) => {
    try {
      const { title, text } = version;
      await api.put(`/canned/${phrase.id}`, { title: title || null, text, version: phrase.version });
      toast(t("canned_admin.restored", { number: version.version }), { tone: "good" });
      onDone();
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
  };
  return html`
    <${Dialog} title=${t("canned_admin.versions_of", { shortcut: phrase.shortcut })} onClose=${onClose} wide>
      <${Loaded} source=${source}>
        ${(data) => html`
          <ol class="versions" reversed>
            ${data.items.map((version) => html`
              <li key=${version.version}>
                <p class="dim">
                  ${t("canned_admin.version", { number: version.version })} · <${Time} at=${version.at} kind="dateTime" />
                  ${names[version.by_id] && html` · <${Bidi}>${names[version.by_id].name}<//>`}
                </p>
                <p class="phrase-text"><${Bidi}>${version.text}<//></p>
                ${version.version !== phrase.version && html`
                  <${Button} size="s" onClick=${() => restore(version)}
                    aria-label=${t("canned_admin.restore_one", { number: version.version })}>${t("canned_admin.restore")}<//>
                `}
              </li>
            `)}
          </ol>
        `}
      <//>
    <//>
  `;
}
