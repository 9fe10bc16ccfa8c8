/** Which pages administrators and supervisors have: addresses, names, and who may open them. */
import { can } from "../selectors.js";

const PAGES = [
  { path: "users", scope: "admin", icon: "contacts", title: "users.title" },
  { path: "canned", scope: "supervise", icon: "phrase", title: "canned_admin.title" },
  { path: "keywords", scope: "supervise", icon: "spam", title: "keywords.title" },
  { path: "links", scope: "supervise", icon: "link", title: "links.title" },
  { path: "settings", scope: "admin", icon: "settings", title: "settings_admin.title" },
  { path: "contacts", scope: "admin", icon: "trash", title: "erasure.title" },
  { path: "audit", scope: "admin", icon: "audit", title: "audit.title" },
  { path: "tokens", scope: "admin", icon: "key", title: "tokens.title" },
  { path: "webhooks", scope: "admin", icon: "webhook", title: "webhooks.title" },
  { path: "accounts", scope: "admin", icon: "globe", title: "accounts.title" },
];

/** Those that whoever is logged in may open. */
export const pagesFor = (state) => PAGES.filter(({ scope }) => can(state, scope));
