/** The administrator's and supervisor's pages: their list, and the one that is open. */
import { html, useEffect } from "../../vendor/htm-preact.js";
import { addParts, t } from "../i18n.js";
import { Link, paths, usePane } from "../router.js";
import { can } from "../selectors.js";
import { useSelect } from "../store.js";
import { Empty, Icon } from "../ui.js";
import { Accounts } from "./accounts.js";
import { Audit } from "./audit.js";
import { CannedPage } from "./canned.js";
import { pagesFor } from "./contents.js";
import { Erasure } from "./erasure.js";
import { Keywords } from "./keywords.js";
import { Links } from "./links.js";
import { SettingsPage } from "./settings.js";
import { Tokens } from "./tokens.js";
import { Users } from "./users.js";
import { Webhooks } from "./webhooks.js";

await addParts("supervisor", "administrator");

const VIEWS = {
  users: Users,
  canned: CannedPage,
  keywords: Keywords,
  links: Links,
  settings: SettingsPage,
  contacts: Erasure,
  audit: Audit,
  tokens: Tokens,
  webhooks: Webhooks,
  accounts: Accounts,
};

export function AdminPages({ path }) {
  const isAdmin = useSelect((state) => can(state, "admin"));
  const pane = usePane();
  const [name, ...rest] = path.split("/");
  const mine = useSelect(pagesFor);
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
          <${VIEWS[name]} rest=${rest} isAdmin=${isAdmin} />
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
