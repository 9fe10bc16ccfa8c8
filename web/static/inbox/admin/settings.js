/** What the administrator decides for the inbox as a whole; how long things are kept. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { loadSettings } from "../actions.js";
import { api } from "../api.js";
import { t } from "../i18n.js";
import { toast } from "../toast.js";
import { Band, Button, Field, TextField, useAsync } from "../ui.js";
import { listOf, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";

export function SettingsPage() {
  const source = useAsync(() => api.get("/inbox/settings"), []);
  const [saved, setSaved] = useState(null);
  const settings = saved ?? source.data;
  return html`
    <${PageHead} title=${t("settings_admin.title")} hint=${t("settings_admin.hint")} />
    <${Loaded} source=${{ ...source, data: settings }}>
      ${(data) => html`
        <${SettingsForm} key=${data.version} settings=${data} onSaved=${setSaved} />
        <${Retention} retention=${data.retention} />
      `}
    <//>
  `;
}

const linesOf = (list) => list.join("\n");

function SettingsForm({ settings, onSaved }) {
  const price = settings.price_per_segment;
  const initial = {
    results: linesOf(settings.results),
    tags: linesOf(settings.tags),
    synonyms: linesOf((settings.synonyms ?? []).map((group) => group.join(", "))),
    undo_s: String(settings.undo_s),
    max_parts: String(settings.max_parts),
    reopen_within_h: String(settings.reopen_within_h),
    crm_url_template: settings.crm_url_template ?? "",
    price: price === null || price === undefined ? "" : String(price / 100),
    currency: settings.currency ?? "",
  };
  const form = useForm(initial, async (values) => {
    const answer = await api.put("/inbox/settings", {
      results: listOf(values.results),
      tags: listOf(values.tags),
      synonyms: values.synonyms.split("\n").map(listOf).filter((group) => group.length > 1),
      undo_s: Number(values.undo_s),
      max_parts: Number(values.max_parts),
      reopen_within_h: Number(values.reopen_within_h),
      crm_url_template: values.crm_url_template.trim() || null,
      price_per_segment: values.price === "" ? null : Math.round(Number(values.price.replace(",", ".")) * 100),
      currency: values.currency.trim().toUpperCase(),
      version: settings.version,
    });
    onSaved(answer);
    loadSettings();
    toast(t("settings_admin.saved"), { tone: "good" });
  });
  const [isTouched, setTouched] = useState(false);
  useEffect(() => {
    setTouched(JSON.stringify(form.values) !== JSON.stringify(initial));
  }, [form.values]);
  const field = (name, more) => html`
    <${TextField} label=${t(`settings_admin.${name}`)} value=${form.values[name]} onInput=${form.set(name)}
      error=${form.errorOf(name)} autocomplete="off" ...${more} />
  `;
  const lines = (name, hint = "one_a_line") => html`
    <${Field} label=${t(`settings_admin.${name}`)} hint=${t(`settings_admin.${hint}`)} error=${form.errorOf(name)}>
      ${(id, described) => html`
        <textarea id=${id} aria-describedby=${described} class="input" rows="5" value=${form.values[name]}
          onInput=${(event) => form.set(name)(event.target.value)}></textarea>
      `}
    <//>
  `;
  return html`
    <form class="stack settings-form" onSubmit=${form.run}>
      ${form.error && html`<${Band} tone="bad" icon="warning">${form.error}<//>`}
      <div class="field-row">${lines("results")} ${lines("tags")} ${lines("synonyms", "synonyms_hint")}</div>
      <div class="field-row">
        ${field("undo_s", { type: "number", min: "0", max: "15", hint: t("settings_admin.undo_hint") })}
        ${field("max_parts", { type: "number", min: "1", max: "8", hint: t("settings_admin.parts_hint") })}
        ${field("reopen_within_h", { type: "number", min: "0", max: "8760", hint: t("settings_admin.reopen_hint") })}
      </div>
      ${field("crm_url_template", { hint: t("settings_admin.crm_hint", { place: "{crm_id}" }) })}
      <div class="field-row">
        ${field("price", { inputmode: "decimal", hint: t("settings_admin.price_hint") })}
        ${field("currency", { maxlength: "3" })}
      </div>
      <div><${Button} kind="primary" type="submit" busy=${form.busy} disabled=${!isTouched}>${t("ui.save")}<//></div>
    </form>
  `;
}

function Retention({ retention }) {
  const classes = Object.entries(retention ?? {});
  if (classes.length === 0) return null;
  return html`
    <section class="card retention">
      <h2>${t("settings_admin.retention")}</h2>
      <p class="dim">${t("settings_admin.retention_text")}</p>
      <dl class="facts">
        ${classes.map(([name, days]) => html`
          <div key=${name}>
            <dt>${t(`retention.${name}`)}</dt>
            <dd>${days === null ? t("settings_admin.for_ever") : t("settings_admin.days", { n: days })}</dd>
          </div>
        `)}
      </dl>
    </section>
  `;
}
