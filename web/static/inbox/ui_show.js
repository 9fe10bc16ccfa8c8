/** What only shows: chips, bands, badges, faces, empty places, tabs. */
import { html, useRef } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { Icon } from "./icon.js";
import { useId } from "./hooks.js";
import { Bidi, plain } from "./ui_text.js";

/** A state as text, icon and colour: never as colour alone. */
export const Chip = ({ tone = "neutral", icon, title, children }) =>
  html`<span class=${`chip tone-${tone}`} title=${title}>
    ${icon && html`<${Icon} name=${icon} size="13" />`}<span class="truncate">${children}</span>
  </span>`;

export const Badge = ({ n, tone = "accent", label }) =>
  n > 0 &&
  html`<span class=${`badge tone-${tone} num`}>
    <span aria-hidden=${label ? "true" : undefined}>${n > 99 ? "99+" : n}</span>
    ${label && html`<span class="visually-hidden">${label}</span>`}
  </span>`;

const HUES = 8;

const hueOf = (id) => [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 997, 7) % HUES;

const initials = (name) => {
  const words = plain(name).split(" ").filter((word) => /\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || null;
};

/** A face made of initials; `presence` adds a dot. */
export function Avatar({ name, id = name, size = "m", presence }) {
  const letters = initials(name);
  // Letters by style: they are a picture, not a part of any name that is read out.
  return html`<span
    class=${`avatar avatar-${size} hue-${hueOf(id ?? "")}`} data-letters=${letters} aria-hidden="true"
  >
    ${!letters && html`<${Icon} name="contacts" size=${size === "s" ? 12 : 18} />`}
    ${presence && html`<span class=${`presence presence-${presence}`}></span>`}
  </span>`;
}

export const Spinner = ({ label }) =>
  html`<span class="spinner" role="status">
    <span class="spinner-ring" aria-hidden="true"></span>
    <span class="visually-hidden">${label ?? t("ui.loading")}</span>
  </span>`;

export const Empty = ({ icon = "inbox", title, text, action }) =>
  html`<div class="empty">
    <${Icon} name=${icon} size="36" />
    <p class="empty-title">${title}</p>
    ${text && html`<p class="dim">${text}</p>`}
    ${action}
  </div>`;

/** A strip over the whole width that says how things stand. */
export const Band = ({ tone = "neutral", icon, action, role, children }) =>
  html`<div class=${`band tone-${tone}`} role=${role}>
    ${icon && html`<${Icon} name=${icon} size="16" />`}
    <div class="band-text">${children}</div>
    ${action && html`<div class="band-action">${action}</div>`}
  </div>`;

/** Tabs that choose what is below; arrows move. Spec: WAI-ARIA APG, tabs */
export function Tabs({ label, items, value, onChange }) {
  const node = useRef(null);
  const id = useId("tabs");
  const move = (event) => {
    const at = items.findIndex((item) => item.id === value);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = items[(at + step + items.length) % items.length];
    onChange(next.id);
    node.current.querySelector(`[data-tab="${next.id}"]`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} ref=${node} onKeyDown=${move}>
    ${items.map(
      (item) => html`<button
        type="button"
        key=${item.id}
        id=${`${id}-${item.id}`}
        data-tab=${item.id}
        class="tab"
        role="tab"
        aria-selected=${String(item.id === value)}
        tabindex=${item.id === value ? 0 : -1}
        onClick=${() => onChange(item.id)}
      >
        ${item.label}${item.badge ? html`<span class="tab-count num">${item.badge}</span>` : null}
      </button>`,
    )}
  </div>`;
}

/** A person's name, or their number as long as there is none. */
export const NameOf = ({ contact }) =>
  html`<${Bidi}>${plain(contact?.name) || contact?.address || t("contact.unknown")}<//>`;
