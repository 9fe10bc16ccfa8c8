/** Who may log in, as what, and how many conversations each may have at once. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { Avatar, Bidi, Button, Chip, Menu, Time, confirm, useAsync } from "../ui.js";
import { toast } from "../toast.js";
import { Loaded, PageHead } from "./page.js";
import { Secret } from "./secret.js";
import { Table } from "./table.js";
import { PasswordDialog, UserDialog } from "./user_dialogs.js";

const PRESENCE_TONES = { online: "good", break: "warn", away: "warn", offline: "neutral" };

export function Users() {
  const source = useAsync(() => api.get("/agents"), []);
  const [editing, setEditing] = useState(null);
  const [resetting, setResetting] = useState(null);
  const [secret, setSecret] = useState(null);
  const told = (agent, title) => {
    source.reload();
    setEditing(null);
    setResetting(null);
    if (agent?.password) setSecret({ title, agent });
  };
  return html`
    <${PageHead} title=${t("users.title")} hint=${t("users.hint")}>
      <${Button} kind="primary" icon="plus" onClick=${() => setEditing({})}>${t("users.add")}<//>
    <//>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("users.title")} rows=${data.items} columns=${columns({ setEditing, setResetting, source })}
          rowClass=${(agent) => (agent.disabled_at ? "is-off" : "")} />
      `}
    <//>
    ${editing && html`
      <${UserDialog} agent=${editing.id ? editing : null} onClose=${() => setEditing(null)}
        onDone=${(agent) => told(agent, t("users.made"))} />
    `}
    ${resetting && html`
      <${PasswordDialog} agent=${resetting} onClose=${() => setResetting(null)}
        onDone=${(agent) => told(agent, t("users.reset_done"))} />
    `}
    ${secret && html`
      <${Secret} title=${secret.title} onClose=${() => setSecret(null)}
        values=${[[t("users.login"), secret.agent.login], [t("users.password"), secret.agent.password]]} />
    `}
  `;
}

function columns(acts) {
  return [
    {
      key: "name",
      label: t("users.name"),
      cell: (agent) => html`
        <span class="who"><${Avatar} name=${agent.name} id=${agent.id} size="s" />
          <span><${Bidi}>${agent.name}<//><small class="dim">${agent.login}</small></span>
        </span>
      `,
    },
    { key: "role", label: t("users.role"), cell: (agent) => t(`role.${agent.role}`) },
    {
      key: "presence",
      label: t("users.presence"),
      cell: (agent) =>
        agent.disabled_at
          ? html`<${Chip} tone="bad" icon="lock">${t("users.disabled")}<//>`
          : html`<${Chip} tone=${PRESENCE_TONES[agent.presence]}>${t(`presence_of.${agent.presence}`)}<//>`,
    },
    {
      key: "load",
      label: t("users.load"),
      num: true,
      cell: (agent) => t("board.active_of_most", { active: agent.active, most: agent.max_active }),
    },
    {
      key: "totp",
      label: t("users.totp"),
      cell: (agent) => (agent.totp ? t("users.totp_on") : html`<span class="dim">${t("users.totp_off")}</span>`),
    },
    { key: "created", label: t("users.created"), cell: (agent) => html`<${Time} at=${agent.created_at} kind="short" />` },
    {
      key: "acts",
      label: t("admin.acts"),
      hideLabel: true,
      cell: (agent) => html`
        <${Menu} label=${t("admin.acts_on", { name: agent.name })} icon="more" align="end" items=${actsOn(agent, acts)} />
      `,
    },
  ];
}

function actsOn(agent, { setEditing, setResetting, source }) {
  const act = async (call, done) => {
    try {
      await call();
      toast(done, { tone: "good" });
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
    source.reload();
  };
  const path = `/agents/${agent.id}`;
  const disable = async () => {
    const said = { name: agent.name };
    const sure = await confirm({
      title: t("users.disable_title", said),
      text: t("users.disable_text"),
      yes: t("users.disable"),
      danger: true,
    });
    if (sure) await act(() => api.post(`${path}/disable`, {}), t("users.is_disabled", said));
  };
  const items = [
    { label: t("ui.edit"), icon: "write", onPick: () => setEditing(agent) },
    { label: t("users.reset"), icon: "key", onPick: () => setResetting(agent) },
    {
      label: t("users.end_logins"),
      icon: "logout",
      onPick: () => act(() => api.del(`${path}/logins`), t("users.logins_ended", { name: agent.name })),
    },
  ];
  if (agent.totp) {
    items.push({
      label: t("users.totp_remove"),
      icon: "lock",
      onPick: () => act(() => api.del(`${path}/totp`), t("users.totp_removed", { name: agent.name })),
    });
  }
  items.push("-");
  items.push(
    agent.disabled_at
      ? {
          label: t("users.enable"),
          icon: "check",
          onPick: () => act(() => api.post(`${path}/enable`, {}), t("users.is_enabled", { name: agent.name })),
        }
      : { label: t("users.disable"), icon: "close", danger: true, onPick: disable },
  );
  return items;
}
