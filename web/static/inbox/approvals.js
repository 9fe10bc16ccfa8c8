/** What trainees wrote and nobody has approved yet, oldest first. For supervisors. */

import { html, useEffect } from "../vendor/htm-preact.js";
import { api } from "./api.js";
import { t } from "./i18n.js";
import { SafeText } from "./message_text.js";
import { Judgement } from "./pending_reply.js";
import { Link, paths } from "./router.js";
import { getState, subscribe } from "./store.js";
import { Bidi, Empty, IconButton, Spinner, Time, useAsync } from "./ui.js";

const SOON_MS = 800;

/** Asks again a moment after news came, whatever they were. */
function useNews(reload) {
  useEffect(() => {
    let timer = null;
    let { seq: seen } = getState();
    const stop = subscribe(() => {
      const { seq } = getState();
      if (seq === seen || timer) return;
      seen = seq;
      timer = setTimeout(() => {
        timer = null;
        reload();
      }, SOON_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}

export function ApprovalsView({ onBack }) {
  const { data, error, loading, reload } = useAsync((signal) => api.get("/replies/pending", { signal }), []);
  useNews(reload);
  const items = data?.items ?? [];
  return html`<div class="page">
    <header class="page-head">
      ${onBack && html`<${IconButton} icon="back" label=${t("ui.back")} onClick=${onBack} />`}
      <h1>${t("d.approvals.title")}</h1>
    </header>
    ${error && html`<${Empty} icon="warning" title=${error} />`}
    ${!data && loading && html`<${Spinner} label=${t("d.loading")} />`}
    ${data && !items.length && html`<${Empty} icon="approvals" title=${t("d.approvals.none")} text=${t("d.approvals.none_hint")} />`}
    <ul class="plain-list approvals">
      ${items.map((entry) => html`<li key=${entry.id} class="card">
        <p class="approval-head">
          <strong><${Bidi}>${entry.author?.name}<//></strong>
          <${Time} at=${entry.at} kind="ago" />
          <${Link} to=${paths.thread(entry.thread_id, entry.id)}>${t("d.approvals.open")}<//>
        </p>
        <${SafeText} text=${entry.text} />
        <${Judgement} entry=${entry} onDone=${reload} />
      </li>`)}
    </ul>
  </div>`;
}
