/** What may be done with a contact, by role; each opens its dialog. */

import { html } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { can } from "./selectors.js";
import { useSelect } from "./store.js";
import { Menu } from "./ui.js";

export function ContactMenu({ contact, open }) {
  const isAdmin = useSelect(can, "admin");
  const isOut = contact.numbers?.some((number) => number.opted_out_at);
  const merged = (contact.numbers ?? []).some((number) => number.contact_id && number.contact_id !== contact.id);
  const item = (name, icon, danger = false) => ({
    label: t(`d.contact.${name}`), icon, danger, onPick: () => open(name),
  });
  const items = [
    item("edit", "write"),
    "-",
    item(isOut ? "opt_in" : "opt_out", "spam"),
    item(contact.blocked_at ? "unblock" : "block", "spam", !contact.blocked_at),
    "-",
    item("merge", "merge"),
    ...(merged ? [item("split", "split")] : []),
    ...(isAdmin ? ["-", item("export", "copy"), item("erase", "trash", true)] : []),
  ];
  return html`<${Menu} label=${t("d.contact.more")} icon="more" align="end" items=${items} />`;
}
