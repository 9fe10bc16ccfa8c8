/** The agent's own settings; each page of them in a module of its own. */
import { html, useState } from "../vendor/htm-preact.js";
import { addParts, t } from "./i18n.js";
import { AccountSettings } from "./settings_account.js";
import { AlertSettings } from "./settings_alerts.js";
import { KeySettings } from "./settings_keys.js";
import { LoginSettings } from "./settings_logins.js";
import { LookSettings } from "./settings_look.js";
import { Dialog, Tabs } from "./ui.js";

await addParts("settings", "keys");

const PAGES = {
  look: LookSettings,
  alerts: AlertSettings,
  keys: KeySettings,
  account: AccountSettings,
  logins: LoginSettings,
};

export function SettingsDialog({ tab = "look", onClose }) {
  const [page, setPage] = useState(tab);
  const items = Object.keys(PAGES).map((id) => ({ id, label: t(`settings.${id}`) }));
  const Page = PAGES[page];
  return html`<${Dialog} title=${t("settings.title")} wide onClose=${onClose} initial="[aria-selected=true]">
    <${Tabs} label=${t("settings.title")} items=${items} value=${page} onChange=${setPage} />
    <div class="settings-page stack" role="tabpanel" aria-label=${t(`settings.${page}`)} tabindex="0">
      <${Page} />
    </div>
  <//>`;
}
