/** Everybody we know: search, one contact whole, and the way to their threads. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { api, problem } from "./api.js";
import { ContactPanel, useContact } from "./contact_panel.js";
import { fmt, t } from "./i18n.js";
import { Link, paths } from "./router.js";
import { Avatar, Bidi, Button, Empty, Icon, Spinner, Time } from "./ui.js";

const TYPED_MS = 250;

function useContacts(query) {
  const [state, setState] = useState({ items: [], next: null, loading: true, error: null });
  const ask = async (cursor, before, signal) => {
    setState((old) => ({ ...old, loading: true, error: null }));
    try {
      const answer = await api.get("/contacts", { query: { q: query.trim(), cursor }, signal });
      setState({ items: [...before, ...answer.items], next: answer.next, loading: false, error: null });
    } catch (error) {
      if (!signal?.aborted) setState((old) => ({ ...old, loading: false, error: problem(error) }));
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => ask(null, [], stop.signal), TYPED_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query]);
  return { ...state, more: () => ask(state.next, state.items) };
}

export function ContactsView({ contactId }) {
  return contactId ? html`<${OneContact} key=${contactId} contactId=${contactId} />` : html`<${AllContacts} />`;
}

function AllContacts() {
  const [query, setQuery] = useState("");
  const { items, next, loading, error, more } = useContacts(query);
  return html`<div class="page">
    <header class="page-head"><h1>${t("d.contacts.title")}</h1></header>
    <label class="visually-hidden" for="contacts-search">${t("d.contacts.search")}</label>
    <input id="contacts-search" class="input" type="search" autocomplete="off" dir="auto"
      placeholder=${t("d.contacts.search")} value=${query} onInput=${(event) => setQuery(event.target.value)} />
    ${error && html`<${Empty} icon="warning" title=${error} />`}
    ${loading && !items.length && html`<${Spinner} label=${t("d.loading")} />`}
    ${!loading && !error && !items.length && html`<${Empty} icon="contacts" title=${t("d.contacts.none")} />`}
    <ul class="plain-list contacts">
      ${items.map((contact) => html`<li key=${contact.id}><${Row} contact=${contact} /></li>`)}
    </ul>
    ${next && html`<${Button} busy=${loading} onClick=${more}>${t("d.search.more")}<//>`}
  </div>`;
}

function Row({ contact }) {
  return html`<${Link} to=${paths.contact(contact.id)} class="contact-row">
    <${Avatar} name=${contact.name || contact.address} id=${contact.id} />
    <span class="contact-name"><${Bidi}>${contact.name || contact.address}<//></span>
    ${contact.name && html`<span class="dim num"><${Bidi}>${contact.address}<//></span>`}
    ${contact.tags?.map((tag) => html`<span class="tag" key=${tag}><${Bidi}>${tag}<//></span>`)}
  <//>`;
}

function OneContact({ contactId }) {
  const { contact, error } = useContact(contactId);
  if (!contact) return html`<div class="page">${error ? html`<${Empty} icon="warning" title=${error} />` : html`<${Spinner} label=${t("d.loading")} />`}</div>`;
  return html`<div class="page contact-page">
    <header class="page-head">
      <p><${Link} to=${paths.contacts()}><${Icon} name="back" size="16" /> ${t("d.contacts.title")}<//></p>
      <h1><${Bidi}>${contact.name || contact.address}<//></h1>
    </header>
    <section class="panel-part">
      <h2>${t("d.contacts.threads")}</h2>
      <ul class="plain-list">
        ${(contact.threads ?? []).map((thread) => html`<li key=${thread.id}>
          <${Link} to=${paths.thread(thread.id)}>${t("d.contacts.thread_with", { own: thread.own || t("d.contacts.no_own") })}<//>
          ${" "}<${Time} at=${thread.updated_at} />
        </li>`)}
      </ul>
      <p class="dim">${t("d.contacts.conversations", { n: contact.conversations ?? 0, date: fmt.date(contact.created_at) })}</p>
    </section>
    <${ContactPanel} contactId=${contactId} />
  </div>`;
}
