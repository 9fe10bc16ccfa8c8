/** Who the customer is: numbers, language, tags, history, notes; and what may be done. F.1 */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { loadContact } from "./actions.js";
import { problem } from "./api.js";
import { ContactDialogs } from "./contact_dialogs.js";
import { ContactMenu } from "./contact_menu.js";
import { SafeText } from "./message_text.js";
import { fmt, has, t } from "./i18n.js";
import { Link, paths, usePane } from "./router.js";
import { straight } from "./safe_text.js";
import { detailOf, threadOf, timelineOf } from "./selectors.js";
import { useSelect } from "./store.js";
import { Avatar, Bidi, Button, Chip, Empty, Icon, IconButton, Spinner, Time } from "./ui.js";

const contactById = (state, id) => state.contacts[id] ?? null;
const NOTES_SHOWN = 5;
const EARLIER_SHOWN = 8;

/** The contact as it was last told; asked for anew when another one is shown. */
export function useContact(contactId) {
  const contact = useSelect(contactById, contactId);
  const [error, setError] = useState(null);
  useEffect(() => {
    setError(null);
    if (contactId) loadContact(contactId).catch((wrong) => setError(problem(wrong)));
  }, [contactId]);
  return { contact, error };
}

export function ContactPanel({ threadId, contactId, onClose }) {
  const thread = useSelect(threadOf, threadId);
  const id = contactId ?? thread?.contact?.id;
  const { contact, error } = useContact(id);
  const [dialog, setDialog] = useState(null);
  const pane = usePane(); // a drawer has a head and a way out of its own
  const shown = contact ?? thread?.contact;
  if (!shown)
    return html`<div class="panel">${error ? html`<${Empty} icon="warning" title=${error} />` : html`<${Spinner} label=${t("d.loading")} />`}</div>`;
  return html`<div class="panel">
    <header class="panel-head">
      <h2>${t("d.contact")}</h2>
      <${ContactMenu} contact=${shown} open=${setDialog} />
      ${onClose && pane === "wide" && html`<${IconButton} icon="close" label=${t("d.close_panel")} keys="panel" onClick=${onClose} />`}
    </header>
    <${Identity} contact=${shown} onEdit=${() => setDialog("edit")} />
    <${Numbers} contact=${shown} />
    <${Attributes} contact=${shown} />
    ${threadId && html`<${Earlier} threadId=${threadId} />`}
    ${threadId && html`<${Notes} threadId=${threadId} />`}
    <${ContactDialogs} name=${dialog} contact=${shown} onClose=${() => setDialog(null)} />
  </div>`;
}

function Identity({ contact, onEdit }) {
  return html`<section class="panel-who">
    <${Avatar} name=${contact.name || contact.address} id=${contact.id} />
    <div class="panel-name">
      <p class="panel-title"><${Bidi}>${contact.name || contact.address}<//></p>
      ${contact.crm_url
        ? html`<a href=${contact.crm_url} target="_blank" rel="noopener noreferrer">${t("d.crm_open")}</a>`
        : contact.crm_id && html`<span class="dim">${t("d.crm_id")}: <${Bidi}>${contact.crm_id}<//></span>`}
    </div>
    <${IconButton} icon="write" label=${t("d.contact.edit")} onClick=${onEdit} />
    ${contact.tags?.length > 0 && html`<p class="panel-tags">
      ${contact.tags.map((tag) => html`<span class="tag" key=${tag}><${Bidi}>${tag}<//></span>`)}
    </p>`}
    ${contact.blocked_at && html`<${Chip} tone="bad" icon="spam">${t("d.contact.blocked", { date: fmt.date(contact.blocked_at) })}<//>`}
  </section>`;
}

function Numbers({ contact }) {
  const numbers = contact.numbers?.length ? contact.numbers : [{ address: contact.address }];
  return html`<section class="panel-part" aria-labelledby="panel-numbers">
    <h3 id="panel-numbers">${t("d.contact.numbers")}</h3>
    <ul class="plain-list">
      ${numbers.map((number) => html`<li key=${number.address}>
        <a class="num" href=${`tel:${number.address}`}><${Bidi}>${number.address}<//></a>
        ${number.opted_out_at && html`${" "}<${Chip} tone="bad" icon="spam">${t("d.contact.opted_out", { date: fmt.date(number.opted_out_at) })}<//>`}
        ${number.last_in_at && html`<span class="dim own-line">${t("d.contact.last_in")} <${Time} at=${number.last_in_at} kind="ago" /></span>`}
      </li>`)}
    </ul>
  </section>`;
}

function Attributes({ contact }) {
  const language = contact.language
    && (has(`language.${contact.language}`) ? t(`language.${contact.language}`) : contact.language);
  const facts = [
    [t("d.contact.language"), language],
    ...Object.entries(contact.attributes ?? {}),
  ].filter(([, value]) => value);
  if (!facts.length) return null;
  return html`<section class="panel-part" aria-labelledby="panel-facts">
    <h3 id="panel-facts">${t("d.contact.about")}</h3>
    <dl class="fact-list">
      ${facts.map(([name, value]) => html`<div key=${name}><dt><${Bidi}>${name}<//></dt><dd><${Bidi}>${value}<//></dd></div>`)}
    </dl>
  </section>`;
}

function Earlier({ threadId }) {
  const [isAll, setAll] = useState(false);
  const earlier = useSelect(detailOf, threadId)?.earlier ?? [];
  const current = useSelect(threadOf, threadId)?.conversation;
  const past = earlier
    .filter((one) => one.id !== current?.id)
    .sort((one, other) => other.number - one.number);
  const shown = isAll ? past : past.slice(0, EARLIER_SHOWN);
  return html`<section class="panel-part" aria-labelledby="panel-earlier">
    <h3 id="panel-earlier">${t("d.contact.earlier")}</h3>
    ${past.length === 0 && html`<p class="dim">${t("d.contact.no_earlier")}</p>`}
    <ol class="plain-list">
      ${shown.map((one) => html`<li key=${one.id} class="earlier">
        <p><strong>${t("d.conversation_n", { number: one.number })}</strong>${" "}
          <span class="dim"><${Time} at=${one.opened_at} kind="date" /></span></p>
        ${one.reason && html`<p class="earlier-reason" dir="auto">${straight(one.reason)}</p>`}
        <p class="dim"><${Bidi}>${[one.result, one.resolved_by?.name].filter(Boolean).join(" · ") || t(`d.state.${one.state}`)}<//></p>
        ${one.summary && html`<p dir="auto">${straight(one.summary)}</p>`}
      </li>`)}
    </ol>
    ${past.length > shown.length && html`<${Button} size="s" kind="ghost" onClick=${() => setAll(true)}>${t("d.show_all", { n: past.length })}<//>`}
  </section>`;
}

function Notes({ threadId }) {
  const { items } = useSelect(timelineOf, threadId);
  const notes = items.filter((entry) => entry.kind === "note").slice(-NOTES_SHOWN).reverse();
  if (!notes.length) return null;
  return html`<section class="panel-part" aria-labelledby="panel-notes">
    <h3 id="panel-notes"><${Icon} name="lock" size="14" /> ${t("d.contact.notes")}</h3>
    <ul class="plain-list">
      ${notes.map((note) => html`<li key=${note.id} class="panel-note">
        <${SafeText} text=${note.text} />
        <p class="dim"><${Bidi}>${note.author?.name}<//> · <${Link} to=${paths.thread(threadId, note.id)}><${Time} at=${note.at} /><//></p>
      </li>`)}
    </ul>
  </section>`;
}
