/** Two numbers, one person: merge contacts, and part them again. spec/inbox.md A 67 */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { ActDialog } from "./act_dialog.js";
import { loadContact, loadThread } from "./actions.js";
import { api, problem } from "./api.js";
import { t } from "./i18n.js";
import { dispatch, getState } from "./store.js";
import { toast } from "./toast.js";
import { Bidi, TextField } from "./ui.js";

const SEARCH_AFTER_MS = 250;

/** Other messages belong to the contact's open dialogues now. */
function refresh(contactId) {
  const { threads, details } = getState();
  const shown = Object.values(threads).filter(
    (thread) => thread.contact.id === contactId && details[thread.id]?.loaded,
  );
  return Promise.all(shown.map((thread) => loadThread(thread.id, { again: true })));
}

function useContactSearch(query, excludedId) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      if (!query.trim()) return setFound([]);
      const answer = await api
        .get("/contacts", { query: { q: query.trim(), limit: 10 }, signal: stop.signal })
        .catch(() => ({ items: [] })); // an older question; the next one answers
      return setFound(answer.items.filter((one) => one.id !== excludedId && !one.merged_into));
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, excludedId]);
  return found;
}

function ContactChoice({ contact, chosen, onChoose }) {
  return html`<label class="choice">
    <input type="radio" name="contact" checked=${chosen === contact.id} onChange=${() => onChoose(contact.id)} />
    <span><${Bidi}>${contact.name || contact.address}<//>${" "}
      <span class="dim num"><${Bidi}>${contact.address}<//></span></span>
  </label>`;
}

export function MergeDialog({ contact, onClose }) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(null);
  const found = useContactSearch(query, contact.id);
  const submit = async () => {
    if (!chosen) return t("d.contact.merge.choose");
    try {
      const merged = await api.post(`/contacts/${contact.id}/merge`, { other: chosen });
      dispatch({ type: "contact", contact: merged });
      await refresh(contact.id);
    } catch (error) {
      return problem(error);
    }
    toast(t("d.contact.merge.done"));
    return null;
  };
  return html`<${ActDialog} title=${t("d.contact.merge")} yes=${t("d.contact.merge.yes")} submit=${submit} onClose=${onClose}>
    <p>${t("d.contact.merge.text", { name: contact.name || contact.address })}</p>
    <${TextField} label=${t("d.contact.merge.search")} type="search" value=${query} onInput=${setQuery} autocomplete="off" />
    <fieldset class="choices">
      <legend class="label">${t("d.contact.merge.found")}</legend>
      ${query && !found.length && html`<p class="dim">${t("d.contact.merge.none")}</p>`}
      ${found.map((one) => html`<${ContactChoice} key=${one.id} contact=${one} chosen=${chosen} onChoose=${setChosen} />`)}
    </fieldset>
  <//>`;
}

export function SplitDialog({ contact, onClose }) {
  const merged = contact.numbers.filter((number) => number.contact_id && number.contact_id !== contact.id);
  const [chosen, setChosen] = useState(merged[0]?.contact_id ?? null);
  const submit = async () => {
    try {
      await api.post(`/contacts/${contact.id}/split`, { contact: chosen });
      await Promise.all([loadContact(contact.id), refresh(contact.id)]);
    } catch (error) {
      return problem(error);
    }
    toast(t("d.contact.split.done"));
    return null;
  };
  return html`<${ActDialog} title=${t("d.contact.split")} yes=${t("d.contact.split.yes")} submit=${submit} onClose=${onClose}>
    <fieldset class="choices">
      <legend class="label">${t("d.contact.split.which")}</legend>
      ${merged.map((number) => html`<${ContactChoice} key=${number.contact_id}
        contact=${{ id: number.contact_id, address: number.address }} chosen=${chosen} onChoose=${setChosen} />`)}
    </fieldset>
  <//>`;
}
