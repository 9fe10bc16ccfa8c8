/** The head of a dialogue: who, in which state, since when, and what can be done. F.2 */

import { html } from "../vendor/htm-preact.js";
import { performNow, verbsOf } from "./conversation_acts.js";
import { fmt, t } from "./i18n.js";
import { Avatar, Bidi, Button, Chip, IconButton, Menu, Wait } from "./ui.js";

const TONES = {
  queued: "warn", active: "accent", waiting: "neutral", hold: "note", snoozed: "note",
  resolved: "good", spam: "bad",
};
const STATE_ICONS = {
  queued: "inbox", active: "message", waiting: "clock", hold: "hold", snoozed: "snooze",
  resolved: "resolve", spam: "spam",
};

function words(conversation, meId) {
  const { state, assignee } = conversation;
  const mine = assignee?.id === meId;
  switch (state) {
    case "active":
      return mine ? t("d.state.active_mine") : t("d.state.active_other", { name: assignee?.name ?? "" });
    case "hold":
      return conversation.hold_until
        ? t("d.state.hold_until", { at: fmt.short(conversation.hold_until) })
        : t("d.state.hold");
    case "snoozed":
      return t("d.state.snoozed", { at: fmt.dateTime(conversation.snooze_until) });
    case "resolved":
      return resolvedWords(conversation);
    default:
      return t(`d.state.${state}`);
  }
}

function resolvedWords({ result, resolved_by: by }) {
  if (result && by) return t("d.state.resolved_result_by", { result, name: by.name });
  if (result) return t("d.state.resolved_result", { result });
  return by ? t("d.state.resolved_by", { name: by.name }) : t("d.state.resolved");
}

/** Since when the ball lies where it lies. */
function since({ state, unanswered_at: owed, virtual_start: start, last_out_at: out }) {
  if (state === "queued") return owed ?? start;
  if (state === "active") return owed;
  return state === "waiting" ? out : null;
}

// States whose words do not say by themselves whose it is.
const NAMED = new Set(["waiting", "hold", "snoozed"]);

function State({ conversation, meId }) {
  if (!conversation) return html`<p class="head-state dim">${t("d.state.none")}</p>`;
  const from = since(conversation);
  return html`<p class="head-state">
    <${Chip} tone=${TONES[conversation.state]} icon=${STATE_ICONS[conversation.state]}>
      <${Bidi}>${words(conversation, meId)}<//>
    <//>
    ${from && html`<span class="head-timer num" title=${t("d.timer")}><${Wait} since=${from} /></span>`}
    ${NAMED.has(conversation.state) && conversation.assignee && conversation.assignee.id !== meId && html`<span class="dim"><${Bidi}>${conversation.assignee.name}<//></span>`}
    ${conversation.tags?.map((tag) => html`<span class="tag" key=${tag}><${Bidi}>${tag}<//></span>`)}
  </p>`;
}

/** The verbs as a list of {verb, label, icon, keys, run}. */
function actions(conversation, verbs, open) {
  const now = (verb, body) => () => performNow(conversation, verb, body);
  const all = [
    { verb: "take", icon: "take", keys: "take", run: now("take") },
    { verb: "take_over", icon: "take", keys: "take", run: () => open("take_over") },
    { verb: "resume", icon: "reopen", run: now("resume") },
    { verb: "hold", icon: "hold", keys: "hold", run: now("hold") },
    { verb: "snooze", icon: "snooze", keys: "snooze", run: () => open("snooze") },
    { verb: "pass", icon: "pass", keys: "pass", run: () => open("pass") },
    { verb: "resolve", icon: "resolve", keys: "resolve", run: () => open("resolve") },
    { verb: "reopen", icon: "reopen", run: now("reopen") },
    { verb: "restore", icon: "reopen", keys: "spam", run: now("restore") },
    { verb: "release", icon: "inbox", run: now("release") },
    { verb: "assign", icon: "contacts", keys: "assign", run: () => open("assign") },
    { verb: "tags", icon: "tag", keys: "tags", run: () => open("tags") },
    { verb: "spam", icon: "spam", keys: "spam", danger: true, run: now("spam") },
  ];
  return all
    .filter(({ verb }) => verbs.has(verb))
    .map((action) => ({ ...action, label: t(`d.do.${action.verb}`) }));
}

const FIRST = ["take", "take_over", "resume", "restore", "reopen"];
const SHOWN = { wide: ["hold", "snooze", "pass", "resolve"], drawer: ["hold", "snooze", "pass", "resolve"], two: ["resolve"], one: [] };

function FirstButton({ action }) {
  return html`<${Button} kind="primary" size="s" icon=${action.icon} keys=${action.keys}
    onClick=${action.run}>${action.label}<//>`;
}

function Actions({ conversation, me, judges, pane, open, extra }) {
  const all = actions(conversation, verbsOf(conversation, me, judges), open);
  const firstVerb = FIRST.find((verb) => all.some((action) => action.verb === verb));
  const first = all.find((action) => action.verb === firstVerb);
  const inBar = all.filter(({ verb }) => SHOWN[pane].includes(verb));
  const rest = all.filter((action) => action !== first && !inBar.includes(action));
  const items = rest.map(({ label, icon, keys, danger, run }) => ({
    label, icon, danger, keys, onPick: run,
  }));
  return html`<div class="head-actions" role="group" aria-label=${t("d.actions")}>
    ${first && html`<${FirstButton} action=${first} />`}
    ${inBar.map((action) =>
      action.verb === "resolve"
        ? html`<${Button} key="resolve" size="s" icon="resolve" kind=${first ? "plain" : "primary"}
            keys=${action.keys} onClick=${action.run}>${action.label}<//>`
        : html`<${IconButton} key=${action.verb} icon=${action.icon} label=${action.label}
            keys=${action.keys} onClick=${action.run} />`)}
    <${Menu} label=${t("d.more")} icon="more" align="end" items=${[...items, ...extra(items.length > 0)]} />
  </div>`;
}

/** `open(dialog)` shows one of the dialogs; `onPanel` the contact. */
export function DialogueHeader({ thread, conversation, me, judges, pane, panel, open, onPanel, onUnread, onBack, lookers }) {
  const { contact } = thread;
  const title = contact.name || contact.address;
  const extra = (hasOthers) => [
    ...(hasOthers ? ["-"] : []),
    { label: t("d.mark_unread"), icon: "dot", keys: "unread", onPick: onUnread },
    ...(conversation ? [{ label: t("d.transcript"), icon: "copy", onPick: () => open("transcript") }] : []),
  ];
  return html`<header class="dialogue-head">
    <div class="head-who">
      ${onBack && html`<${IconButton} icon="back" label=${t("ui.back")} onClick=${onBack} />`}
      <h2 class="head-name truncate"><${Bidi}>${title}<//></h2>
      ${contact.name && html`<span class="head-number dim num"><${Bidi}>${contact.address}<//></span>`}
      ${lookers.length > 0 && html`<${Lookers} lookers=${lookers} />`}
    </div>
    <${State} conversation=${conversation} meId=${me?.id} />
    <div class="head-tools">
      <${Actions} conversation=${conversation} me=${me} judges=${judges} pane=${pane} open=${open} extra=${extra} />
      <${IconButton} icon="panel" label=${t("d.contact")} keys="panel" pressed=${panel} onClick=${onPanel} />
    </div>
  </header>`;
}

function Lookers({ lookers }) {
  const names = fmt.list(lookers.map(({ agent }) => agent.name));
  return html`<span class="head-lookers" title=${t("d.also_here", { names })}>
    <span class="visually-hidden">${t("d.also_here", { names })}</span>
    ${lookers.slice(0, 3).map(({ agent }) => html`<${Avatar} key=${agent.id} name=${agent.name} id=${agent.id} size="s" />`)}
  </span>`;
}
