/** A menu under a button, by mouse, touch and keyboard. Spec: WAI-ARIA APG, menu button */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { Icon } from "./icon.js";
import { keyLabel } from "./keys.js";
import { useId } from "./hooks.js";
import { IconButton } from "./ui_button.js";

const GAP_PX = 4;

function Item({ item, close }) {
  if (item === "-") return html`<div class="menu-line" role="separator"></div>`;
  const pick = () => {
    close();
    item.onPick();
  };
  const isChoice = item.checked !== undefined;
  return html`<button
    type="button"
    class=${`menu-item${item.danger ? " menu-danger" : ""}`}
    role=${isChoice ? "menuitemradio" : "menuitem"}
    aria-checked=${isChoice ? String(item.checked) : undefined}
    tabindex="-1"
    disabled=${item.disabled}
    onClick=${pick}
  >
    <span class="menu-icon">${
      isChoice
        ? item.checked && html`<${Icon} name="check" size="16" />`
        : item.icon && html`<${Icon} name=${item.icon} size="16" />`
    }</span>
    <span class="menu-text">${item.label}${item.hint && html`<small>${item.hint}</small>`}</span>
    ${item.badge}
    ${item.keys && html`<kbd>${keyLabel(item.keys)}</kbd>`}
  </button>`;
}

/** Keeps the sheet on the screen: below the button, else above, else where there is room. */
function place(sheet, button, align) {
  const at = button.getBoundingClientRect();
  const { width, height } = sheet.getBoundingClientRect();
  const wanted = align === "end" ? at.right - width : at.left;
  const left = Math.max(GAP_PX, Math.min(wanted, innerWidth - width - GAP_PX));
  const below = at.bottom + GAP_PX;
  const above = at.top - height - GAP_PX;
  const lowest = innerHeight - height - GAP_PX;
  const top = below <= lowest ? below : above >= GAP_PX ? above : Math.max(GAP_PX, lowest);
  sheet.style.left = `${left}px`;
  sheet.style.top = `${top}px`;
}

function Sheet({ id, label, items, align, owner, close }) {
  const node = useRef(null);
  const all = () => [...node.current.querySelectorAll("[role^=menuitem]:not([disabled])")];
  useLayoutEffect(() => {
    node.current.showPopover?.();
    place(node.current, owner.current, align);
    (node.current.querySelector("[aria-checked=true]") ?? all()[0])?.focus();
  }, []);
  useEffect(() => {
    const away = (event) => {
      const isInside = node.current?.contains(event.target) || owner.current?.contains(event.target);
      if (!isInside) close(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, []);
  const move = (event) => {
    const items = all();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
    event.stopPropagation();
    if (event.key in to) {
      event.preventDefault();
      items[to[event.key] % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    }
  };
  return html`<div
    ref=${node} id=${id} class="menu" role="menu" aria-label=${label} popover="manual" onKeyDown=${move}
  >
    ${items.map((item) => html`<${Item} item=${item} close=${close} />`)}
  </div>`;
}

/** `button(props)` draws the button; else it is an icon called `label`. */
export function Menu({ label, icon = "more", button, items, align = "start", open: begin = false }) {
  const [open, setOpen] = useState(begin);
  const owner = useRef(null);
  const id = useId("menu");
  const close = (giveFocus = true) => {
    setOpen(false);
    if (giveFocus) owner.current?.querySelector("button")?.focus();
  };
  const toggle = () => setOpen((was) => !was);
  const down = (event) => {
    if (!open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setOpen(true);
    }
  };
  const props = {
    "aria-haspopup": "menu",
    "aria-expanded": String(open),
    "aria-controls": open ? id : undefined,
    onClick: toggle,
    onKeyDown: down,
  };
  const shown = items.filter(Boolean);
  return html`<span class="menu-owner" ref=${owner}>
    ${button ? button(props) : html`<${IconButton} icon=${icon} label=${label} ...${props} />`}
    ${open &&
    html`<${Sheet} id=${id} label=${label} items=${shown} align=${align} owner=${owner} close=${close} />`}
  </span>`;
}
