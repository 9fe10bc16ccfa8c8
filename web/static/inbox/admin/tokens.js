/** Keys of applications: made and shown once, seen to be used, ended. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { toast } from "../toast.js";
import { Bidi, Button, Chip, SelectField, TextField, Time, confirm, useAsync } from "../ui.js";
import { FormDialog, listOf, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";
import { Secret } from "./secret.js";
import { Table } from "./table.js";

const SCOPES = [
  "messages:send",
  "messages:read",
  "contacts",
  "events:read",
  "webhooks",
  "links:read",
  "links:control",
  "inbox",
  "supervise",
  "admin",
];
const DAY_S = 86_400;
const LIVES = ["", String(30 * DAY_S), String(90 * DAY_S), String(365 * DAY_S)];

export function Tokens() {
  const source = useAsync(() => api.get("/tokens"), []);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const revoke = async (token) => {
    const sure = await confirm({
      title: t("tokens.revoke_title", { name: token.name }),
      text: t("tokens.revoke_text"),
      yes: t("tokens.revoke"),
      danger: true,
    });
    if (!sure) return;
    try {
      await api.del(`/tokens/${token.id}`);
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
    source.reload();
  };
  const onDone = (token) => {
    setMaking(false);
    setMade(token);
    source.reload();
  };
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>${t("tokens.add")}<//>`;
  return html`
    <${PageHead} title=${t("tokens.title")} hint=${t("tokens.hint")}>${add}<//>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("tokens.title")} rows=${newestFirst(data.items)} columns=${columns(revoke)}
          rowClass=${(token) => (isOver(token) ? "is-off" : "")}
          empty=${{ icon: "key", title: t("tokens.none"), text: t("tokens.hint"), action: add }} />
      `}
    <//>
    ${making && html`<${TokenDialog} onClose=${() => setMaking(false)} onDone=${onDone} />`}
    ${made && html`
      <${Secret} title=${t("tokens.made", { name: made.name })} onClose=${() => setMade(null)}
        values=${[[t("tokens.token"), made.token], [t("tokens.report_secret"), made.report_secret]]} />
    `}
  `;
}

const isOver = (token) =>
  Boolean(token.revoked_at) || Boolean(token.expires_at && new Date(token.expires_at) < Date.now());

const newestFirst = (tokens) =>
  [...tokens].sort((a, b) => isOver(a) - isOver(b) || b.created_at.localeCompare(a.created_at));

function columns(revoke) {
  return [
    { key: "name", label: t("tokens.name"), cell: (token) => html`<${Bidi}>${token.name}<//>` },
    {
      key: "scopes",
      label: t("tokens.scopes"),
      cell: (token) => html`<span class="chips">${token.scopes.map((scope) => html`<code key=${scope}>${scope}</code>`)}</span>`,
    },
    {
      key: "sources",
      label: t("tokens.sources"),
      cell: (token) => token.sources.join(", ") || html`<span class="dim">${t("tokens.anywhere")}</span>`,
    },
    {
      key: "used",
      label: t("tokens.used"),
      cell: (token) =>
        token.last_used_at
          ? html`<${Time} at=${token.last_used_at} kind="ago" />`
          : html`<span class="dim">${t("tokens.never")}</span>`,
    },
    { key: "until", label: t("tokens.until"), cell: until },
    {
      key: "acts",
      label: t("admin.acts"),
      hideLabel: true,
      cell: (token) =>
        isOver(token)
          ? null
          : html`<${Button} size="s" onClick=${() => revoke(token)}
              aria-label=${t("tokens.revoke_one", { name: token.name })}>${t("tokens.revoke")}<//>`,
    },
  ];
}

function until(token) {
  if (token.revoked_at) return html`<${Chip} tone="bad">${t("tokens.revoked")}<//>`;
  if (!token.expires_at) return html`<span class="dim">${t("tokens.for_ever")}</span>`;
  if (isOver(token)) return html`<${Chip} tone="warn">${t("tokens.expired")}<//>`;
  return html`<${Time} at=${token.expires_at} kind="short" />`;
}

function TokenDialog({ onClose, onDone }) {
  const form = useForm({ name: "", scopes: ["messages:send"], sources: "", life: "" }, async (values) =>
    onDone(
      await api.post("/tokens", {
        name: values.name.trim(),
        scopes: values.scopes,
        sources: listOf(values.sources),
        ...(values.life ? { expires_in_s: Number(values.life) } : {}),
      }),
    ),
  );
  const { values, set, errorOf } = form;
  const toggle = (scope) =>
    set("scopes")(
      values.scopes.includes(scope) ? values.scopes.filter((one) => one !== scope) : [...values.scopes, scope],
    );
  return html`
    <${FormDialog} title=${t("tokens.add")} form=${form} onClose=${onClose} yes=${t("tokens.make")}>
      <${TextField} label=${t("tokens.name")} hint=${t("tokens.name_hint")} required autocomplete="off"
        value=${values.name} onInput=${set("name")} error=${errorOf("name")} />
      <fieldset class="checks">
        <legend>${t("tokens.scopes")}</legend>
        ${SCOPES.map((scope) => html`
          <label key=${scope} class="check">
            <input type="checkbox" checked=${values.scopes.includes(scope)} onChange=${() => toggle(scope)} />
            <span><code>${scope}</code> <span class="dim">${t(`scope.${scope.replace(":", "_")}`)}</span></span>
          </label>
        `)}
        ${errorOf("scopes") && html`<p class="field-error">${errorOf("scopes")}</p>`}
      </fieldset>
      <${TextField} label=${t("tokens.sources")} hint=${t("tokens.sources_hint")} autocomplete="off"
        value=${values.sources} onInput=${set("sources")} error=${errorOf("sources")} />
      <${SelectField} label=${t("tokens.until")} value=${values.life} onChange=${set("life")}
        options=${LIVES.map((life) => [life, life ? t("tokens.days", { n: Number(life) / DAY_S }) : t("tokens.for_ever")])} />
    <//>
  `;
}
