/** The list of canned phrases over the composer: found on `/`, picked by key or mouse. */

import { html, useEffect, useMemo, useState } from "../vendor/htm-preact.js";
import { api, problem } from "./api.js";
import { findCanned } from "./canned_search.js";
import { t } from "./i18n.js";
import { straight } from "./safe_text.js";
import { Bidi } from "./ui.js";
import { fill } from "./variables.js";

const FRESH_MS = 60_000;
let cache = { at: 0, items: null };

/** All phrases this agent may use; kept a minute. */
async function allCanned() {
  if (cache.items && Date.now() - cache.at < FRESH_MS) return cache.items;
  const { items } = await api.get("/canned");
  cache = { at: Date.now(), items };
  return items;
}

/** Forgets what is kept, after a phrase was made or changed. */
export const forgetCanned = () => {
  cache = { at: 0, items: null };
};

/** What the field asks for: the words after a `/` at its very beginning, or null. */
export function slashQuery(text) {
  return text.startsWith("/") && !text.includes("\n") ? text.slice(1) : null;
}

/** {isOpen, items, chosen, error, onKey(event), pick(item)} for a query; null is closed. */
export function useCanned({ query, language, onPick, onClose }) {
  const [state, setState] = useState({ items: null, error: null });
  const [chosen, setChosen] = useState(0);
  const isOpen = query !== null;
  useEffect(() => {
    if (!isOpen) return;
    allCanned()
      .then((items) => setState({ items, error: null }))
      .catch((error) => setState({ items: null, error: problem(error) }));
  }, [isOpen]);
  useEffect(() => setChosen(0), [query]);
  const items = useMemo(
    () => (isOpen && state.items ? findCanned(state.items, query, { language }) : []),
    [isOpen, state.items, query, language],
  );
  const step = (by) => setChosen((place) => (place + by + items.length) % Math.max(1, items.length));
  const onKey = (event) => {
    if (!isOpen) return false;
    switch (event.key) {
      case "ArrowDown":
        step(1);
        return true;
      case "ArrowUp":
        step(-1);
        return true;
      case "Enter":
      case "Tab":
        if (!items[chosen] || event.shiftKey) return false;
        onPick(items[chosen]);
        return true;
      case "Escape":
        onClose();
        return true;
      default:
        return false;
    }
  };
  return { isOpen, items, chosen, error: state.error, isLoading: isOpen && !state.items && !state.error, onKey };
}

/** Over the composer; the field keeps the focus and says which one is chosen. */
export function CannedList({ id, canned, values, onPick }) {
  if (!canned.isOpen) return null;
  return html`<div class="canned">
    <p class="canned-head dim">${t("d.canned.title")}<span class="canned-keys">${t("d.canned.keys")}</span></p>
    ${canned.error && html`<p class="failure" role="alert">${canned.error}</p>`}
    ${canned.isLoading && html`<p class="dim" role="status">${t("d.loading")}</p>`}
    ${!canned.isLoading && !canned.error && canned.items.length === 0
      && html`<p class="dim" role="status">${t("d.canned.none")}</p>`}
    <ul role="listbox" id=${id} aria-label=${t("d.canned.title")}>
      ${canned.items.map((item, place) => html`<${Phrase} key=${item.id} id=${`${id}-${place}`}
        item=${item} isChosen=${place === canned.chosen} values=${values} onPick=${onPick} />`)}
    </ul>
  </div>`;
}

function Phrase({ id, item, isChosen, values, onPick }) {
  return html`<li id=${id} role="option" aria-selected=${String(isChosen)} class="canned-item"
    onMouseDown=${(event) => event.preventDefault()} onClick=${() => onPick(item)}>
    <span class="canned-name"><${Bidi}>${item.title}<//>
      ${item.shortcut && html`<kbd>/${item.shortcut}</kbd>`}
      ${item.is_own && html`<span class="tag">${t("d.canned.own")}</span>`}
      <span class="canned-cost num dim">${t("d.count.sms", { n: item.segments ?? 1 })}</span>
    </span>
    <span class="canned-text dim" dir="auto">${straight(fill(item.text, values))}</span>
  </li>`;
}
