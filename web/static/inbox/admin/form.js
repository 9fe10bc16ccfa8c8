/** Forms of the administrator's pages: values, sending, and what went wrong where. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { problem } from "../api.js";
import { t } from "../i18n.js";
import { Band, Button, Dialog } from "../ui.js";

/** `submit(values)` may throw; its words stand over the form and at the field it names. */
export function useForm(initial, submit) {
  const [values, setValues] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const set = (name) => (value) => setValues((old) => ({ ...old, [name]: value }));
  const run = async (event) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await submit(values);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    values,
    setValues,
    set,
    busy,
    run,
    error: failure && problem(failure),
    errorOf: (name) => (failure?.field?.split("[")[0] === name ? problem(failure) : null),
  };
}

let forms = 0;

/** A form in a dialog; Enter sends it. */
export function FormDialog({ title, form, yes, onClose, danger, wide, disabled, children }) {
  const id = useRef(null);
  id.current ??= `form-${(forms += 1)}`;
  const footer = html`
    <${Button} kind="ghost" onClick=${onClose}>${t("ui.cancel")}<//>
    <${Button} kind=${danger ? "danger" : "primary"} type="submit" form=${id.current} busy=${form.busy} disabled=${disabled}>
      ${yes ?? t("ui.save")}
    <//>
  `;
  return html`
    <${Dialog} title=${title} onClose=${onClose} wide=${wide} footer=${footer}>
      <form id=${id.current} class="stack" onSubmit=${form.run} novalidate>
        ${form.error && html`<${Band} tone="bad" icon="warning">${form.error}<//>`}
        ${children}
      </form>
    <//>
  `;
}

/** Words between commas or on lines of their own, as a list. */
export const listOf = (text) =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean);
