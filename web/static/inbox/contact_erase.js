/** For administrators: all that is kept of a person as a file, and its erasure. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { ActDialog } from "./act_dialog.js";
import { api, problem } from "./api.js";
import { fmt, has, t } from "./i18n.js";
import { go, paths } from "./router.js";
import { toast } from "./toast.js";
import { Spinner, TextField } from "./ui.js";

/** A file of JSON, made here, so that nothing is fetched twice. */
function download(name, content) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

export function ExportDialog({ contact, onClose }) {
  const submit = async () => {
    try {
      download(`${contact.address}.json`, await api.get(`/contacts/${contact.id}/export`));
      return null;
    } catch (error) {
      return problem(error);
    }
  };
  return html`<${ActDialog} title=${t("d.contact.export")} yes=${t("d.contact.export.yes")} submit=${submit} onClose=${onClose}>
    <p>${t("d.contact.export.text", { name: contact.name || contact.address })}</p>
  <//>`;
}

function Counts({ counts }) {
  const shown = Object.entries(counts).filter(([name, value]) => typeof value === "number" && has(`erased.${name}`));
  return html`<dl class="fact-list">
    ${shown.map(([name, value]) => html`<div key=${name}><dt>${t(`erased.${name}`)}</dt><dd class="num">${fmt.number(value)}</dd></div>`)}
  </dl>`;
}

/** First what would go, counted; then only with the number typed. */
export function EraseDialog({ contact, onClose }) {
  const [counts, setCounts] = useState(null);
  const [wrong, setWrong] = useState(null);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    api.post(`/contacts/${contact.id}/erase`, { dry_run: true })
      .then(setCounts)
      .catch((error) => setWrong(problem(error)));
  }, [contact.id]);
  const submit = async () => {
    if (typed.trim() !== contact.address) return t("error.confirm_mismatch");
    try {
      await api.post(`/contacts/${contact.id}/erase`, { dry_run: false, confirm: typed.trim() });
    } catch (error) {
      return problem(error);
    }
    toast(t("d.contact.erase.done"));
    go(paths.home());
    return null;
  };
  return html`<${ActDialog} title=${t("d.contact.erase")} yes=${t("d.contact.erase")} danger submit=${submit} onClose=${onClose}>
    <p>${t("d.contact.erase.text", { name: contact.name || contact.address })}</p>
    ${wrong && html`<p class="failure" role="alert">${wrong}</p>`}
    ${!counts && !wrong && html`<${Spinner} label=${t("d.loading")} />`}
    ${counts && html`<${Counts} counts=${counts} />`}
    <${TextField} label=${t("d.contact.erase.confirm", { address: contact.address })} value=${typed}
      onInput=${setTyped} autocomplete="off" inputmode="tel" />
  <//>`;
}
