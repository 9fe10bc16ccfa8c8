/** What the composer may do in a thread now, and what its band says. Pure. F.2 */

const HOUR_MS = 3_600_000;

const numberOf = (contact) =>
  contact?.numbers?.find((number) => number.address === contact.address) ??
  contact?.numbers?.[0];

/** When the customer opted out and has not written since; else null. */
export function optedOut(contact) {
  const number = numberOf(contact);
  if (!number?.opted_out_at) return null;
  const wroteLater = number.last_in_at && number.last_in_at > number.opted_out_at;
  return { at: number.opted_out_at, mayAnswer: Boolean(wroteLater) };
}

/** True when writing goes on with the conversation that was resolved. */
export function reopens(conversation, reopenWithinH, now = Date.now()) {
  if (conversation?.state !== "resolved" || !conversation.resolved_at) return false;
  return now - new Date(conversation.resolved_at) < reopenWithinH * HOUR_MS;
}

/**
 * {mode: "reply"|"note"|"locked", band: null|"opted_out"|"opted_out_answer"|"blocked"
 * |"spam"|"taken"|"no_link", mayWriteNote}. The server has the last word.
 */
export function replyRule({ conversation, contact, me, link, reply }) {
  const rule = (mode, band = null) => ({ mode, band });
  if (conversation?.state === "spam") return rule("locked", "spam");
  if (contact?.blocked_at) return rule("locked", "blocked");
  const opted = optedOut(contact);
  if (opted && !opted.mayAnswer) return rule("note", "opted_out");
  const isOpen = conversation && conversation.state !== "resolved";
  const owner = isOpen ? conversation.assignee : null;
  if (owner && owner.id !== me?.id) return rule("note", "taken");
  if (link && link.state !== "up") return rule("reply", "no_link");
  if (!link && reply?.reason === "no_link") return rule("reply", "no_link");
  return rule("reply", opted ? "opted_out_answer" : null);
}
