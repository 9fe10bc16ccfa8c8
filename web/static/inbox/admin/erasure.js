/** Everything about one person: given to them as a file, or erased after a dry run. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api } from "../api.js";
import { t } from "../i18n.js";
import { toast } from "../toast.js";
import { Bidi, Button, Spinner, TextField, Time, useAsync } from "../ui.js";
import { FormDialog, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";
import { More, usePages } from "./pages_of.js";
import { useStill } from "./still.js";
import { Table } from "./table.js";

export function Erasure() {
  const [words, setWords] = useState("");
  const q = useStill(words);
  const source = usePages((cursor) => api.get("/contacts", { query: { q, cursor } }), [q]);
  const [erasing, setErasing] = useState(null);
  const done = (contact) => {
    setErasing(null);
    toast(t("erasure.done", { address: contact.address }), { tone: "good" });
    source.reload();
  };
  return html`
    <${PageHead} title=${t("erasure.title")} hint=${t("erasure.hint")} />
    <div class="admin-filter">
      <${TextField} label=${t("erasure.find")} type="search" value=${words} onInput=${setWords} autocomplete="off" />
    </div>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("erasure.title")} rows=${data.items} columns=${columns(setErasing)}
          empty=${{ icon: "search", title: t("erasure.none"), text: t("erasure.none_text") }} />
        <${More} source=${source} />
      `}
    <//>
    ${erasing && html`<${EraseDialog} contact=${erasing} onClose=${() => setErasing(null)} onDone=${done} />`}
  `;
}

const nameOf = (contact) => contact.name || contact.address;

const columns = (onErase) => [
  {
    key: "name",
    label: t("erasure.contact"),
    cell: (contact) => html`<${Bidi}>${nameOf(contact)}<//>${contact.name && html`<small class="dim num">${contact.address}</small>`}`,
  },
  {
    key: "numbers",
    label: t("erasure.numbers"),
    cell: (contact) => html`<span class="num">${contact.numbers.map((one) => one.address).join(", ")}</span>`,
  },
  { key: "created", label: t("erasure.since"), cell: (contact) => html`<${Time} at=${contact.created_at} kind="short" />` },
  {
    key: "acts",
    label: t("admin.acts"),
    hideLabel: true,
    cell: (contact) => html`
      <span class="row-acts">
        <a class="btn btn-plain btn-s" href=${`/api/v1/contacts/${contact.id}/export`} download
          aria-label=${t("erasure.export_one", { name: nameOf(contact) })}>${t("erasure.export")}</a>
        <${Button} size="s" onClick=${() => onErase(contact)}
          aria-label=${t("erasure.erase_one", { name: nameOf(contact) })}>${t("erasure.erase")}<//>
      </span>
    `,
  },
];

function EraseDialog({ contact, onClose, onDone }) {
  const path = `/contacts/${contact.id}/erase`;
  const counts = useAsync(() => api.post(path, { dry_run: true }), [contact.id]);
  const form = useForm({ confirm: "" }, async ({ confirm }) => {
    await api.post(path, { dry_run: false, confirm: confirm.trim() });
    onDone(contact);
  });
  return html`
    <${FormDialog} title=${t("erasure.erase_title", { name: nameOf(contact) })} form=${form} onClose=${onClose} danger
      yes=${t("erasure.erase_yes")}>
      <p>${t("erasure.erase_text")}</p>
      <h3>${t("erasure.counts")}</h3>
      ${counts.loading && html`<${Spinner} label=${t("ui.loading")} />`}
      ${counts.error && html`<p class="field-error">${counts.error}</p>`}
      ${counts.data && html`
        <dl class="facts">
          ${Object.entries(counts.data).filter(([, value]) => typeof value === "number").map(([name, value]) => html`
            <div key=${name}><dt>${t(`erased.${name}`)}</dt><dd class="num">${value}</dd></div>
          `)}
        </dl>
      `}
      <p class="dim">${t("erasure.kept")}</p>
      <${TextField} label=${t("erasure.confirm", { address: contact.address })} value=${form.values.confirm}
        onInput=${form.set("confirm")} error=${form.errorOf("confirm")} autocomplete="off" required />
    <//>
  `;
}
