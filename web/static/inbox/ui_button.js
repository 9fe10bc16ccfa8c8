/** Buttons: with words, or with an icon and a name for those who cannot see it. */
import { html } from "../vendor/htm-preact.js";
import { Icon } from "./icon.js";
import { keyLabel } from "./keys.js";

/** `keys` is an action of `keymap.js`, whose key is told in the tooltip. */
export function tooltip(label, keys) {
  const shown = keys ? keyLabel(keys) : "";
  return shown ? `${label} (${shown})` : label;
}

export function Button({
  kind = "plain", size = "m", icon, busy = false, disabled = false, keys, title, type = "button",
  class: more = "", children, ...rest
}) {
  return html`<button
    type=${type}
    class=${`btn btn-${kind} btn-${size} ${more}`}
    disabled=${disabled || busy}
    aria-busy=${busy ? "true" : undefined}
    title=${title ? tooltip(title, keys) : keys && keyLabel(keys)}
    ...${rest}
  >
    ${icon && html`<${Icon} name=${icon} size="16" />`}
    <span class="btn-text">${children}</span>
  </button>`;
}

export function IconButton({ icon, label, keys, pressed, class: more = "", badge, ...rest }) {
  return html`<button
    type="button"
    class=${`btn btn-icon ${more}`}
    aria-label=${label}
    title=${tooltip(label, keys)}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    ...${rest}
  >
    <${Icon} name=${icon} />${badge}
  </button>`;
}
