/** The administrator's and supervisor's pages: their list, and the one that is open. */
import { html, useEffect } from "../../vendor/htm-preact.js";
import { addPart, t } from "../i18n.js";
import { Link, paths, usePane } from "../router.js";
import { can } from "../selectors.js";
import { useSelect } from "../store.js";
import { Empty, Icon } from "../ui.js";
import { Accounts } from "./accounts.js";
import { Audit } from "./audit.js";
import { CannedPage } from "./canned.js";
import { Erasure } from "./erasure.js";
import { Keywords } from "./keywords.js";
import { Links } from "./links.js";
import { SettingsPage } from "./settings.js";
import { Tokens } from "./tokens.js";
import { Users } from "./users.js";
import { Webhooks } from "./webhooks.js";

await addPart("admin");

const PAGES = [
  { path: "users", scope: "admin", icon: "contacts", title: "users.title", view: Users },
  { path: "canned", scope: "supervise", icon: "phrase", title: "canned_admin.title", view: CannedPage },
  { path: "keywords", scope: "supervise", icon: "spam", title: "keywords.title", view: Keywords },
  { path: "links", scope: "supervise", icon: "link", title: "links.title", view: Links },
  { path: "settings", scope: "admin", icon: "settings", title: "settings_admin.title", view: SettingsPage },
  { path: "contacts", scope: "admin", icon: "trash", title: "erasure.title", view: Erasure },
  { path: "audit", scope: "admin", icon: "audit", title: "audit.title", view: Audit },
  { path: "tokens", scope: "admin", icon: "key", title: "tokens.title", view: Tokens },
  { path: "webhooks", scope: "admin", icon: "webhook", title: "webhooks.title", view: Webhooks },
  { path: "accounts", scope: "admin", icon: "globe", title: "accounts.title", view: Accounts },
];

export function AdminPages({ path }) {
  const isAdmin = useSelect((state) => can(state, "admin"));
  const supervises = useSelect((state) => can(state, "supervise"));
  const pane = usePane();
  const [name, ...rest] = path.split("/");
  const mine = PAGES.filter((page) => isAdmin || (supervises && page.scope === "supervise"));
  const open = mine.find((page) => page.path === name);
  const isNarrow = pane === "one";
  useEffect(() => {
    document.querySelector(".admin-body h1, .admin-nav h1")?.scrollIntoView?.({ block: "nearest" });
  }, [name]);
  if (mine.length === 0) {
    return html`<div class="page"><${Empty} icon="lock" title=${t("admin.closed")} text=${t("admin.closed_text")} /></div>`;
  }
  return html`
    <div class=${`admin ${isNarrow ? "admin-narrow" : ""}`}>
      ${(!isNarrow || !open) && html`<${Nav} pages=${mine} open=${open} isNarrow=${isNarrow} />`}
      ${open && html`
        <div class="admin-body">
          ${isNarrow && html`
            <${Link} to=${paths.admin("")} class="admin-back"><${Icon} name="back" />${t("admin.all")}<//>
          `}
          <${open.view} rest=${rest} isAdmin=${isAdmin} />
        </div>
      `}
      ${!open && !isNarrow && html`
        <div class="admin-body">
          <${Empty} icon="settings" title=${t("admin.title")} text=${t("admin.choose")} />
        </div>
      `}
    </div>
  `;
}

function Nav({ pages, open, isNarrow }) {
  return html`
    <nav class="admin-nav" aria-label=${t("admin.pages")}>
      ${isNarrow ? html`<h1>${t("admin.title")}</h1>` : html`<h2>${t("admin.title")}</h2>`}
      <ul>
        ${pages.map((page) => html`
          <li key=${page.path}>
            <${Link} to=${paths.admin(page.path)} class="admin-link" aria-current=${page === open ? "page" : null}>
              <${Icon} name=${page.icon} /><span>${t(page.title)}</span>
            <//>
          </li>
        `)}
      </ul>
    </nav>
  `;
}
