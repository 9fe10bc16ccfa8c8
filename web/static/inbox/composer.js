/** Where replies and notes are written: modes, Enter, drafts, phrases, counter. F.2, F.5, F.10 */

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { CannedList, slashQuery, useCanned } from "./canned.js";
import { Counter } from "./counter.js";
import { TypingLine } from "./dialogue_bands.js";
import { useDraft } from "./drafts.js";
import { locale, t } from "./i18n.js";
import { keyLabel } from "./keys.js";
import { looking } from "./looking.js";
import { reopens } from "./reply_rule.js";
import { me } from "./selectors.js";
import { useSelect } from "./store.js";
import { useSubmit } from "./submit.js";
import { Button, IconButton, Icon } from "./ui.js";
import { fill, leftOver, variableValues } from "./variables.js";

const MAX_HEIGHT_PX = 220;
const CANNED_ID = "canned-list";
const COUNTER_ID = "composer-count";

const prefsOf = (state) => state.prefs;
const settingsOf = (state) => state.settings;

function useField() {
  const field = useRef(null);
  const fit = () => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, MAX_HEIGHT_PX)}px`;
  };
  return { field, fit };
}

function placeholder({ isNote, conversation, settings }) {
  if (isNote) return t("d.write.note");
  if (conversation?.state === "resolved")
    return t(reopens(conversation, settings?.reopen_within_h ?? 72) ? "d.write.reopens" : "d.write.starts");
  if (conversation?.state === "hold" || conversation?.state === "snoozed") return t("d.write.resumes");
  return t("d.write.reply");
}

const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** True for the press that sends, by the agent's setting. */
export function sends(event, sendKey) {
  if (event.key !== "Enter" || event.shiftKey || event.altKey || isComposing(event)) return false;
  const withCtrl = event.ctrlKey || event.metaKey;
  return sendKey === "ctrl_enter" ? withCtrl : true;
}

function Modes({ isNote, mayReply, onMode }) {
  const mode = (value, key, action) => html`<button type="button" class=${`mode ${value ? "note" : "reply"}`}
    aria-pressed=${String(isNote === value)} disabled=${!value && !mayReply && isNote}
    title=${keyLabel(action)} onClick=${() => onMode(value)}>
    ${value && html`<${Icon} name="lock" size=${14} />`} ${t(key)}
  </button>`;
  return html`<div class="modes" role="group" aria-label=${t("d.mode")}>
    ${mode(false, "d.mode.reply", "reply")}${mode(true, "d.mode.note", "note")}
  </div>`;
}

function LeftOver({ places, onSelect }) {
  if (!places.length) return null;
  return html`<p class="left-over">
    <${Icon} name="warning" size=${14} /> ${t("d.left_over")}${" "}
    ${places.map((place) => html`<button type="button" class="link-button" key=${place.start}
      onClick=${() => onSelect(place)}><mark>${place.name}</mark></button>${" "}`)}
  </p>`;
}

/** `handle.current` gets {focus(mode), put(text)} for the dialogue around it. */
export function Composer({ threadId, handle, rule, thread, contact, conversation, detail, lookers }) {
  const prefs = useSelect(prefsOf);
  const settings = useSelect(settingsOf);
  const self = useSelect(me);
  const draft = useDraft(threadId, detail?.draft);
  const [isClosed, setClosed] = useState(false); // the phrases, until the next key
  const phrase = useRef(null); // the last one picked: {id, text}
  const { field, fit } = useField();
  const mayReply = rule.mode === "reply";
  const { text } = draft;
  // A reply that was begun stays one, and waits, when a colleague takes the conversation.
  const isNote = draft.isNote || (!mayReply && !text);
  const isStuck = !isNote && !mayReply;
  const values = useMemo(
    () => variableValues({ contact, agent: self, own: thread.own, conversation, language: locale() }),
    [contact, self, thread.own, conversation?.number],
  );
  const places = isNote ? [] : leftOver(text);
  useLayoutEffect(fit, [text, isNote]);

  const select = ({ start, end }) => {
    field.current.focus();
    field.current.setSelectionRange(start, end);
  };
  const put = (added) => {
    const joined = text.trim() ? `${text.trimEnd()}\n${added}` : added;
    draft.set(joined, false);
    requestAnimationFrame(() => select({ start: joined.length, end: joined.length }));
  };
  const focus = (mode) => {
    if (mode) draft.set(text, mode === "note" || (!mayReply && isNote));
    field.current?.focus();
  };
  useEffect(() => {
    handle.current = { focus, put };
    return () => {
      handle.current = null;
    };
  });

  const pick = (item) => {
    const filled = fill(item.text, values);
    phrase.current = { id: item.id, text: filled };
    draft.set(filled, isNote);
    const [first] = leftOver(filled);
    requestAnimationFrame(() => select(first ?? { start: filled.length, end: filled.length }));
  };
  const canned = useCanned({
    query: isClosed || isNote ? null : slashQuery(text),
    language: contact?.language,
    onPick: pick,
    onClose: () => setClosed(true),
  });
  const submit = useSubmit({ threadId, field, isNote, isStuck, draft, phrase, lookers, places, select });

  const typed = (event) => {
    setClosed(false);
    draft.set(event.target.value, isNote);
    if (!isNote && event.target.value) looking(threadId, { typing: true });
  };
  const pressed = (event) => {
    if (isComposing(event)) return;
    if (canned.onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (sends(event, prefs.send_key)) {
      event.preventDefault();
      if (!event.repeat) submit.run();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      draft.flush();
      field.current.blur();
      document.querySelector(".log")?.focus({ preventScroll: true });
    }
  };
  if (rule.mode === "locked") return null;
  const listed = canned.isOpen && canned.items.length > 0;
  return html`<form class=${`composer${isNote ? " is-note" : ""}`} onSubmit=${(event) => {
      event.preventDefault();
      submit.run();
    }}>
    <${TypingLine} lookers=${lookers} />
    <${CannedList} id=${CANNED_ID} canned=${canned} values=${values} onPick=${pick} />
    <div class="composer-bar">
      <${Modes} isNote=${isNote} mayReply=${mayReply} onMode=${(note) => focus(note ? "note" : "reply")} />
      ${!isNote && html`<${IconButton} icon="phrase" label=${t("d.canned.open")}
        onClick=${() => openCanned({ text, draft, field, setClosed })} />`}
      ${text && html`<span class="composer-kept dim">${t("d.draft_kept")}</span>`}
    </div>
    <div class="composer-field">
      <label class="visually-hidden" for="composer-text">${t(isNote ? "d.mode.note" : "d.mode.reply")}</label>
      <textarea id="composer-text" ref=${field} rows="2" dir="auto" spellcheck="true" maxlength="20000"
        placeholder=${placeholder({ isNote, conversation, settings })} value=${text}
        aria-describedby=${COUNTER_ID} aria-autocomplete=${isNote ? undefined : "list"}
        aria-controls=${listed ? CANNED_ID : undefined}
        aria-activedescendant=${listed ? `${CANNED_ID}-${canned.chosen}` : undefined}
        onInput=${typed} onKeyDown=${pressed} onBlur=${draft.flush}></textarea>
      <${Button} kind="primary" type="submit" icon=${isNote ? "note" : "send"}
        title=${t(prefs.send_key === "ctrl_enter" ? "d.send.ctrl_enter" : "d.send.enter")}
        disabled=${!text.trim() || places.length > 0 || isStuck}>${t(isNote ? "d.add_note" : "d.send")}<//>
    </div>
    ${submit.problem && html`<p class="failure" role="alert">${submit.problem}</p>`}
    ${isStuck && html`<p class="left-over" role="status">${t("d.stuck")}</p>`}
    <${LeftOver} places=${places} onSelect=${select} />
    ${isNote
      ? html`<p class="counter" id=${COUNTER_ID}>${t("d.note_hint")}</p>`
      : html`<${Counter} id=${COUNTER_ID} text=${canned.isOpen ? "" : text} settings=${settings}
          onReplace=${(cheaper) => draft.set(cheaper, false)} />`}
  </form>`;
}

/** The button for what `/` does by key: it needs an empty field to search in. */
function openCanned({ text, draft, field, setClosed }) {
  setClosed(false);
  if (!text.trim()) draft.set("/", false);
  field.current.focus();
}
