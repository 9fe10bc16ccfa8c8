/** The views of the list: what belongs to each, and in which order it stands. */

export const VIEWS = ["mine", "queue", "open", "waiting", "hold", "resolved", "spam", "all"];
export const COUNTED = ["mine", "queue", "open", "hold", "spam"];

const ENDED = new Set(["resolved", "spam"]);

export const hasEnded = (conversation) => !conversation || ENDED.has(conversation.state);

const owed = (thread) => thread.conversation?.unanswered_at ?? null;

/** Whether the customer wrote last and an answer is ours to give. */
export const needsAnswer = (thread) =>
  Boolean(owed(thread)) &&
  !hasEnded(thread.conversation) &&
  !["hold", "snoozed"].includes(thread.conversation.state);

export function belongs(view, thread, myId) {
  const conversation = thread.conversation;
  switch (view) {
    case "all":
      return true;
    case "mine":
      return !hasEnded(conversation) && conversation.assignee?.id === myId;
    case "open":
      return !hasEnded(conversation);
    case "hold":
      return ["hold", "snoozed"].includes(conversation?.state);
    case "queue":
      return conversation?.state === "queued";
    default:
      return conversation?.state === view;
  }
}

const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const latest = (thread) => thread.last?.at ?? thread.conversation?.updated_at ?? "";
const newestFirst = (a, b) => text(latest(b), latest(a));

function mineFirst(a, b) {
  const [needsA, needsB] = [needsAnswer(a), needsAnswer(b)];
  if (needsA !== needsB) return needsA ? -1 : 1;
  return needsA ? text(owed(a), owed(b)) : newestFirst(a, b);
}

function queueFirst(a, b) {
  const [left, right] = [a.conversation, b.conversation];
  return right.priority - left.priority || text(left.virtual_start, right.virtual_start);
}

/** How two threads of a view stand to one another; the server pages in the same order. */
export function orderOf(view) {
  const first = { mine: mineFirst, queue: queueFirst }[view] ?? newestFirst;
  return (a, b) => first(a, b) || text(a.id, b.id);
}
