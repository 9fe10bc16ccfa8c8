/** What is honestly known of a message of ours: icon, key of its words, tone. Pure. F.5 */

const LINE = new Set([
  "operator_barring", "call_barred", "facility_rejected", "facility_not_subscribed",
  "facility_not_implemented", "no_centre_subscription", "sim_missing", "sim_pin",
  "phone_sim_pin", "sim_failure", "sim_wrong", "sim_puk", "sim_pin2", "sim_puk2",
  "centre_unknown", "sender_refused", "not_bound", "operation_not_allowed",
]);
const NUMBER = new Set([
  "unassigned_number", "transfer_rejected", "unidentified_subscriber",
  "unknown_subscriber", "number_barred_by_centre", "destination_barred",
  "destination_refused", "duplicate_rejected", "undeliverable", "undelivered", "rejected",
]);
const NETWORK = new Set([
  "network_failure", "congestion", "network_out_of_order", "temporary_failure",
  "switching_congestion", "resources_unavailable", "centre_busy", "centre_failure",
  "no_network_service", "network_timeout", "submit_failed",
]);
const PLAIN = new Set(["opted_out", "expired", "cancelled", "interrupted", "poison"]);

/** The family of words for a failure: a key of the catalogue. */
export function reasonKey(error) {
  if (!error) return "d.reason.unknown";
  for (const code of [error.code, error.reason]) {
    if (PLAIN.has(code)) return `d.reason.${code}`;
    if (NUMBER.has(code)) return "d.reason.number";
    if (LINE.has(code)) return "d.reason.line";
    if (NETWORK.has(code)) return "d.reason.network";
  }
  return "d.reason.unknown";
}

const part = (done, total) => ({ done, total });

/** {icon, key, params, tone, isFinal}: tone is quiet | good | doubt | bad. */
export function tickOf(entry, { undoLeft_s = 0 } = {}) {
  if (entry.local) return localTick(entry);
  if (undoLeft_s > 0)
    return { icon: "undo", key: "d.tick.undo", params: { seconds: undoLeft_s }, tone: "quiet" };
  const { sent = 0, delivered = 0, total = entry.segments } = entry.progress ?? {};
  const isLong = total > 1;
  switch (entry.state) {
    case "scheduled":
      return { icon: "clock", key: "d.tick.scheduled", params: { at: entry.send_at }, tone: "quiet" };
    case "queued":
      return { icon: "clock", key: "d.tick.queued", tone: "quiet" };
    case "sending":
      return isLong && sent > 0
        ? { icon: "clock", key: "d.tick.sending_part", params: part(sent, total), tone: "quiet", count: `${sent}/${total}` }
        : { icon: "clock", key: "d.tick.sending", tone: "quiet" };
    case "sent":
      return isLong && delivered > 0
        ? { icon: "sent", key: "d.tick.delivered_part", params: part(delivered, total), tone: "quiet", count: `${delivered}/${total}` }
        : { icon: "sent", key: "d.tick.sent", tone: "quiet" };
    case "delivered":
      return { icon: "delivered", key: "d.tick.delivered", tone: "good" };
    case "unknown":
      return { icon: "doubt", key: "d.tick.unknown", tone: "doubt" };
    case "expired":
      return { icon: "failed", key: "d.tick.expired", tone: "bad" };
    case "cancelled":
      return { icon: "cancelled", key: "d.tick.cancelled", tone: "quiet" };
    default:
      return { icon: "failed", key: `d.tick.${entry.state}`, tone: "bad" };
  }
}

function localTick(entry) {
  switch (entry.local) {
    case "offline":
      return { icon: "clock", key: "d.tick.offline", tone: "quiet" };
    case "refused":
      return { icon: "failed", key: "d.tick.refused", tone: "bad" };
    default:
      return { icon: "clock", key: "d.tick.posting", tone: "quiet" };
  }
}

const RETRIED = new Set(["failed", "undelivered", "expired", "unknown"]);

/** Whether a person may ask for another try. */
export const mayRetry = (entry) => !entry.local && RETRIED.has(entry.state);

/** Octets arrived, answer did not: another try may double it. */
export const mayDouble = (entry) => entry.state === "unknown" || entry.state === "expired";
