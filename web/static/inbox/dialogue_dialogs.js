/** Which dialog of the dialogue is open, and what it does when it is done. */

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { AssignDialog, PassDialog } from "./act_pass.js";
import { ActDialog } from "./act_dialog.js";
import { ResolveDialog } from "./act_resolve.js";
import { SnoozeDialog } from "./act_snooze.js";
import { TagsDialog } from "./act_tags.js";
import { api, problem } from "./api.js";
import { perform } from "./conversation_acts.js";
import { t } from "./i18n.js";
import { run } from "./keys.js";
import { straight } from "./safe_text.js";
import { Bidi, Dialog, Spinner } from "./ui.js";

function TakeOver({ conversation, onClose }) {
  const name = conversation.assignee?.name ?? "";
  return html`<${ActDialog} title=${t("d.take_over.title")} yes=${t("d.do.take_over")}
    submit=${() => perform(conversation, "take", { over: true })} onClose=${onClose}
    initial=".dialog-foot .btn-primary">
    <p><${Bidi}>${t("d.take_over.text", { name })}<//></p>
  <//>`;
}

/** The conversation as plain text, to be read or copied. */
function Transcript({ conversation, onClose }) {
  const [state, setState] = useState({ text: null, error: null });
  useEffect(() => {
    api.get(`/conversations/${conversation.id}/transcript`)
      .then((answer) => setState({ text: inWords(answer), error: null }))
      .catch((error) => setState({ text: null, error: problem(error) }));
  }, [conversation.id]);
  return html`<${Dialog} title=${t("d.transcript")} onClose=${onClose} wide>
    ${state.error && html`<p class="failure" role="alert">${state.error}</p>`}
    ${!state.text && !state.error && html`<${Spinner} label=${t("d.loading")} />`}
    ${state.text && html`<pre class="transcript" tabindex="0" dir="auto">${straight(state.text)}</pre>`}
  <//>`;
}

const inWords = (answer) => {
  if (typeof answer === "string") return answer;
  return answer?.text ?? JSON.stringify(answer, null, 2);
};

export function DialogueDialogs({ name, conversation, onClose }) {
  if (!name || !conversation) return null;
  const shared = { conversation, onClose };
  switch (name) {
    case "take_over":
      return html`<${TakeOver} ...${shared} />`;
    case "pass":
      return html`<${PassDialog} ...${shared} />`;
    case "assign":
      return html`<${AssignDialog} ...${shared} />`;
    case "snooze":
      return html`<${SnoozeDialog} ...${shared} />`;
    case "resolve":
      return html`<${ResolveDialog} ...${shared} />`;
    case "resolve_next":
      return html`<${ResolveDialog} ...${shared} onResolved=${() => run("next_needing") || run("next")} />`;
    case "tags":
      return html`<${TagsDialog} ...${shared} />`;
    case "transcript":
      return html`<${Transcript} ...${shared} />`;
    default:
      return null;
  }
}
