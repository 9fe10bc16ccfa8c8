/** Who did what and when: searched, opened, and proven unbroken. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { fmt, has, t } from "../i18n.js";
import { useSelect } from "../store.js";
import { Band, Bidi, Button, SelectField, TextField, Time } from "../ui.js";
import { Loaded, PageHead } from "./page.js";
import { More, usePages } from "./pages_of.js";
import { useStill } from "./still.js";
import { Table } from "./table.js";

const KINDS = ["", "login", "agent", "conversation", "contact", "canned", "token", "webhook", "account", "link", "reply", "settings"];
const LIMIT = 50;

export function Audit() {
  const [kind, setKind] = useState("");
  const [words, setWords] = useState("");
  const q = useStill(words);
  const [verdict, setVerdict] = useState(null);
  const [busy, setBusy] = useState(false);
  const source = usePages(async (cursor) => {
    const query = { q, action: kind && `${kind}.*`, before: cursor, limit: LIMIT };
    const page = await api.get("/audit", { query });
    return { items: page.items, next: page.next ?? null };
  }, [q, kind]);
  const verify = async () => {
    setBusy(true);
    try {
      setVerdict(await api.get("/audit/verify", { timeoutMs: 120_000 }));
    } catch (error) {
      setVerdict({ failed: problem(error) });
    }
    setBusy(false);
  };
  return html`
    <${PageHead} title=${t("audit.title")} hint=${t("audit.hint")}>
      <${Button} icon="check" busy=${busy} onClick=${verify}>${t("audit.verify")}<//>
    <//>
    <div role="status">${verdict && html`<${Verdict} verdict=${verdict} />`}</div>
    <div class="admin-filter">
      <${TextField} label=${t("audit.find")} type="search" value=${words} onInput=${setWords} autocomplete="off" />
      <${SelectField} label=${t("audit.kind")} value=${kind} onChange=${setKind}
        options=${KINDS.map((name) => [name, t(`audit_kind.${name || "any"}`)])} />
    </div>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("audit.title")} rows=${data.items} rowKey=${(entry) => entry.seq} columns=${columns()}
          empty=${{ icon: "audit", title: t("audit.none"), text: t("audit.none_text") }} />
        <${More} source=${source} />
      `}
    <//>
  `;
}

function Verdict({ verdict }) {
  if (verdict.failed) return html`<${Band} tone="bad" icon="warning">${verdict.failed}<//>`;
  return verdict.intact
    ? html`<${Band} tone="good" icon="check">${t("audit.intact", { n: verdict.entries })}<//>`
    : html`<${Band} tone="bad" icon="warning">${t("audit.broken", { number: String(verdict.broken_at) })}<//>`;
}

/** The action in words where there are some; a new kind shows its own name. */
const actionWords = (action) => {
  const key = `audit_action.${action.replaceAll(".", "_")}`;
  return has(key) ? t(key) : html`<code>${action}</code>`;
};

const columns = () => [
  { key: "at", label: t("audit.at"), cell: (entry) => html`<${Time} at=${entry.at} kind="dateTime" />` },
  {
    key: "who",
    label: t("audit.who"),
    cell: (entry) => html`
      <${Bidi}>${entry.actor === "system" ? t("audit.box") : entry.actor_name}<//>
      ${entry.source && html`<small class="dim num">${entry.source}</small>`}
    `,
  },
  { key: "action", label: t("audit.action"), cell: (entry) => actionWords(entry.action) },
  { key: "subject", label: t("audit.subject"), cell: (entry) => html`<${Subject} id=${entry.subject} />` },
  { key: "change", label: t("audit.change"), cell: (entry) => html`<${Change} entry=${entry} />` },
  { key: "seq", label: t("audit.number"), num: true, cell: (entry) => fmt.number(entry.seq) },
];

/** People by their names, everything else by its identity. */
function Subject({ id }) {
  const name = useSelect((state) => state.agents[id]?.name);
  if (!name) return html`<code class="break">${id}</code>`;
  return html`<${Bidi}>${name}<//><small><code class="break">${id}</code></small>`;
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function Change({ entry }) {
  const before = entry.before ?? {};
  const after = entry.after ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length === 0) return null;
  return html`
    <details>
      <summary>${t("audit.fields", { n: names.length })}</summary>
      <dl class="changes">
        ${names.map((name) => html`
          <div key=${name}>
            <dt><code>${name}</code></dt>
            <dd>
              ${before[name] !== undefined && html`<del><${Bidi}>${shown(before[name])}<//></del> `}
              ${after[name] !== undefined && html`<ins><${Bidi}>${shown(after[name])}<//></ins>`}
            </dd>
          </div>
        `)}
      </dl>
    </details>
  `;
}
