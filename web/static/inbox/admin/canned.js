/** The phrases that everybody shares: shortcut, text, what each costs, what it was before. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { forgetCanned } from "../canned.js";
import { fmt, t } from "../i18n.js";
import { useSelect } from "../store.js";
import { toast } from "../toast.js";
import { Bidi, Button, Menu, SelectField, TextField, Time, confirm, useAsync } from "../ui.js";
import { CannedDialog, VersionsDialog } from "./canned_dialogs.js";
import { ImportDialog } from "./canned_import.js";
import { costWords } from "./cost.js";
import { Loaded, PageHead } from "./page.js";
import { useStill } from "./still.js";
import { Table } from "./table.js";

export function CannedPage() {
  const [words, setWords] = useState("");
  const q = useStill(words);
  const [language, setLanguage] = useState("");
  const source = useAsync((signal) => api.get("/canned", { query: { q, language }, signal }), [q, language]);
  const settings = useSelect((state) => state.settings);
  const [dialog, setDialog] = useState(null); // { name, phrase }
  const close = () => setDialog(null);
  const changed = () => {
    forgetCanned(); // agents' own lists keep them for a minute
    source.reload();
  };
  const done = () => {
    close();
    changed();
  };
  const archive = async (phrase) => {
    const sure = await confirm({
      title: t("canned_admin.archive_title", { shortcut: phrase.shortcut }),
      text: t("canned_admin.archive_text"),
      yes: t("canned_admin.archive"),
      danger: true,
    });
    if (!sure) return;
    try {
      await api.del(`/canned/${phrase.id}`);
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
    changed();
  };
  const open = (name, phrase = null) => setDialog({ name, phrase });
  const add = html`
    <${Button} kind="primary" icon="plus" onClick=${() => open("edit")}>${t("canned_admin.add")}<//>
  `;
  return html`
    <${PageHead} title=${t("canned_admin.title")} hint=${t("canned_admin.hint")}>
      <${Button} onClick=${() => open("import")}>${t("canned_admin.import")}<//>
      ${add}
    <//>
    <div class="admin-filter">
      <${TextField} label=${t("canned_admin.find")} type="search" value=${words} onInput=${setWords} autocomplete="off" />
      <${SelectField} label=${t("canned_admin.language")} value=${language} onChange=${setLanguage}
        options=${[["", t("canned_admin.any_language")], ...["ru", "uk", "en"].map((code) => [code, t(`language.${code}`)])]} />
    </div>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("canned_admin.title")} columns=${columns(settings, open, archive)}
          rows=${data.items.filter((phrase) => !phrase.is_own)}
          empty=${q
            ? { icon: "search", title: t("canned_admin.not_found"), text: t("canned_admin.not_found_text") }
            : { icon: "phrase", title: t("canned_admin.none"), text: t("canned_admin.hint"), action: add }} />
      `}
    <//>
    ${dialog?.name === "edit" && html`<${CannedDialog} phrase=${dialog.phrase} settings=${settings} onClose=${close} onDone=${done} />`}
    ${dialog?.name === "versions" && html`<${VersionsDialog} phrase=${dialog.phrase} onClose=${close} onDone=${done} />`}
    ${dialog?.name === "import" && html`<${ImportDialog} onClose=${close} onDone=${done} />`}
  `;
}

const columns = (settings, open, archive) => [
  {
    key: "shortcut",
    label: t("canned_admin.shortcut"),
    cell: (phrase) => html`
      <code>/${phrase.shortcut}</code>
      ${phrase.title && html`<small class="dim"><${Bidi}>${phrase.title}<//></small>`}
    `,
  },
  { key: "text", label: t("canned_admin.text"), cell: (phrase) => html`<div class="phrase-text"><${Bidi}>${phrase.text}<//></div>` },
  {
    key: "language",
    label: t("canned_admin.language"),
    cell: (phrase) =>
      phrase.language ? t(`language.${phrase.language}`) : html`<span class="dim">${t("canned_admin.any_language")}</span>`,
  },
  {
    key: "cost",
    label: t("canned_admin.cost"),
    num: true,
    cell: (phrase) => html`<span class=${phrase.segments > 1 ? "warn-text" : ""}>${costWords(phrase.segments, settings)}</span>`,
  },
  { key: "uses", label: t("canned_admin.uses"), num: true, cell: (phrase) => fmt.number(phrase.uses) },
  { key: "at", label: t("canned_admin.changed"), cell: (phrase) => html`<${Time} at=${phrase.updated_at} kind="short" />` },
  {
    key: "acts",
    label: t("admin.acts"),
    hideLabel: true,
    cell: (phrase) => html`
      <${Menu} label=${t("admin.acts_on", { name: phrase.shortcut })} icon="more" align="end" items=${[
        { label: t("canned_admin.edit"), icon: "write", onPick: () => open("edit", phrase) },
        { label: t("canned_admin.versions"), icon: "clock", onPick: () => open("versions", phrase) },
        "-",
        { label: t("canned_admin.archive"), icon: "trash", danger: true, onPick: () => archive(phrase) },
      ]} />
    `,
  },
];
