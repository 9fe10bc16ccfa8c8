/** The frame of every dialog that does something: form, error, buttons, one at a time. */

import { html, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { Button, Dialog, TextField } from "./ui.js";

let forms = 0;

/** `submit()` gives the words of what went wrong, or null: then it closes. */
export function ActDialog({ title, yes, danger, submit, onClose, initial, wide, children }) {
  const [formId] = useState(() => `act-${(forms += 1)}`);
  const [state, setState] = useState({ busy: false, error: null });
  const done = async (event) => {
    event.preventDefault();
    if (state.busy) return;
    setState({ busy: true, error: null });
    const error = await submit();
    if (error) setState({ busy: false, error });
    else onClose();
  };
  const footer = html`
    <${Button} kind="ghost" onClick=${onClose}>${t("d.cancel")}<//>
    <${Button} kind=${danger ? "danger" : "primary"} type="submit" form=${formId}
      busy=${state.busy}>${yes}<//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} footer=${footer} initial=${initial} wide=${wide}>
    <form id=${formId} class="stack" onSubmit=${done}>
      ${children}
      ${state.error && html`<p class="failure" role="alert">${state.error}</p>`}
    </form>
  <//>`;
}

/** A text of several lines with its label. */
export const Lines = (props) => html`<${TextField} dir="auto" rows="3" ...${props} />`;
