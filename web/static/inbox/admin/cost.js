/** What a phrase costs each time it is sent. */
import { fmt, t } from "../i18n.js";

/** What sending it once costs, in segments and, where a price is known, in money. */
export function costWords(segments, settings) {
  const count = t("canned_admin.segments", { n: segments });
  if (!settings?.price_per_segment) return count;
  const price = fmt.money((settings.price_per_segment * segments) / 100, settings.currency);
  return t("canned_admin.costs", { count, price });
}
