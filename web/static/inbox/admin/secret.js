/** A secret that is shown once: read it, copy it, and it is gone. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { announce } from "../announce.js";
import { t } from "../i18n.js";
import { Band, Button, Dialog, Field } from "../ui.js";

/** `values`: [[label, secret]]. */
export function Secret({ title, values, onClose }) {
  const footer = html`<${Button} kind="primary" onClick=${onClose}>${t("secret.done")}<//>`;
  return html`
    <${Dialog} title=${title} onClose=${onClose} footer=${footer}>
      <div class="stack">
        <${Band} tone="warn" icon="warning">${t("secret.once")}<//>
        ${values.map(([label, value]) => html`<${OneSecret} key=${label} label=${label} value=${value} />`)}
      </div>
    <//>
  `;
}

function OneSecret({ label, value }) {
  const field = useRef(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (await copyText(value, field.current)) {
      setCopied(true);
      announce(t("ui.copied"));
    }
  };
  return html`
    <div class="secret-row">
      <${Field} label=${label}>
        ${(id) => html`
          <input id=${id} class="input mono" readonly value=${value} ref=${field}
            onFocus=${(event) => event.target.select()} />
        `}
      <//>
      <${Button} icon=${copied ? "check" : "copy"} onClick=${copy}>
        ${copied ? t("ui.copied") : t("ui.copy")}
      <//>
    </div>
  `;
}

/** Browsers give their clipboard to pages over TLS only; the selection works everywhere. */
async function copyText(text, field) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused: the older way is left.
    }
  }
  field.focus();
  field.select();
  return document.execCommand("copy");
}
