/** Applications that bind over SMPP: what each may do, and what waits for it. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { toast } from "../toast.js";
import { Button, Chip, Menu, TextField, useAsync } from "../ui.js";
import { FormDialog, listOf, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";
import { Secret } from "./secret.js";
import { Table } from "./table.js";

export function Accounts() {
  const source = useAsync(() => api.get("/accounts"), []);
  const [editing, setEditing] = useState(null);
  const [made, setMade] = useState(null);
  const done = (account) => {
    setEditing(null);
    if (account?.password) setMade(account);
    source.reload();
  };
  const act = async (call, said) => {
    try {
      done(await call());
      if (said) toast(said, { tone: "good" });
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
  };
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing({})}>${t("accounts.add")}<//>`;
  return html`
    <${PageHead} title=${t("accounts.title")} hint=${t("accounts.hint")}>${add}<//>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("accounts.title")} rows=${data.items} columns=${columns(setEditing, act)}
          rowClass=${(account) => (account.disabled_at ? "is-off" : "")}
          empty=${{ icon: "link", title: t("accounts.none"), text: t("accounts.hint"), action: add }} />
      `}
    <//>
    ${editing && html`
      <${AccountDialog} account=${editing.id ? editing : null} onClose=${() => setEditing(null)} onDone=${done} />
    `}
    ${made && html`
      <${Secret} title=${t("accounts.secret_title", { name: made.system_id })} onClose=${() => setMade(null)}
        values=${[[t("accounts.system_id"), made.system_id], [t("accounts.password"), made.password]]} />
    `}
  `;
}

const columns = (setEditing, act) => [
  {
    key: "id",
    label: t("accounts.system_id"),
    cell: (account) => html`
      <code>${account.system_id}</code>
      ${account.description && html`<small class="dim">${account.description}</small>`}
    `,
  },
  {
    key: "state",
    label: t("accounts.state"),
    cell: (account) =>
      account.disabled_at
        ? html`<${Chip} tone="bad" icon="lock">${t("accounts.closed")}<//>`
        : html`<${Chip} tone="good" icon="check">${t("accounts.open")}<//>`,
  },
  { key: "numbers", label: t("accounts.numbers"), cell: (account) => words(account.numbers) },
  { key: "senders", label: t("accounts.senders"), cell: (account) => words(account.senders) },
  { key: "binds", label: t("accounts.max_binds"), num: true, cell: (account) => account.max_binds },
  { key: "waiting", label: t("accounts.waiting"), num: true, cell: (account) => account.waiting },
  {
    key: "acts",
    label: t("admin.acts"),
    hideLabel: true,
    cell: (account) => html`
      <${Menu} label=${t("admin.acts_on", { name: account.system_id })} icon="more" align="end"
        items=${actsOn(account, setEditing, act)} />
    `,
  },
];

const words = (list) => (list.length ? list.join(", ") : html`<span class="dim">${t("accounts.nothing")}</span>`);

function actsOn(account, setEditing, act) {
  const path = `/accounts/${account.id}`;
  const turn = (disabled) => act(() => api.patch(path, { disabled }));
  return [
    { label: t("accounts.edit"), icon: "write", onPick: () => setEditing(account) },
    { label: t("accounts.new_password"), icon: "key", onPick: () => act(() => api.post(`${path}/password`, {})) },
    "-",
    account.disabled_at
      ? { label: t("accounts.reopen"), icon: "check", onPick: () => turn(false) }
      : { label: t("accounts.close"), icon: "lock", danger: true, onPick: () => turn(true) },
  ];
}

function AccountDialog({ account, onClose, onDone }) {
  const initial = {
    system_id: account?.system_id ?? "",
    description: account?.description ?? "",
    numbers: account?.numbers.join(", ") ?? "",
    senders: account?.senders.join(", ") ?? "",
    destinations: account?.destinations.join(", ") ?? "",
    sources: account?.sources.join(", ") ?? "",
    max_binds: String(account?.max_binds ?? 2),
  };
  const form = useForm(initial, async (values) => {
    const rules = {
      description: values.description.trim(),
      numbers: listOf(values.numbers),
      senders: listOf(values.senders),
      destinations: listOf(values.destinations),
      sources: listOf(values.sources),
      max_binds: Number(values.max_binds),
    };
    if (!rules.description) rules.description = null;
    onDone(
      account
        ? await api.patch(`/accounts/${account.id}`, rules)
        : await api.post("/accounts", { ...rules, system_id: values.system_id.trim() }),
    );
  });
  const field = (name, more) => html`
    <${TextField} label=${t(`accounts.${name}`)} autocomplete="off" value=${form.values[name]} onInput=${form.set(name)}
      error=${form.errorOf(name)} ...${more} />
  `;
  return html`
    <${FormDialog} title=${account ? t("accounts.edit") : t("accounts.add")} form=${form} onClose=${onClose}>
      ${!account && field("system_id", { required: true, hint: t("accounts.system_id_hint") })}
      ${field("description", {})}
      ${field("numbers", { hint: t("accounts.numbers_hint") })}
      ${field("senders", { hint: t("accounts.senders_hint") })}
      ${field("destinations", { hint: t("accounts.destinations_hint") })}
      ${field("sources", { hint: t("accounts.sources_hint") })}
      ${field("max_binds", { type: "number", min: "1", max: "100" })}
    <//>
  `;
}
