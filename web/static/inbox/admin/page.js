/** What every administrator's page is made of: its head, and a list with its states. */
import { html, useEffect, useRef } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { Button, Empty, Spinner } from "../ui.js";

export function PageHead({ title, hint, children }) {
  const heading = useRef(null);
  useEffect(() => {
    // The focus was brought here before the page was loaded: on to where the page begins.
    if (document.activeElement?.id === "centre") heading.current.focus({ preventScroll: true });
  }, []);
  return html`
    <header class="admin-head">
      <div>
        <h1 tabindex="-1" ref=${heading}>${title}</h1>
        ${hint && html`<p class="dim">${hint}</p>`}
      </div>
      <div class="admin-acts">${children}</div>
    </header>
  `;
}

/** Draws `children(data)`, or why there is nothing to draw; old data stays while loading. */
export function Loaded({ source, children }) {
  if (source.data !== undefined && source.data !== null) {
    return html`
      ${source.error && html`<p class="admin-stale" role="status">${source.error}</p>`}
      ${children(source.data)}
    `;
  }
  if (source.error) {
    const again = html`<${Button} onClick=${source.reload}>${t("ui.again")}<//>`;
    return html`
      <${Empty} icon="warning" title=${t("admin.failed")} text=${source.error} action=${again} />
    `;
  }
  return html`<div class="admin-wait"><${Spinner} label=${t("ui.loading")} /></div>`;
}
