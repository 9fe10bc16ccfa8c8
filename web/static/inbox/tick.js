/** A message's tick: what is known of it, in an icon and words, with its details. */

import { html, useState } from "../vendor/htm-preact.js";
import { api } from "./api.js";
import { fmt, t } from "./i18n.js";
import { reasonKey, tickOf } from "./ticks.js";
import { Dialog, Spinner, Time, useAsync, useNow } from "./ui.js";

const PATHS = {
  clock: ["M8 4.5V8l2.3 1.6", "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z"],
  undo: ["M3 8a5 5 0 1 0 1.6-3.7L3 5.6", "M3 2.6v3h3"],
  sent: ["m3 8.6 3.2 3.2L13 4.8"],
  delivered: ["m1 8.6 3.2 3.2L11 4.8", "m7.6 11 .8.8L15 4.8"],
  doubt: ["m1 8.6 3.2 3.2L9.4 6", "M11.4 6.2a1.8 1.8 0 1 1 2.4 1.7c-.5.2-.7.5-.7 1v.4", "M13.1 11.6v.1"],
  failed: ["m4 4 8 8", "m12 4-8 8"],
  cancelled: ["M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z", "m4 12 8-8"],
};

function TickIcon({ name }) {
  return html`<svg class="tick-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${PATHS[name].map((path) => html`<path d=${path} />`)}
  </svg>`;
}

/** Seconds in which a reply can still be called back. */
export function undoLeft(entry, now) {
  if (entry.state !== "scheduled" || !entry.send_at) return 0;
  return Math.max(0, Math.ceil((new Date(entry.send_at) - now) / 1000));
}

function words(tick) {
  const params = { ...tick.params };
  if (params.at) params.at = fmt.dateTime(params.at);
  return t(tick.key, params);
}

function CountingTick({ entry }) {
  const left = undoLeft(entry, useNow(1000));
  return html`<${Shown} entry=${entry} tick=${tickOf(entry, { undoLeft_s: left })} />`;
}

/** The tick of one of our messages; press it for its parts and attempts. */
export function Tick({ entry }) {
  if (entry.state === "scheduled" && entry.author?.agent) return html`<${CountingTick} entry=${entry} />`;
  return html`<${Shown} entry=${entry} tick=${tickOf(entry)} />`;
}

function Shown({ entry, tick }) {
  const [isOpen, setOpen] = useState(false);
  const label = words(tick);
  const face = html`<${TickIcon} name=${tick.icon} />${tick.count ?? ""}<span class="visually-hidden"
      >${label}</span>`;
  if (entry.local)
    return html`<span class=${`tick ${tick.tone}`} title=${label}>${face}</span>`;
  return html`
    <button
      type="button" class=${`tick ${tick.tone}`} data-tick=${entry.state}
      title=${label} aria-haspopup="dialog" onClick=${() => setOpen(true)}
    >${face}</button>
    ${isOpen && html`<${Details} entry=${entry} label=${label} onClose=${() => setOpen(false)} />`}
  `;
}

function Details({ entry, label, onClose }) {
  const { data, error, loading } = useAsync((signal) => api.get(`/messages/${entry.id}`, { signal }), [entry.id, entry.state]);
  return html`<${Dialog} title=${t("d.details.title")} onClose=${onClose}>
    <div class="stack details">
      <p class="details-state">${label}</p>
      ${entry.error && html`<p>${t(reasonKey(entry.error))} <${Code} error=${entry.error} /></p>`}
      ${entry.possible_duplicate && html`<p>${t("d.details.possible_duplicate")}</p>`}
      ${loading && html`<${Spinner} label=${t("d.loading")} />`}
      ${error && html`<p class="dim">${error}</p>`}
      ${data && html`<${Facts} message=${data} /><${Parts} message=${data} />`}
    </div>
  <//>`;
}

function Code({ error }) {
  const code = [error.reason, error.carrier_code].filter(Boolean).join(", ");
  return code ? html`<span class="dim">(${code})</span>` : null;
}

function Facts({ message }) {
  const facts = [
    ["d.details.created", message.created_at && html`<${Time} at=${message.created_at} kind="dateTime" />`],
    ["d.details.link", message.link],
    ["d.details.own", message.own],
    ["d.details.alphabet", t(`d.alphabet.${message.alphabet}`)],
  ];
  return html`<dl class="fact-list">
    ${facts.map(([key, value]) => value && html`<div><dt>${t(key)}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

function Parts({ message }) {
  const parts = message.segment_list ?? [];
  return html`<ol class="parts">
    ${parts.map((part) => html`<${Part} part=${part} attempts=${attemptsOf(message, part)} />`)}
  </ol>`;
}

const attemptsOf = (message, part) =>
  (message.attempts ?? []).filter((attempt) => attempt.segment === part.number);

function Part({ part, attempts }) {
  return html`<li>
    <p class="part-head">
      <strong>${t("d.details.part", { number: part.number, total: part.total })}</strong>
      ${" "}${t(`d.segment.${part.state}`)}
    </p>
    <dl class="fact-list">
      ${part.sent_at && html`<div><dt>${t("d.details.sent")}</dt><dd><${Time} at=${part.sent_at} kind="dateTime" /></dd></div>`}
      ${part.reported_at && html`<div><dt>${t("d.details.reported")}</dt><dd><${Time} at=${part.reported_at} kind="dateTime" /></dd></div>`}
      ${part.error && html`<div><dt>${t("d.details.error")}</dt><dd>${t(reasonKey(part.error))} <${Code} error=${part.error} /></dd></div>`}
    </dl>
    ${attempts.length > 1 && html`<details>
      <summary>${t("d.details.attempts", { n: attempts.length })}</summary>
      <ol>${attempts.map((attempt) => html`<li>
        <${Time} at=${attempt.started_at} kind="dateTime" /> · ${attempt.link} · ${t(`d.attempt.${attempt.state}`)}
        ${attempt.error && html` · ${t(reasonKey(attempt.error))}`}
      </li>`)}</ol>
    </details>`}
  </li>`;
}
