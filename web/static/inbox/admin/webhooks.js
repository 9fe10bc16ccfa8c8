/** Who is told of events outside: made, tried out, watched, sent again. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { paths, go } from "../router.js";
import { toast } from "../toast.js";
import { Button, Chip, Menu, TextField, confirm, useAsync } from "../ui.js";
import { Deliveries } from "./deliveries.js";
import { FormDialog, listOf, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";
import { Secret } from "./secret.js";
import { Table } from "./table.js";

export function Webhooks({ rest }) {
  const source = useAsync(() => api.get("/webhooks"), []);
  const [editing, setEditing] = useState(null);
  const [made, setMade] = useState(null);
  const shown = rest[0] && source.data?.items.find((one) => one.id === rest[0]);
  const done = (webhook) => {
    setEditing(null);
    if (webhook?.secret) setMade(webhook);
    source.reload();
  };
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing({})}>${t("webhooks.add")}<//>`;
  return html`
    ${shown
      ? html`<${Deliveries} webhook=${shown} />`
      : html`
          <${PageHead} title=${t("webhooks.title")} hint=${t("webhooks.hint")}>${add}<//>
          <${Loaded} source=${source}>
            ${(data) => html`
              <${Table} caption=${t("webhooks.title")} rows=${data.items} columns=${columns({ setEditing, done })}
                rowClass=${(webhook) => (webhook.state === "active" ? "" : "is-off")}
                empty=${{ icon: "webhook", title: t("webhooks.none"), text: t("webhooks.hint"), action: add }} />
            `}
          <//>
        `}
    ${editing && html`
      <${WebhookDialog} webhook=${editing.id ? editing : null} onClose=${() => setEditing(null)} onDone=${done} />
    `}
    ${made && html`
      <${Secret} title=${t("webhooks.secret_title")} onClose=${() => setMade(null)}
        values=${[[t("webhooks.secret"), made.secret]]} />
    `}
  `;
}

const stateChip = (webhook) =>
  webhook.state === "active"
    ? html`<${Chip} tone="good" icon="check">${t("webhooks.active")}<//>`
    : html`<${Chip} tone="bad" icon="close">${t("webhooks.disabled")}<//>`;

function columns(acts) {
  return [
    {
      key: "url",
      label: t("webhooks.url"),
      cell: (webhook) => html`
        <span class="break">${webhook.url}</span>
        ${webhook.description && html`<small class="dim">${webhook.description}</small>`}
      `,
    },
    {
      key: "types",
      label: t("webhooks.types"),
      cell: (webhook) =>
        webhook.types?.length
          ? html`<span class="chips">${webhook.types.map((type) => html`<code key=${type}>${type}</code>`)}</span>`
          : t("webhooks.all_types"),
    },
    {
      key: "state",
      label: t("webhooks.state"),
      cell: (webhook) => html`
        ${stateChip(webhook)}
        ${webhook.disabled_reason && html`<small class="dim">${webhook.disabled_reason}</small>`}
      `,
    },
    {
      key: "acts",
      label: t("admin.acts"),
      hideLabel: true,
      cell: (webhook) => html`
        <span class="row-acts">
          <${Button} size="s" onClick=${() => go(paths.admin(`webhooks/${webhook.id}`))}
            aria-label=${t("webhooks.deliveries_of", { url: webhook.url })}>${t("webhooks.deliveries")}<//>
          <${Menu} label=${t("admin.acts_on", { name: webhook.url })} icon="more" align="end"
            items=${actsOn(webhook, acts)} />
        </span>
      `,
    },
  ];
}

function actsOn(webhook, { setEditing, done }) {
  const path = `/webhooks/${webhook.id}`;
  const isOn = webhook.state === "active";
  const act = async (call, said) => {
    try {
      done(await call());
      toast(said, { tone: "good" });
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
  };
  const remove = async () => {
    const sure = await confirm({
      title: t("webhooks.delete_title"),
      text: t("webhooks.delete_text", { url: webhook.url }),
      yes: t("ui.delete"),
      danger: true,
    });
    if (sure) await act(() => api.del(path), t("webhooks.deleted"));
  };
  const turn = (state) => act(() => api.patch(path, { state }), t(`webhooks.now_${state}`));
  return [
    { label: t("webhooks.test"), icon: "send", disabled: !isOn, onPick: () => act(() => api.post(`${path}/test`, {}), t("webhooks.tested")) },
    { label: t("webhooks.edit"), icon: "write", onPick: () => setEditing(webhook) },
    { label: t("webhooks.rotate"), icon: "key", onPick: () => act(() => api.post(`${path}/rotate`, {}), t("webhooks.rotated")) },
    isOn
      ? { label: t("webhooks.turn_off"), icon: "close", onPick: () => turn("disabled") }
      : { label: t("webhooks.turn_on"), icon: "check", onPick: () => turn("active") },
    "-",
    { label: t("ui.delete"), icon: "trash", danger: true, onPick: remove },
  ];
}

function WebhookDialog({ webhook, onClose, onDone }) {
  const initial = {
    url: webhook?.url ?? "",
    types: webhook?.types?.join(", ") ?? "",
    description: webhook?.description ?? "",
  };
  const form = useForm(initial, async (values) => {
    const said = {
      url: values.url.trim(),
      types: listOf(values.types),
      description: values.description.trim() || null,
    };
    onDone(webhook ? await api.patch(`/webhooks/${webhook.id}`, said) : await api.post("/webhooks", said));
  });
  const { values, set, errorOf } = form;
  return html`
    <${FormDialog} title=${webhook ? t("webhooks.edit") : t("webhooks.add")} form=${form} onClose=${onClose}>
      <${TextField} label=${t("webhooks.url")} hint=${t("webhooks.url_hint")} type="url" required autocomplete="off"
        value=${values.url} onInput=${set("url")} error=${errorOf("url")} />
      <${TextField} label=${t("webhooks.types")} hint=${t("webhooks.types_hint")} autocomplete="off"
        value=${values.types} onInput=${set("types")} error=${errorOf("types")} />
      <${TextField} label=${t("webhooks.description")} autocomplete="off"
        value=${values.description} onInput=${set("description")} error=${errorOf("description")} />
    <//>
  `;
}
