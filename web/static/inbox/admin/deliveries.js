/** What one webhook was sent and how it answered; one or a span of time is sent again. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { t } from "../i18n.js";
import { Link, paths } from "../router.js";
import { toast } from "../toast.js";
import { Button, Chip, Field, Icon, SelectField, Time } from "../ui.js";
import { FormDialog, useForm } from "./form.js";
import { Loaded, PageHead } from "./page.js";
import { More, usePages } from "./pages_of.js";
import { Table } from "./table.js";

const TONES = { delivered: "good", pending: "neutral", dead: "bad" };
const STATES = ["", "pending", "delivered", "dead"];

export function Deliveries({ webhook }) {
  const [state, setState] = useState("");
  const [replaying, setReplaying] = useState(false);
  const path = `/webhooks/${webhook.id}`;
  const source = usePages((cursor) => api.get(`${path}/deliveries`, { query: { state, cursor } }), [webhook.id, state]);
  const again = async (body) => {
    let n = 0;
    // A long span is answered in pieces.
    for (let rest = body; rest; ) {
      const answer = await api.post(`${path}/replay`, rest);
      n += answer.count;
      rest = answer.next_since && { ...body, since: answer.next_since };
    }
    toast(t("deliveries.again_done", { n }), { tone: "good" });
    source.reload();
  };
  const one = (delivery) =>
    again({ delivery_id: delivery.id }).catch((error) => toast(problem(error), { tone: "bad" }));
  return html`
    <${Link} to=${paths.admin("webhooks")} class="admin-back"><${Icon} name="back" />${t("webhooks.title")}<//>
    <${PageHead} title=${t("deliveries.title")} hint=${webhook.url}>
      <${Button} icon="refresh" onClick=${source.reload}>${t("admin.refresh")}<//>
      <${Button} onClick=${() => setReplaying(true)}>${t("deliveries.span")}<//>
    <//>
    <div class="admin-filter">
      <${SelectField} label=${t("deliveries.state")} value=${state} onChange=${setState}
        options=${STATES.map((name) => [name, t(`delivery.${name || "any"}`)])} />
    </div>
    <${Loaded} source=${source}>
      ${(data) => html`
        <${Table} caption=${t("deliveries.title")} rows=${data.items} columns=${columns(one)}
          empty=${{ icon: "webhook", title: t("deliveries.none"), text: t("deliveries.none_text") }} />
        <${More} source=${source} />
      `}
    <//>
    ${replaying && html`
      <${SpanDialog} onClose=${() => setReplaying(false)}
        onSend=${async (body) => {
          await again(body);
          setReplaying(false);
        }} />
    `}
  `;
}

const columns = (again) => [
  {
    key: "type",
    label: t("deliveries.event"),
    cell: (one) => html`<code>${one.event_type}</code> <small class="dim num">${one.event_seq}</small>`,
  },
  {
    key: "state",
    label: t("deliveries.state"),
    cell: (one) => html`<${Chip} tone=${TONES[one.state] ?? "neutral"}>${t(`delivery.${one.state}`)}<//>`,
  },
  {
    key: "answer",
    label: t("deliveries.answer"),
    cell: (one) => html`${one.last_status ?? ""} ${one.last_error ? html`<small class="dim break">${one.last_error}</small>` : ""}`,
  },
  { key: "attempts", label: t("deliveries.attempts"), num: true, cell: (one) => one.attempts },
  { key: "at", label: t("deliveries.at"), cell: (one) => html`<${Time} at=${one.finished_at ?? one.created_at} kind="dateTime" />` },
  {
    key: "acts",
    label: t("admin.acts"),
    hideLabel: true,
    cell: (one) => html`
      <${Button} size="s" onClick=${() => again(one)}
        aria-label=${t("deliveries.again_one", { event: one.event_type, number: String(one.event_seq) })}>${t("deliveries.again")}<//>
    `,
  },
];

function SpanDialog({ onClose, onSend }) {
  const form = useForm({ since: "", until: "" }, (values) =>
    onSend({
      since: values.since ? new Date(values.since).toISOString() : null,
      until: values.until ? new Date(values.until).toISOString() : null,
    }),
  );
  const moment = (name) => html`
    <${Field} label=${t(`deliveries.${name}`)} error=${form.errorOf(name)}>
      ${(id, described) => html`
        <input id=${id} aria-describedby=${described} aria-invalid=${described ? "true" : undefined}
          class="input" type="datetime-local" value=${form.values[name]}
          onInput=${(event) => form.set(name)(event.target.value)} />
      `}
    <//>
  `;
  return html`
    <${FormDialog} title=${t("deliveries.span")} form=${form} onClose=${onClose} yes=${t("deliveries.again")}>
      <p>${t("deliveries.span_text")}</p>
      ${moment("since")} ${moment("until")}
    <//>
  `;
}
