/** The conversations on the board: chosen one by one or many, taken over, given on, put back. */
import { html, useState } from "../../vendor/htm-preact.js";
import { act } from "../actions.js";
import { problem } from "../api.js";
import { t } from "../i18n.js";
import { Link, go, paths } from "../router.js";
import { toast } from "../toast.js";
import { Bidi, Button, Chip, Menu, Tabs, TextField, Wait, plain } from "../ui.js";
import { FormDialog, useForm } from "./form.js";
import { Loaded } from "./page.js";
import { Table } from "./table.js";

const VIEWS = ["open", "queue", "hold"];
const TONES = { queued: "warn", active: "accent", waiting: "neutral", hold: "neutral", snoozed: "neutral" };

export function BoardThreads({ source, view, onView, agents, onDone }) {
  const [chosen, setChosen] = useState(new Set());
  const [returning, setReturning] = useState(null);
  const rows = lateFirst((source.data?.items ?? []).filter((row) => row.conversation));
  const marked = rows.filter((row) => chosen.has(row.id));
  const toggle = (id) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const forAll = async (some, verb, body) => {
    const results = await Promise.allSettled(some.map((row) => act(row.conversation.id, verb, body)));
    const failed = results.filter((one) => one.status === "rejected");
    if (failed.length) toast(problem(failed[0].reason), { tone: "bad" });
    const done = results.length - failed.length;
    if (done) toast(t("board.done", { n: done }), { tone: "good" });
    setChosen(new Set());
    onDone();
  };
  const give = (some) => agents.filter((agent) => !agent.disabled_at).map((agent) => ({
    label: t("board.give_to", { name: agent.name, active: agent.active, most: agent.max_active }),
    onPick: () => forAll(some, "assign", { agent: agent.id }),
  }));
  const counts = source.data?.counts ?? {};
  return html`
    <h2 id="board-threads">${t("board.threads")}</h2>
    <div class="board-bar">
      <${Tabs} label=${t("board.threads")} value=${view} onChange=${onView}
        items=${VIEWS.map((id) => ({ id, label: t(`board.view_${id}`), badge: counts[id] || null }))} />
      ${marked.length > 0 && html`
        <div class="board-bulk" role="group" aria-label=${t("board.bulk")}>
          <span class="num">${t("board.chosen", { n: marked.length })}</span>
          <${Menu} label=${t("board.assign")} items=${give(marked)} align="end"
            button=${(props) => html`<${Button} size="s" icon="pass" ...${props}>${t("board.assign")}<//>`} />
          <${Button} size="s" onClick=${() => setReturning(marked)}>${t("board.requeue")}<//>
        </div>
      `}
    </div>
    <${Loaded} source=${source}>
      ${() => html`
        <${Table} caption=${t("board.threads")} rows=${rows} columns=${columns({ chosen, toggle, give, forAll, setReturning })}
          rowClass=${(row) => (chosen.has(row.id) ? "is-chosen" : "")}
          empty=${{ icon: "check", title: t("board.calm"), text: t("board.calm_text") }} />
      `}
    <//>
    ${returning && html`
      <${ReturnDialog} n=${returning.length} onClose=${() => setReturning(null)}
        onSend=${async (note) => {
          await forAll(returning, "pass", { note });
          setReturning(null);
        }} />
    `}
  `;
}

/** Who waits for us first, the longest wait on top. */
const lateFirst = (rows) =>
  [...rows].sort((a, b) => {
    const [one, other] = [a.conversation.unanswered_at, b.conversation.unanswered_at];
    if (one && other) return one.localeCompare(other);
    return Boolean(other) - Boolean(one) || b.conversation.updated_at.localeCompare(a.conversation.updated_at);
  });

const nameOf = (row) => plain(row.contact.name) || row.contact.address;

const columns = ({ chosen, toggle, give, forAll, setReturning }) => [
  {
    key: "who",
    label: t("board.customer"),
    cell: (row) => html`
      <span class="who">
        <input type="checkbox" checked=${chosen.has(row.id)} onChange=${() => toggle(row.id)}
          aria-label=${t("board.choose", { name: nameOf(row) })} />
        <span>
          <${Link} to=${paths.thread(row.id)}><${Bidi}>${nameOf(row)}<//><//>
          <small class="dim truncate board-last"><${Bidi}>${plain(row.last?.text ?? "")}<//></small>
        </span>
      </span>
    `,
  },
  {
    key: "state",
    label: t("board.state"),
    cell: (row) => html`<${Chip} tone=${TONES[row.conversation.state] ?? "neutral"}>${t(`board_state.${row.conversation.state}`)}<//>`,
  },
  {
    key: "agent",
    label: t("board.agent"),
    cell: (row) =>
      row.conversation.assignee
        ? html`<${Bidi}>${row.conversation.assignee.name}<//>`
        : html`<span class="dim">${t("board.nobody")}</span>`,
  },
  {
    key: "waits",
    label: t("board.waits"),
    num: true,
    cell: (row) =>
      row.conversation.unanswered_at
        ? html`<span class="warn-text"><${Wait} since=${row.conversation.unanswered_at} /></span>`
        : html`<span class="dim">${t("board.answered")}</span>`,
  },
  {
    key: "acts",
    label: t("admin.acts"),
    hideLabel: true,
    cell: (row) => html`
      <${Menu} label=${t("admin.acts_on", { name: nameOf(row) })} icon="more" align="end" items=${[
        { label: t("board.read"), icon: "eye", hint: t("board.read_hint"), onPick: () => go(paths.thread(row.id)) },
        {
          label: t("board.take_over"),
          icon: "take",
          onPick: () => forAll([row], "take", { over: true }),
        },
        { label: t("board.requeue"), icon: "undo", disabled: row.conversation.state === "queued", onPick: () => setReturning([row]) },
        "-",
        ...give([row]),
      ]} />
    `,
  },
];

function ReturnDialog({ n, onClose, onSend }) {
  const form = useForm({ note: "" }, ({ note }) => onSend(note.trim()));
  return html`
    <${FormDialog} title=${t("board.requeue_n", { n })} form=${form} onClose=${onClose} yes=${t("board.requeue")}>
      <${TextField} label=${t("board.note")} hint=${t("board.note_hint")} value=${form.values.note}
        onInput=${form.set("note")} error=${form.errorOf("note")} required autocomplete="off" />
    <//>
  `;
}
