/** What can be done to a conversation from its dialogue: verbs, toasts, undo. F.2, F.3 */

import { act, setTags } from "./actions.js";
import { problem } from "./api.js";
import { t } from "./i18n.js";
import { toast } from "./toast.js";

const UNDONE_BY = { hold: "resume", snooze: "resume", resolve: "reopen", spam: "restore" };
const TOAST_MS = 8000;

/** Does a verb; the words of what went wrong, or null. Says so, with a way back. */
export async function perform(conversation, verb, body = {}) {
  try {
    await act(conversation.id, verb, body);
  } catch (error) {
    return problem(error);
  }
  tell(conversation, verb);
  return null;
}

/** As `perform`, for what has no dialog to show its error in. */
export async function performNow(conversation, verb, body) {
  const wrong = await perform(conversation, verb, body);
  if (wrong) toast(wrong, { tone: "bad" });
  return !wrong;
}

function tell(conversation, verb) {
  const back = UNDONE_BY[verb];
  const action = back && {
    label: t("d.undo"),
    run: () => performNow(conversation, back, {}),
  };
  toast(t(`d.done.${verb}`), { action, ms: back ? TOAST_MS : undefined });
}

/** Sets the tags; the words of what went wrong, or null. */
export async function performTags(conversation, tags) {
  try {
    await setTags(conversation.id, tags);
  } catch (error) {
    return problem(error);
  }
  return null;
}

const OPEN = new Set(["queued", "active", "waiting", "hold", "snoozed"]);
const HELD = new Set(["hold", "snoozed"]);

/** Which verbs the header offers: a set of names. */
export function verbsOf(conversation, me, judges) {
  if (!conversation) return new Set();
  const verbs = new Set(["tags"]);
  const isMine = conversation.assignee?.id === me?.id;
  const mayMove = isMine || !conversation.assignee || judges;
  if (conversation.state === "spam") return verbs.add("restore");
  if (conversation.state === "resolved") return verbs.add("reopen").add("spam");
  if (!OPEN.has(conversation.state)) return verbs;
  if (!isMine) verbs.add(conversation.assignee ? "take_over" : "take");
  if (isMine) verbs.add("release");
  if (mayMove) {
    verbs.add("pass").add("resolve").add("spam");
    verbs.add(HELD.has(conversation.state) ? "resume" : "hold");
    verbs.add("snooze");
  }
  if (judges) verbs.add("assign");
  return verbs;
}
