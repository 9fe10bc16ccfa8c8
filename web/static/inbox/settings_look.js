/** Language, theme, density, and how writing works. */
import { html } from "../vendor/htm-preact.js";
import { api } from "./api.js";
import { LOCALES, locale, setLocale, t } from "./i18n.js";
import { wear } from "./session.js";
import { complain } from "./toast.js";
import { SelectField, usePref } from "./ui.js";

const THEMES = ["auto", "light", "dark", "contrast"];
const DENSITIES = ["cosy", "compact"];
const SEND_KEYS = ["enter", "ctrl_enter"];
const UNDO_S = [0, 2, 4, 8, 15];

const options = (values, key) => values.map((value) => [value, t(`${key}.${value}`)]);

export function LookSettings() {
  const [theme, setTheme] = usePref("theme");
  const [density, setDensity] = usePref("density");
  const [sendKey, setSendKey] = usePref("send_key");
  const [undo, setUndo] = usePref("undo_s");
  const language = (code) => {
    setLocale(code);
    api.patch("/session", { locale: code }).catch(complain);
  };
  const look = (name, save) => (value) => {
    save(value);
    wear({ [name]: value });
  };
  return html`
    <${SelectField}
      label=${t("settings.language")} value=${locale()} onChange=${language}
      options=${options(LOCALES, "language")} hint=${t("settings.language_hint")}
    />
    <${SelectField}
      label=${t("settings.theme")} value=${theme} onChange=${look("theme", setTheme)}
      options=${options(THEMES, "theme")}
    />
    <${SelectField}
      label=${t("settings.density")} value=${density} onChange=${look("density", setDensity)}
      options=${options(DENSITIES, "density")}
    />
    <${SelectField}
      label=${t("settings.send_key")} value=${sendKey} onChange=${setSendKey}
      options=${options(SEND_KEYS, "send_key")}
    />
    <${SelectField}
      label=${t("settings.undo")} value=${String(undo)} hint=${t("settings.undo_hint")}
      onChange=${(value) => setUndo(Number(value))}
      options=${UNDO_S.map((n) => [String(n), n ? t("settings.undo_s", { n }) : t("settings.undo_none")])}
    />
  `;
}
