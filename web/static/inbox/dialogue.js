/** The dialogue of one thread: head, log, bands, composer, and its keys and dialogs. F.1–F.3 */

import { html, useCallback, useEffect, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { loadSettings, loadThread, markUnread } from "./actions.js";
import { api, problem } from "./api.js";
import { Composer } from "./composer.js";
import { performNow, verbsOf } from "./conversation_acts.js";
import { MovedBand, RuleBand, UndoBar, undoable } from "./dialogue_bands.js";
import { DialogueDialogs } from "./dialogue_dialogs.js";
import { DialogueHeader } from "./dialogue_header.js";
import { DialogueLog } from "./dialogue_log.js";
import { t } from "./i18n.js";
import { useKeys } from "./keys.js";
import { replyRule } from "./reply_rule.js";
import { go, paths, usePane } from "./router.js";
import { can, contactOf, detailOf, linkOfThread, lookersOf, me, threadOf, timelineOf } from "./selectors.js";
import { undo } from "./send.js";
import { dispatch, useSelect } from "./store.js";
import { complain, toast } from "./toast.js";
import { Button, Empty, Spinner, confirm } from "./ui.js";

function useThread(threadId) {
  const thread = useSelect(threadOf, threadId);
  return {
    thread,
    contact: useSelect(contactOf, threadId),
    detail: useSelect(detailOf, threadId),
    timeline: useSelect(timelineOf, threadId),
    lookers: useSelect(lookersOf, threadId),
    link: useSelect(linkOfThread, threadId),
    self: useSelect(me),
    judges: useSelect(can, "supervise"),
    conversation: thread?.conversation ?? null,
  };
}

/** The centre of the page. `at` is an entry to jump to; the panel belongs to the frame. */
export function Dialogue({ threadId, at, panel, onPanel, onBack }) {
  const loaded = useThread(threadId);
  const wasThere = useRef(false);
  useEffect(() => {
    loadThread(threadId, { around: at }).catch(() => {}); // the state keeps the words
  }, [threadId, at]);
  if (loaded.thread) wasThere.current = true;
  else if (wasThere.current && !loaded.detail?.loading)
    return html`<${Lost} error=${t("error.thread_not_found")} onRetry=${() => go(paths.home())} />`;
  if (loaded.detail?.error && !loaded.thread)
    return html`<${Lost} error=${loaded.detail.error} onRetry=${() => loadThread(threadId, { again: true }).catch(() => {})} />`;
  if (!loaded.thread) return html`<div class="dialogue loading"><${Spinner} label=${t("d.loading")} /></div>`;
  return html`<${Open} key=${threadId} threadId=${threadId} at=${at} panel=${panel}
    onPanel=${onPanel} onBack=${onBack} ...${loaded} />`;
}

function Lost({ error, onRetry }) {
  return html`<div class="dialogue loading">
    <${Empty} icon="warning" title=${t("d.lost.title")} text=${error}
      action=${html`<${Button} onClick=${onRetry}>${t("d.try_again")}<//>`} />
  </div>`;
}

function useActions({ threadId, conversation, timeline, self, judges, composer, setDialog }) {
  const verbs = verbsOf(conversation, self, judges);
  const ifMay = (verb, run) => () => (verbs.has(verb) ? run() : false);
  const dialog = (name) => ifMay(name, () => setDialog(name));
  const now = (verb) => ifMay(verb, () => performNow(conversation, verb));
  const pending = undoable(timeline.items, self?.id);
  const callBack = useCallback(async () => {
    if (!pending) return;
    try {
      composer.current?.put(await undo(threadId, pending.id));
    } catch (error) {
      toast(problem(error), { tone: "warn" });
    }
  }, [threadId, pending?.id]);
  const unread = () => markUnreadFrom(threadId, timeline.items);
  useKeys({
    take: () => (verbs.has("take_over") ? setDialog("take_over") : now("take")()),
    hold: () => (verbs.has("resume") ? now("resume")() : now("hold")()),
    snooze: dialog("snooze"), pass: dialog("pass"), assign: dialog("assign"),
    resolve: dialog("resolve"),
    resolve_next: ifMay("resolve", () => setDialog("resolve_next")),
    tags: dialog("tags"), unread,
    spam: () => (verbs.has("restore") ? now("restore")() : now("spam")()),
    reply: () => composer.current?.focus("reply"),
    note: () => composer.current?.focus("note"),
    undo: () => (pending ? callBack() : false),
  });
  return { pending, callBack, unread };
}

/** From the entry that has the focus, else from the last thing the customer wrote. */
function markUnreadFrom(threadId, items) {
  const focused = document.activeElement?.closest("[data-entry]")?.dataset.entry;
  const last = items.findLast((entry) => entry.kind === "message" && entry.author?.kind === "customer");
  const from = focused ?? last?.id;
  if (!from) return;
  markUnread(threadId, from).then(() => toast(t("d.marked_unread")), complain);
}

function Open(props) {
  const { threadId, at, panel, onPanel, onBack, thread, contact, detail, timeline, lookers, link, self, judges, conversation } = props;
  const [dialog, setDialog] = useState(null);
  const composer = useRef(null);
  const pane = usePane();
  const acts = useActions({ threadId, conversation, timeline, self, judges, composer, setDialog });
  const rule = replyRule({ conversation, contact, me: self, link, reply: detail?.reply });
  const put = useCallback((text) => text && composer.current?.put(text), []);
  const contactName = contact?.name || contact?.address || "";
  const context = useMemo(
    () => ({
      at, meId: self?.id, contactName, onCopy: put,
      conversations: [...(detail?.earlier ?? []), ...(conversation ? [conversation] : [])],
    }),
    [at, self?.id, contactName, put, detail?.earlier, conversation],
  );
  const moved = timeline.items.find((entry) => entry.kind === "echo" && entry.state === "moved");
  return html`<section class="dialogue" aria-label=${t("d.dialogue_with", { name: contactName })}>
    <${DialogueHeader} thread=${{ ...thread, contact }} conversation=${conversation} me=${self}
      judges=${judges} pane=${pane} panel=${panel} open=${setDialog} onPanel=${onPanel}
      onUnread=${acts.unread} onBack=${onBack} lookers=${lookers} />
    <${DialogueLog} threadId=${threadId} at=${at} detail=${detail} timeline=${timeline} context=${context} />
    <div class="dialogue-foot">
      <${RuleBand} rule=${rule} conversation=${conversation} contact=${contact} link=${link} detail=${detail}
        onTakeOver=${() => setDialog("take_over")} onUnblock=${() => unblock(contact)} />
      ${moved && html`<${MovedBand} echo=${moved} onDraft=${put} />`}
      ${acts.pending && html`<${UndoBar} entry=${acts.pending} onUndo=${acts.callBack} />`}
      <${Composer} key=${threadId} threadId=${threadId} handle=${composer} rule=${rule} thread=${thread}
        contact=${contact} conversation=${conversation} detail=${detail} lookers=${lookers} />
    </div>
    <${DialogueDialogs} name=${dialog} conversation=${conversation} thread=${thread}
      onClose=${() => setDialog(null)} />
  </section>`;
}

async function unblock(contact) {
  const isSure = await confirm({ title: t("d.unblock"), text: t("d.unblock_explained"), yes: t("d.unblock") });
  if (!isSure) return;
  try {
    dispatch({ type: "contact", contact: await api.post(`/contacts/${contact.id}/unblock`) });
  } catch (error) {
    toast(problem(error), { tone: "bad" });
  }
}
