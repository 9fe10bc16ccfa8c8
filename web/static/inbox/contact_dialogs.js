/** Dialogs of a contact: edit, opt-out, block; merging and erasing are next door. */

import { html, useState } from "../vendor/htm-preact.js";
import { ActDialog, Lines } from "./act_dialog.js";
import { TagPicker } from "./act_tags.js";
import { loadContact } from "./actions.js";
import { api, problem } from "./api.js";
import { EraseDialog, ExportDialog } from "./contact_erase.js";
import { MergeDialog, SplitDialog } from "./contact_merge.js";
import { t } from "./i18n.js";
import { dispatch } from "./store.js";
import { toast } from "./toast.js";
import { SelectField, TextField } from "./ui.js";

const LANGUAGES = ["ru", "uk", "en"];

/** Does something to a contact and shows what came of it; words of what went wrong, or null. */
async function change(contactId, ask, said) {
  try {
    const answer = await ask();
    if (answer?.id === contactId) dispatch({ type: "contact", contact: answer });
    else await loadContact(contactId);
  } catch (error) {
    return problem(error);
  }
  toast(t(said));
  return null;
}

const SEPARATOR = ":";

const asLines = (attributes) =>
  Object.entries(attributes ?? {}).map(([name, value]) => `${name}${SEPARATOR} ${value}`).join("\n");

/** "city: Tver" lines as an object; a line without a colon is left out. */
function fromLines(text) {
  const pairs = text.split("\n").map((line) => line.split(SEPARATOR)).filter((parts) => parts.length > 1);
  return Object.fromEntries(
    pairs.map(([name, ...rest]) => [name.trim(), rest.join(SEPARATOR).trim()]).filter(([name]) => name),
  );
}

function EditDialog({ contact, onClose }) {
  const [name, setName] = useState(contact.name ?? "");
  const [language, setLanguage] = useState(contact.language ?? "");
  const [crmId, setCrmId] = useState(contact.crm_id ?? "");
  const [tags, setTags] = useState(contact.tags ?? []);
  const [attributes, setAttributes] = useState(() => asLines(contact.attributes));
  const submit = () =>
    change(contact.id, () => api.patch(`/contacts/${contact.id}`, {
      name: name.trim(), language: language || null, crm_id: crmId.trim() || null, tags,
      attributes: fromLines(attributes),
    }), "d.saved");
  const options = [["", t("d.contact.no_language")], ...LANGUAGES.map((code) => [code, t(`language.${code}`)])];
  return html`<${ActDialog} title=${t("d.contact.edit")} yes=${t("d.save")} submit=${submit} onClose=${onClose}>
    <${TextField} label=${t("d.contact.name")} value=${name} onInput=${setName} maxlength="200" dir="auto" autocomplete="off" />
    <${SelectField} label=${t("d.contact.language")} value=${language} options=${options} onChange=${setLanguage} />
    <${TextField} label=${t("d.crm_id")} value=${crmId} onInput=${setCrmId} maxlength="200" autocomplete="off" />
    <${TagPicker} tags=${tags} onChange=${setTags} />
    <${Lines} label=${t("d.contact.attributes")} hint=${t("d.contact.attributes_hint")}
      value=${attributes} onInput=${setAttributes} />
  <//>`;
}

function Question({ contact, onClose, name, ask, danger }) {
  return html`<${ActDialog} title=${t(`d.contact.${name}`)} yes=${t(`d.contact.${name}`)} danger=${danger}
    submit=${() => change(contact.id, ask, `d.contact.${name}.done`)} onClose=${onClose}
    initial=".dialog-foot .btn-ghost">
    <p>${t(`d.contact.${name}.text`, { name: contact.name || contact.address })}</p>
  <//>`;
}

export function ContactDialogs({ name, contact, onClose }) {
  const shared = { contact, onClose, name };
  const path = `/contacts/${encodeURIComponent(contact.address)}/opt-out`;
  switch (name) {
    case "edit":
      return html`<${EditDialog} ...${shared} />`;
    case "opt_out":
      return html`<${Question} ...${shared} danger ask=${() => api.put(path)} />`;
    case "opt_in":
      return html`<${Question} ...${shared} ask=${() => api.del(path)} />`;
    case "block":
    case "unblock":
      return html`<${Question} ...${shared} danger=${name === "block"}
        ask=${() => api.post(`/contacts/${contact.id}/${name}`)} />`;
    case "merge":
      return html`<${MergeDialog} ...${shared} />`;
    case "split":
      return html`<${SplitDialog} ...${shared} />`;
    case "export":
      return html`<${ExportDialog} ...${shared} />`;
    case "erase":
      return html`<${EraseDialog} ...${shared} />`;
    default:
      return null;
  }
}
