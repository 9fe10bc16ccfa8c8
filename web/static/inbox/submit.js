/** Sending what is in the composer: once, with the questions that must be asked first. */

import { useRef, useState } from "../vendor/htm-preact.js";
import { problem } from "./api.js";
import { t } from "./i18n.js";
import { addNote, send } from "./send.js";
import { confirm } from "./ui.js";

const TYPED_MS = 15_000;

/** The soft lock: who of the others typed a moment ago, remembered a little longer. */
function useOtherTyping(lookers) {
  const last = useRef(null);
  const typing = lookers.find((looker) => looker.typing);
  if (typing) last.current = { name: typing.agent.name, at: Date.now() };
  return () => (last.current && Date.now() - last.current.at < TYPED_MS ? last.current : null);
}

async function mayGo(other, asked) {
  if (!other || asked.current === other.at) return true;
  const isSure = await confirm({
    title: t("d.soft_lock.title"), text: t("d.soft_lock.text", { name: other.name }), yes: t("d.send_anyway"),
  });
  if (isSure) asked.current = other.at;
  return isSure;
}

const KNOWN_BY = 12;

/** The picked phrase, if its beginning is still in what is sent. */
const usedPhrase = (phrase, text) =>
  phrase && text.includes(phrase.text.slice(0, KNOWN_BY)) ? phrase.id : null;

/** {run(), problem}: an empty field sends nothing, so a second Enter does nothing. */
export function useSubmit({ threadId, field, isNote, isStuck, draft, phrase, lookers, places, select }) {
  const [wrong, setWrong] = useState(null);
  const busy = useRef(false);
  const asked = useRef(null);
  const otherTyping = useOtherTyping(lookers);

  const sendReply = (text) => {
    const answer = send(threadId, text, {
      cannedId: usedPhrase(phrase.current, text), draftRevision: draft.upTo(),
    });
    if (!answer.ok) return t(`d.refused.${answer.code}`);
    phrase.current = null;
    return null;
  };
  const keepNote = async (text) => {
    try {
      await addNote(threadId, text, { draftRevision: draft.upTo() });
      return null;
    } catch (error) {
      return problem(error);
    }
  };
  const run = async () => {
    const text = field.current.value.trim();
    if (!text || busy.current || isStuck) return;
    if (places.length > 0) {
      select(places[0]);
      setWrong(t("d.left_over_refused"));
      return;
    }
    busy.current = true;
    try {
      if (!isNote && !(await mayGo(otherTyping(), asked))) return;
      const error = isNote ? await keepNote(text) : sendReply(text);
      setWrong(error);
      if (error) return;
      field.current.value = "";
      draft.clear(false);
    } finally {
      busy.current = false;
      field.current?.focus();
    }
  };
  return { run, problem: wrong };
}
