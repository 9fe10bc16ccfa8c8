/** Short news in a corner, with a way back when there is one. */
import { html, useEffect } from "../vendor/htm-preact.js";
import { announce } from "./announce.js";
import { problem } from "./api.js";
import { t } from "./i18n.js";
import { dispatch, useSelect } from "./store.js";
import { Button, IconButton } from "./ui_button.js";

const STAY_MS = 6_000;
let count = 0;

/** `action`: {label, run}; `ms` 0 stays until it is closed. */
export function toast(text, { tone = "neutral", action = null, ms = STAY_MS } = {}) {
  const id = ++count;
  dispatch({ type: "toast/put", toast: { id, text, tone, action, ms } });
  announce(text, { assertive: tone === "bad" });
  return id;
}

/** Says what went wrong; made to be the end of a promise: `.catch(complain)`. */
export const complain = (error) => {
  toast(problem(error), { tone: "bad", ms: 10_000 });
};

function Toast({ id, text, tone, action, ms }) {
  const drop = () => dispatch({ type: "toast/drop", id });
  useEffect(() => {
    if (!ms) return undefined;
    const timer = setTimeout(drop, ms);
    return () => clearTimeout(timer);
  }, []);
  const act = () => {
    drop();
    action.run();
  };
  return html`<div class=${`toast tone-${tone}`}>
    <span>${text}</span>
    ${action && html`<${Button} kind="ghost" size="s" onClick=${act}>${action.label}<//>`}
    <${IconButton} icon="close" label=${t("ui.close")} onClick=${drop} />
  </div>`;
}

export function Toasts() {
  const toasts = useSelect((state) => state.toasts);
  return html`<div class="toasts" role="region" aria-label=${t("ui.news")}>
    ${toasts.map((one) => html`<${Toast} key=${one.id} ...${one} />`)}
  </div>`;
}
