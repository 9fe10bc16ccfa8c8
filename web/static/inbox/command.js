/** The command bar: everything that can be done now, by its name. Spec: WAI-ARIA APG, combobox */
import { html, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { pagesFor } from "./admin/contents.js";
import { openDialog } from "./dialogs.js";
import { LOCALES, addParts, setLocale, t } from "./i18n.js";
import { ACTIONS } from "./keymap.js";
import { isForMe, keyLabel, possible, run } from "./keys.js";
import { switchPresence } from "./navigation.js";
import { go, paths } from "./router.js";
import { can } from "./selectors.js";
import { leave } from "./session.js";
import { getState } from "./store.js";
import { Dialog, Icon, plain } from "./ui.js";
import { VIEWS } from "./views.js";

await addParts("keys");
// The names of their pages.
if (can(getState(), "supervise")) await addParts("supervisor");
if (can(getState(), "admin")) await addParts("administrator");

const SHOWN = 12;
const HIDDEN = new Set(["command", "next", "previous"]);

const command = (id, label, pick, more = {}) => ({ id, label, pick, ...more });

function actions() {
  const now = possible();
  return Object.keys(ACTIONS)
    .filter((name) => now.has(name) && !HIDDEN.has(name) && isForMe(name))
    .map((name) => command(name, t(`key.${name}`), () => run(name), { keys: keyLabel(name) }));
}

function pages(state) {
  const places = [["search", paths.search()], ["contacts", paths.contacts()]];
  if (can(state, "supervise")) {
    places.push(["approvals", paths.approvals()], ["board", paths.board()], ["admin", paths.admin()]);
  }
  const administration = pagesFor(state).map(({ path, title, icon }) =>
    command(`admin ${path}`, t(title), () => go(paths.admin(path)), { icon, more: t("rail.admin") }));
  return [
    ...VIEWS.map((view) => command(`view ${view}`, t(`view.${view}`), () => go(paths.view(view)), { icon: "inbox" })),
    ...places.map(([name, to]) => command(`page ${name}`, t(`rail.${name}`), () => go(to), { icon: "forward" })),
    ...administration,
  ];
}

const others = () => [
  command("settings", t("rail.settings"), () => openDialog("settings"), { icon: "settings" }),
  ...["online", "break", "away"].map((presence) =>
    command(`presence ${presence}`, t(`presence.${presence}`), () => switchPresence(presence), { icon: "dot" }),
  ),
  ...LOCALES.map((code) =>
    command(`language ${code}`, t(`language.${code}`), () => setLocale(code), { icon: "globe" }),
  ),
  command("leave", t("rail.leave"), leave, { icon: "logout" }),
];

const threads = (state) =>
  Object.values(state.threads).map(({ id, contact }) =>
    command(id, plain(contact.name) || contact.address, () => go(paths.thread(id)), {
      icon: "message",
      more: contact.name ? contact.address : "",
    }),
  );

/** Each word of the question begins a word of the label, or is inside its number. */
function matches(one, words) {
  const text = `${one.label} ${one.more ?? ""}`.toLocaleLowerCase();
  return words.every((word) => text.split(/[\s,]+/).some((piece) => piece.startsWith(word)) ||
    (/\d{3}/.test(word) && text.includes(word)));
}

/** What begins with the question before what has it somewhere. */
const begins = (query) => (one, other) =>
  other.label.toLocaleLowerCase().startsWith(query) - one.label.toLocaleLowerCase().startsWith(query);

export function CommandBar({ onClose }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef(null);
  const all = useMemo(() => {
    const state = getState();
    return { always: [...actions(), ...pages(state), ...others()], threads: threads(state) };
  }, []);
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const pool = words.length ? [...all.always, ...all.threads] : all.always;
  const found = pool.filter((one) => matches(one, words)).sort(begins(words.join(" "))).slice(0, SHOWN);
  const search = words.length > 0 &&
    command("search", t("command.search", { query }), () => go(paths.search(query.trim())), { icon: "search" });
  const items = search ? [...found, search] : found;
  const chosen = Math.min(at, items.length - 1);

  const pick = (item) => {
    onClose();
    // After the dialog is gone, so that what is beneath can be asked.
    setTimeout(item.pick);
  };
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = (chosen + step + items.length) % items.length;
      setAt(next);
      list.current.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && items[chosen] && !event.isComposing) {
      event.preventDefault();
      pick(items[chosen]);
    }
  };
  return html`<${Dialog} title=${t("command.title")} onClose=${onClose} initial=".command-input">
    <input
      class="input command-input" role="combobox" aria-expanded="true" aria-controls="commands"
      aria-activedescendant=${items[chosen] ? `command-${chosen}` : undefined}
      aria-label=${t("command.label")} placeholder=${t("command.label")} value=${query}
      autocomplete="off" spellcheck="false" onKeyDown=${press}
      onInput=${(event) => {
        setQuery(event.target.value);
        setAt(0);
      }}
    />
    <div id="commands" class="command-list" role="listbox" aria-label=${t("command.title")} ref=${list}>
      ${items.map(
        (item, index) => html`<div
          key=${item.id} id=${`command-${index}`} role="option" class="command"
          aria-selected=${String(index === chosen)}
          onPointerMove=${() => setAt(index)} onClick=${() => pick(item)}
        >
          <${Icon} name=${item.icon ?? "forward"} size="16" />
          <span class="truncate">${item.label}</span>
          ${item.more && html`<span class="dim num">${item.more}</span>`}
          ${item.keys && html`<kbd>${item.keys}</kbd>`}
        </div>`,
      )}
    </div>
  <//>`;
}
