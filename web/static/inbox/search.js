/** Search over everything: what was found, why, and the jump to it. spec/inbox.md F.11 */

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { announce } from "./announce.js";
import { api, problem } from "./api.js";
import { t } from "./i18n.js";
import { go, Link, paths } from "./router.js";
import { straight } from "./safe_text.js";
import { Bidi, Button, Chip, Empty, Icon, IconButton, Spinner, Time } from "./ui.js";

const TYPED_MS = 250;
const KINDS = ["", "message", "note", "contact"];
const ICONS = { message: "message", note: "lock", contact: "contacts", canned: "phrase" };

function useSearch(query, kind) {
  const [state, setState] = useState({ items: [], next: null, how: null, loading: false, error: null, asked: "" });
  const round = useRef(0);
  const ask = async (cursor, before) => {
    const mine = (round.current += 1);
    setState((old) => ({ ...old, loading: true, error: null }));
    try {
      const answer = await api.get("/search", { query: { q: query, kind, cursor } });
      if (mine !== round.current) return;
      const items = [...before, ...answer.items];
      setState({ items, next: answer.next, how: answer.how, loading: false, error: null, asked: query });
      announce(t("d.search.found", { n: items.length }));
    } catch (error) {
      if (mine === round.current) setState((old) => ({ ...old, loading: false, error: problem(error) }));
    }
  };
  useEffect(() => {
    round.current += 1;
    if (query.trim()) ask(null, []);
    else setState({ items: [], next: null, how: null, loading: false, error: null, asked: "" });
  }, [query, kind]);
  return { ...state, more: () => ask(state.next, state.items) };
}

/** The centre of /inbox/search; what is typed stands in the address. */
export function SearchView({ query, onBack }) {
  const [typed, setTyped] = useState(query);
  const [kind, setKind] = useState("");
  const field = useRef(null);
  const found = useSearch(query, kind);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(query);
  }, [query]);
  useEffect(() => {
    if (typed === query) return undefined;
    const timer = setTimeout(() => go(paths.search(typed), { replace: true }), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, query]);
  const submit = (event) => {
    event.preventDefault();
    go(paths.search(typed), { replace: true });
  };
  return html`<div class="page search-page">
    <header class="page-head">
      ${onBack && html`<${IconButton} icon="back" label=${t("ui.back")} onClick=${onBack} />`}
      <h1>${t("d.search.title")}</h1>
    </header>
    <form role="search" class="search-form" onSubmit=${submit}>
      <label class="visually-hidden" for="search-field">${t("d.search.title")}</label>
      <input id="search-field" ref=${field} class="input" type="search" dir="auto" autocomplete="off"
        placeholder=${t("d.search.placeholder")} value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      <div class="search-kinds" role="group" aria-label=${t("d.search.kinds")}>
        ${KINDS.map((one) => html`<button type="button" key=${one} class="tag-choice"
          aria-pressed=${String(kind === one)} onClick=${() => setKind(one)}>${t(`d.search.kind.${one || "all"}`)}</button>`)}
      </div>
    </form>
    <${Found} found=${found} query=${query} />
  </div>`;
}

function Found({ found, query }) {
  if (found.error) return html`<${Empty} icon="warning" title=${found.error} />`;
  if (!query.trim()) return html`<${Empty} icon="search" title=${t("d.search.begin")} text=${t("d.search.begin_hint")} />`;
  if (found.loading && !found.items.length) return html`<${Spinner} label=${t("d.loading")} />`;
  if (!found.items.length && found.asked) return html`<${Nothing} query=${found.asked} />`;
  return html`
    ${found.how && found.how !== "exact" && html`<p class="dim">${t(`d.search.how.${found.how}`)}</p>`}
    <ol class="hits">
      ${found.items.map((hit) => html`<${Hit} key=${hit.entry_id ?? hit.contact?.id} hit=${hit} />`)}
    </ol>
    ${found.next && html`<${Button} busy=${found.loading} onClick=${found.more}>${t("d.search.more")}<//>`}
  `;
}

/** How it was searched, and another spelling to try. */
function Nothing({ query }) {
  const plainer = query.replace(/ё/g, "е").replace(/Ё/g, "Е");
  const action = plainer !== query
    ? html`<${Link} class="btn btn-plain" to=${paths.search(plainer)}>${t("d.search.try", { query: plainer })}<//>`
    : null;
  return html`<${Empty} icon="search" title=${t("d.search.none", { query })} text=${t("d.search.none_hint")} action=${action} />`;
}

const placeOfHit = (hit) =>
  hit.thread_id ? paths.thread(hit.thread_id, hit.entry_id) : paths.contact(hit.contact.id);

function Hit({ hit }) {
  const { contact } = hit;
  return html`<li>
    <${Link} to=${placeOfHit(hit)} class="hit">
      <span class="hit-head">
        <${Icon} name=${ICONS[hit.kind] ?? "message"} size="16" />
        <span class="visually-hidden">${t(`d.search.kind.${hit.kind}`)}</span>
        <strong class="truncate"><${Bidi}>${contact?.name || contact?.address}<//></strong>
        ${hit.kind === "note" && html`<${Chip} tone="note">${t("d.mode.note")}<//>`}
        ${hit.conversation_number && html`<span class="dim">${t("d.conversation_n", { number: hit.conversation_number })}</span>`}
        <${Time} at=${hit.at} />
      </span>
      <span class="hit-text" dir="auto">
        ${(hit.snippet ?? []).map((part) => (part.hit ? html`<mark>${straight(part.text)}</mark>` : straight(part.text)))}
      </span>
    <//>
  </li>`;
}
