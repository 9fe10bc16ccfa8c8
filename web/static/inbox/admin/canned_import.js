/** Phrases from a table: pasted or from a file, looked at before they are taken. */
import { html, useMemo } from "../../vendor/htm-preact.js";
import { api } from "../api.js";
import { t } from "../i18n.js";
import { planText } from "../segments.js";
import { toast } from "../toast.js";
import { Field, SelectField } from "../ui.js";
import { FormDialog, useForm } from "./form.js";
import { Table } from "./table.js";

const SHOWN = 8;

export function ImportDialog({ onClose, onDone }) {
  const form = useForm({ source: "", language: "" }, async ({ source, language }) => {
    const items = read(source).map((phrase) => ({ ...phrase, language: phrase.language ?? (language || null) }));
    const { created, changed } = await api.post("/canned/import", { items });
    toast(t("canned_admin.imported", { n: created + changed }), { tone: "good" });
    onDone();
  });
  const { values, set } = form;
  const phrases = useMemo(() => read(values.source), [values.source]);
  const take = async (event) => {
    const [file] = event.target.files;
    if (file) set("source")(await file.text());
  };
  const languages = ["ru", "uk", "en"].map((code) => [code, t(`language.${code}`)]);
  return html`
    <${FormDialog} title=${t("canned_admin.import")} form=${form} onClose=${onClose} wide
      disabled=${phrases.length === 0} yes=${t("canned_admin.import_n", { n: phrases.length })}>
      <p>${t("canned_admin.import_text")}</p>
      <label class="btn btn-plain file-button">
        ${t("canned_admin.choose_file")} <small class="dim">${t("canned_admin.file")}</small>
        <input type="file" class="visually-hidden" accept=".csv,.tsv,.txt,.json,text/*,application/json" onChange=${take} />
      </label>
      <${Field} label=${t("canned_admin.paste")}>
        ${(id) => html`
          <textarea id=${id} class="input mono" rows="5" value=${values.source}
            onInput=${(event) => set("source")(event.target.value)}></textarea>
        `}
      <//>
      <${SelectField} label=${t("canned_admin.language")} value=${values.language} onChange=${set("language")}
        options=${[["", t("canned_admin.any_language")], ...languages]} />
      ${phrases.length > 0 && html`
        <${Table} caption=${t("canned_admin.preview")} columns=${columns()} rows=${phrases.slice(0, SHOWN)}
          rowKey=${(phrase) => phrase.shortcut} />
        ${phrases.length > SHOWN && html`<p class="dim">${t("canned_admin.and_more", { n: phrases.length - SHOWN })}</p>`}
      `}
    <//>
  `;
}

const columns = () => [
  { key: "shortcut", label: t("canned_admin.shortcut"), cell: (phrase) => html`<code>/${phrase.shortcut}</code>` },
  { key: "text", label: t("canned_admin.text"), cell: (phrase) => html`<div class="phrase-text">${phrase.text}</div>` },
  { key: "cost", label: t("canned_admin.cost"), num: true, cell: (phrase) => planText(phrase.text)?.segments ?? "" },
];

/** A JSON list, or lines of `shortcut; text` or `shortcut; name; text` (also tabs). */
export function read(source) {
  const trimmed = source.trim();
  if (trimmed.startsWith("[")) {
    try {
      return JSON.parse(trimmed).filter((one) => one.shortcut && one.text).map(clean);
    } catch {
      return [];
    }
  }
  return trimmed.split(/\r?\n/).map(readLine).filter(Boolean);
}

function readLine(line) {
  const cells = splitLine(line, line.includes("\t") ? "\t" : ";");
  if (cells.length < 2 || !cells[0]) return null;
  const [shortcut, ...others] = cells;
  const text = others.length > 1 ? others.slice(1).join("; ") : others[0];
  return text ? clean({ shortcut, title: others.length > 1 ? others[0] : "", text }) : null;
}

const clean = ({ shortcut, title, text, language, queue }) => ({
  shortcut: String(shortcut).trim().replace(/^\//, ""),
  title: String(title ?? "").trim() || null,
  text: String(text),
  ...(language ? { language } : {}),
  ...(queue ? { queue } : {}),
});

/** As spreadsheets write it: quotes hold separators, two quotes are one. */
function splitLine(line, separator) {
  const cells = [];
  let cell = "";
  let isQuoted = false;
  for (let place = 0; place < line.length; place += 1) {
    const char = line[place];
    if (char === '"' && isQuoted && line[place + 1] === '"') {
      cell += char;
      place += 1;
    } else if (char === '"' && (isQuoted || !cell.trim())) {
      isQuoted = !isQuoted;
    } else if (char === separator && !isQuoted) {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += char;
    }
  }
  return [...cells, cell.trim()];
}
