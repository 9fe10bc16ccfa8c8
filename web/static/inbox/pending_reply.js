/** A trainee's reply that waits for approval, or came back; approved or rejected here. */

import { html, useState } from "../vendor/htm-preact.js";
import { api, problem } from "./api.js";
import { t } from "./i18n.js";
import { SafeText } from "./message_text.js";
import { can, me } from "./selectors.js";
import { undo } from "./send.js";
import { useSelect } from "./store.js";
import { complain } from "./toast.js";
import { Bidi, Button, Icon, TextField, Time } from "./ui.js";

/** The buttons of a supervisor: send as it is, send changed, give back with a note. */
export function Judgement({ entry, onDone }) {
  const [part, setPart] = useState(null);
  const [text, setText] = useState(entry.text);
  const [note, setNote] = useState("");
  const [state, setState] = useState({ busy: false, error: null });
  const judge = async (verb, body) => {
    setState({ busy: true, error: null });
    try {
      await api.post(`/replies/${entry.id}/${verb}`, body);
      setState({ busy: false, error: null });
      setPart(null);
      onDone?.(verb);
    } catch (error) {
      setState({ busy: false, error: problem(error) });
    }
  };
  const reject = (event) => {
    event.preventDefault();
    judge("reject", { note });
  };
  const change = (event) => {
    event.preventDefault();
    judge("approve", { text });
  };
  return html`<div class="judgement stack">
    ${state.error && html`<p class="failure" role="alert">${state.error}</p>`}
    ${part === null && html`<div class="row-flex">
      <${Button} kind="primary" size="s" icon="check" busy=${state.busy}
        onClick=${() => judge("approve", {})}>${t("d.approve")}<//>
      <${Button} size="s" onClick=${() => setPart("change")}>${t("d.approve_changed")}<//>
      <${Button} size="s" onClick=${() => setPart("reject")}>${t("d.reject")}<//>
    </div>`}
    ${part === "change" && html`<form class="stack" onSubmit=${change}>
      <${Area} label=${t("d.reply_text")} value=${text} onInput=${setText} />
      <${Ends} yes=${t("d.approve")} busy=${state.busy} onBack=${() => setPart(null)} />
    </form>`}
    ${part === "reject" && html`<form class="stack" onSubmit=${reject}>
      <${TextField} label=${t("d.reject_note")} value=${note} onInput=${setNote} required />
      <${Ends} yes=${t("d.reject")} busy=${state.busy} onBack=${() => setPart(null)} />
    </form>`}
  </div>`;
}

function Area({ label, value, onInput }) {
  return html`<label class="field"><span class="label">${label}</span>
    <textarea class="input" rows="3" value=${value}
      onInput=${(event) => onInput(event.target.value)}></textarea>
  </label>`;
}

function Ends({ yes, busy, onBack }) {
  return html`<div class="row-flex">
    <${Button} kind="primary" size="s" type="submit" busy=${busy}>${yes}<//>
    <${Button} size="s" kind="ghost" onClick=${onBack}>${t("d.cancel")}<//>
  </div>`;
}

/** Its writer's second thought: back to the field with it. */
function CallBack({ entry, onCopy }) {
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      onCopy(await undo(entry.thread_id, entry.id));
    } catch (error) {
      setBusy(false);
      complain(error);
    }
  };
  return html`<div class="row-flex">
    <${Button} size="s" icon="undo" busy=${isBusy} onClick=${run}>${t("d.undo.call_back")}<//>
  </div>`;
}

/** Its bubble in the dialogue. */
export function PendingReply({ entry, follows, speaker, isHit, onCopy }) {
  const mine = useSelect(me)?.id === entry.author?.id;
  const judges = useSelect(can, "supervise");
  const isRejected = entry.state === "rejected";
  return html`<article
    class=${`bubble out pending${follows ? " follows" : ""}${isRejected ? " failed" : ""}${isHit ? " hit" : ""}`}
    id=${`entry-${entry.id}`} data-entry=${entry.id} data-state=${entry.state} tabindex="-1"
  >
    <p class="speaker"><${Bidi}>${speaker}<//><span class="visually-hidden">${": "}</span></p>
    <${SafeText} text=${entry.text} />
    ${isRejected && html`<p class="failure">
      ${t("d.rejected_by", { name: entry.approver?.name ?? "" })}: <${Bidi}>${entry.approver_note}<//>
    </p>`}
    ${isRejected && mine && html`<${Button} size="s" onClick=${() => onCopy(entry.text)}>${t("d.copy_to_composer")}<//>`}
    ${!isRejected && mine && html`<${CallBack} entry=${entry} onCopy=${onCopy} />`}
    ${!isRejected && judges && !mine && html`<${Judgement} entry=${entry} />`}
    <footer class="meta">
      <${Time} at=${entry.at} kind="time" />
      <span class="tick quiet"><${Icon} name="clock" size=${14} /> ${t(isRejected ? "d.rejected" : "d.pending")}</span>
    </footer>
  </article>`;
}
