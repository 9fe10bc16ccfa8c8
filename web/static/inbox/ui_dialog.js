/** Dialogs over the page: native and modal, so that focus stays in and comes back. */
import { html, render, useEffect, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { useKeys } from "./keys.js";
import { useId } from "./hooks.js";
import { Button, IconButton } from "./ui_button.js";

const FIRST = "input:not([type=hidden]):not([disabled]), textarea, select, .dialog-foot .btn-primary";

/**
 * `drawer="right"` for a sheet at the edge; without `onClose` it cannot be left; `scrolls`
 * where there is nothing but text, so that the keyboard can move it. It hangs on the body:
 * where it is written, what arrives beside it could move its node, and a moved dialog is
 * modal no more.
 */
export function Dialog(props) {
  const host = useRef(null);
  useLayoutEffect(() => {
    host.current = document.body.appendChild(document.createElement("div"));
    return () => {
      render(null, host.current);
      host.current.remove();
    };
  }, []);
  useLayoutEffect(() => render(html`<${Sheet} ...${props} />`, host.current));
  return null;
}

function Sheet({ title, onClose, wide = false, drawer, initial = FIRST, scrolls = false, footer, children }) {
  const node = useRef(null);
  const id = useId("dialog");
  useKeys({}, { modal: true });
  useEffect(() => {
    const before = document.activeElement;
    const dialog = node.current;
    show(dialog, initial);
    return () => {
      dialog.close(); // while it is open, nothing outside takes the focus
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const cancel = (event) => {
    if (event.target !== node.current) return;
    event.preventDefault();
    onClose?.();
  };
  // A browser asks about the first Escape only, and closes at the next one.
  const closed = () => {
    if (!node.current) return;
    if (onClose) onClose();
    else show(node.current, initial);
  };
  // Only a press that began outside closes: selecting text and letting go there does not.
  const outside = (event) => {
    if (event.target === node.current) onClose?.();
  };
  const look = `dialog${wide ? " dialog-wide" : ""}${drawer ? ` drawer drawer-${drawer}` : ""}`;
  return html`<dialog
    ref=${node} class=${look} aria-labelledby=${id} onCancel=${cancel} onClose=${closed}
    onMouseDown=${outside}
  >
    <div class="dialog-box">
      <header class="dialog-head">
        <h2 id=${id} tabindex="-1">${title}</h2>
        ${onClose &&
        html`<${IconButton} icon="close" label=${t("ui.close")} onClick=${onClose} />`}
      </header>
      <div class="dialog-body" tabindex=${scrolls ? 0 : undefined}>${children}</div>
      ${footer && html`<footer class="dialog-foot">${footer}</footer>`}
    </div>
  </dialog>`;
}

function show(dialog, initial) {
  dialog.showModal();
  (dialog.querySelector(initial) ?? dialog.querySelector("h2")).focus();
}

function Question({ title, text, yes, danger, onAnswer }) {
  const [open, setOpen] = useState(true);
  const answer = (value) => {
    setOpen(false);
    onAnswer(value);
  };
  const kind = danger ? "danger" : "primary";
  return (
    open &&
    html`<${Dialog}
      title=${title}
      initial=".dialog-foot .btn-plain"
      onClose=${() => answer(false)}
      footer=${html`<${Button} onClick=${() => answer(false)}>${t("ui.cancel")}<//>
        <${Button} kind=${kind} onClick=${() => answer(true)}>${yes ?? t("ui.yes")}<//>`}
    >
      <p>${text}</p>
    <//>`
  );
}

/** Asks and waits: true or false. Nothing dangerous is under the first Enter. */
export function confirm(question) {
  const host = document.createElement("div");
  document.body.append(host);
  return new Promise((resolve) => {
    const done = (value) => {
      resolve(value);
      // After the dialog has given its focus back.
      setTimeout(() => {
        render(null, host);
        host.remove();
      });
    };
    render(html`<${Question} ...${question} onAnswer=${done} />`, host);
  });
}
