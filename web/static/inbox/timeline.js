/** Entries of a thread as the rows that are drawn: days, conversations, bubbles. Pure. */

import { placeOf } from "./place.js";

const GROUP_GAP_MS = 3 * 60_000;

export const isOut = (entry) => String(entry.direction).toLowerCase() === "mt";

/** True for what the agents' side says to the customer, or means to. */
export const isOurs = (entry) =>
  entry.kind === "reply" || entry.kind === "echo" || (entry.kind === "message" && isOut(entry));

/** Who speaks, so that bubbles in a row can stand together; null stands alone. */
function voiceOf(entry, meId) {
  switch (entry.kind) {
    case "step":
      return null;
    case "echo":
      return `out:${meId}`;
    case "message":
      return isOut(entry) ? `out:${entry.author?.agent?.id ?? entry.author?.kind}` : "in";
    default:
      return `${entry.kind}:${entry.author?.id}`;
  }
}

const dayOf = (moment) => new Date(moment).toDateString();

const opensConversation = (entry) => entry.kind === "step" && entry.step === "opened";

const isNews = (entry, readPlace, meId) =>
  !isOurs(entry) &&
  entry.kind !== "step" &&
  entry.author?.id !== meId && // a note of one's own
  placeOf(entry.id) > readPlace;

function standTogether(one, other, meId) {
  const voice = voiceOf(one, meId);
  if (voice === null || voice !== voiceOf(other, meId)) return false;
  return new Date(other.at) - new Date(one.at) < GROUP_GAP_MS;
}

/**
 * Rows to draw, old to new: {type: "day"|"conversation"|"new"|"entry", key, …}.
 * `readPlace` is how far the reader had read when the thread was opened; null: all.
 */
export function rowsOf(entries, { readPlace = null, meId = null } = {}) {
  const rows = [];
  let day = null;
  let before = null;
  let hasNew = false;
  const part = (row) => {
    rows.push(row);
    before = null;
  };
  for (const entry of entries) {
    if (entry.state === "withdrawn") continue;
    if (dayOf(entry.at) !== day) {
      day = dayOf(entry.at);
      part({ type: "day", key: `day:${day}`, at: entry.at });
    }
    if (!hasNew && readPlace !== null && isNews(entry, readPlace, meId)) {
      hasNew = true;
      part({ type: "new", key: "new" });
    }
    if (opensConversation(entry)) {
      part({ type: "conversation", key: entry.id, entry });
      continue;
    }
    const follows = before !== null && standTogether(before, entry, meId);
    rows.push({ type: "entry", key: entry.client_id ?? entry.id, entry, follows });
    before = entry;
  }
  return rows;
}

/** The last entry that can be marked as read. */
export const lastRead = (entries) => entries.findLast((entry) => entry.kind !== "echo");
