/** Tags of a conversation: those of the house by a press, own ones by typing. */

import { html, useState } from "../vendor/htm-preact.js";
import { ActDialog } from "./act_dialog.js";
import { performTags } from "./conversation_acts.js";
import { t } from "./i18n.js";
import { useSelect } from "./store.js";
import { Bidi, Button, TextField } from "./ui.js";

const tagsOf = (state) => state.settings?.tags ?? [];
const MAX_TAG = 40;

/** A set of tags that is pressed and typed together; `onChange(tags)`. */
export function TagPicker({ tags, onChange }) {
  const known = useSelect(tagsOf);
  const [typed, setTyped] = useState("");
  const shown = [...new Set([...known, ...tags])];
  const toggle = (tag) =>
    onChange(tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]);
  const add = () => {
    const tag = typed.trim().slice(0, MAX_TAG);
    if (tag && !tags.includes(tag)) onChange([...tags, tag]);
    setTyped("");
  };
  const entered = (event) => {
    if (event.key !== "Enter" || event.isComposing || !typed.trim()) return;
    event.preventDefault();
    add();
  };
  return html`<div class="stack">
    <div class="tag-choices" role="group" aria-label=${t("d.tags.title")}>
      ${shown.map((tag) => html`<button type="button" key=${tag} class="tag-choice"
        aria-pressed=${String(tags.includes(tag))} onClick=${() => toggle(tag)}><${Bidi}>${tag}<//></button>`)}
      ${shown.length === 0 && html`<p class="dim">${t("d.tags.none")}</p>`}
    </div>
    <div class="tag-new" onKeyDown=${entered}>
      <${TextField} label=${t("d.tags.new")} value=${typed} onInput=${setTyped} />
      <${Button} onClick=${add} disabled=${!typed.trim()}>${t("d.tags.add")}<//>
    </div>
  </div>`;
}

export function TagsDialog({ conversation, onClose }) {
  const [tags, setTagsHere] = useState(conversation.tags ?? []);
  return html`<${ActDialog} title=${t("d.tags.title")} yes=${t("d.save")}
    submit=${() => performTags(conversation, tags)} onClose=${onClose}>
    <${TagPicker} tags=${tags} onChange=${setTagsHere} />
  <//>`;
}
