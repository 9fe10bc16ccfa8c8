/** Form fields whose label, hint and error belong to them for everybody. */
import { html } from "../vendor/htm-preact.js";
import { Icon } from "./icon.js";
import { t } from "./i18n.js";
import { useId } from "./hooks.js";

/** `children(id, describedBy)` draws the control. */
export function Field({ label, hint, error, children }) {
  const id = useId("field");
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return html`<div class=${`field${error ? " field-wrong" : ""}`}>
    <label for=${id}>${label}</label>
    ${children(id, described || undefined)}
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error &&
    html`<p class="field-error" id=${`${id}-error`}><${Icon} name="warning" size="14" /> ${error}</p>`}
  </div>`;
}

export const Input = (props) => html`<input class="input" ...${props} />`;
export const TextArea = (props) => html`<textarea class="input" rows="3" ...${props}></textarea>`;

export function Select({ options, value, onChange, ...rest }) {
  return html`<select
    class="input" value=${value} onChange=${(event) => onChange(event.target.value)} ...${rest}
  >
    ${options.map(
      ([key, label]) => html`<option value=${key} selected=${key === value}>${label}</option>`,
    )}
  </select>`;
}

export function TextField({ label, hint, error, onInput, rows, ...rest }) {
  const Control = rows ? TextArea : Input;
  return html`<${Field} label=${label} hint=${hint} error=${error}>
    ${(id, described) => html`<${Control}
      id=${id}
      rows=${rows}
      aria-describedby=${described}
      aria-invalid=${error ? "true" : undefined}
      onInput=${(event) => onInput(event.target.value)}
      ...${rest}
    />`}
  <//>`;
}

export function SelectField({ label, hint, error, ...rest }) {
  return html`<${Field} label=${label} hint=${hint} error=${error}>
    ${(id, described) => html`<${Select} id=${id} aria-describedby=${described} ...${rest} />`}
  <//>`;
}

/** On or off, at once. */
export function Toggle({ label, hint, checked, onChange, disabled = false }) {
  const id = useId("toggle");
  return html`<div class="toggle">
    <button
      type="button"
      id=${id}
      class="switch"
      role="switch"
      aria-checked=${String(checked)}
      aria-labelledby=${`${id}-label`}
      aria-describedby=${hint ? `${id}-hint` : undefined}
      disabled=${disabled}
      onClick=${() => onChange(!checked)}
    ><span class="switch-knob"></span></button>
    <div>
      <label id=${`${id}-label`} for=${id}>${label}</label>
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>
    <span class="switch-word" aria-hidden="true">${checked ? t("ui.on") : t("ui.off")}</span>
  </div>`;
}
