/** Making and changing somebody who logs in, and giving a new password. */
import { html } from "../../vendor/htm-preact.js";
import { api } from "../api.js";
import { LOCALES, locale, t } from "../i18n.js";
import { SelectField, TextField } from "../ui.js";
import { FormDialog, useForm } from "./form.js";

const ROLES = ["agent", "trainee", "supervisor", "administrator"];
const FRESH = { login: "", name: "", alias: "", role: "agent", max_active: "3" };

export function UserDialog({ agent, onClose, onDone }) {
  const initial = agent
    ? { ...agent, max_active: String(agent.max_active) }
    : { ...FRESH, locale: locale() };
  const form = useForm(initial, async (values) => {
    const said = {
      name: values.name.trim(),
      alias: values.alias.trim(),
      role: values.role,
      locale: values.locale,
      max_active: Number(values.max_active),
    };
    onDone(
      agent
        ? await api.patch(`/agents/${agent.id}`, said)
        : await api.post("/agents", { ...said, login: values.login.trim() }),
    );
  });
  const { values, set, errorOf } = form;
  const title = agent ? t("users.edit_title", { name: agent.name }) : t("users.add");
  return html`
    <${FormDialog} title=${title} form=${form} onClose=${onClose} yes=${agent ? null : t("users.make")}>
      ${!agent && html`
        <${TextField} label=${t("users.login")} hint=${t("users.login_hint")} required autocomplete="off"
          value=${values.login} onInput=${set("login")} error=${errorOf("login")} />
      `}
      <${TextField} label=${t("users.name")} hint=${t("users.name_hint")} required autocomplete="off"
        value=${values.name} onInput=${set("name")} error=${errorOf("name")} />
      <${TextField} label=${t("users.alias")} hint=${t("users.alias_hint")} autocomplete="off"
        value=${values.alias} onInput=${set("alias")} error=${errorOf("alias")} />
      <${SelectField} label=${t("users.role")} hint=${t(`role_hint.${values.role}`)} value=${values.role}
        onChange=${set("role")} options=${ROLES.map((role) => [role, t(`role.${role}`)])} />
      <div class="field-row">
        <${TextField} label=${t("users.max_active")} type="number" min="0" max="50" value=${values.max_active}
          onInput=${set("max_active")} error=${errorOf("max_active")} />
        <${SelectField} label=${t("users.locale")} value=${values.locale} onChange=${set("locale")}
          options=${LOCALES.map((code) => [code, t(`language.${code}`)])} />
      </div>
      ${!agent && html`<p class="dim">${t("users.password_is_made")}</p>`}
    <//>
  `;
}

export function PasswordDialog({ agent, onClose, onDone }) {
  const form = useForm({ password: "" }, async ({ password }) => {
    const made = await api.put(`/agents/${agent.id}/password`, password ? { password } : {});
    onDone({ ...agent, ...made });
  });
  return html`
    <${FormDialog} title=${t("users.reset_title", { name: agent.name })} form=${form} onClose=${onClose}
      yes=${t("users.reset_yes")}>
      <p>${t("users.reset_text")}</p>
      <${TextField} label=${t("users.new_password")} hint=${t("users.new_password_hint")} type="password"
        autocomplete="new-password" value=${form.values.password} onInput=${form.set("password")}
        error=${form.errorOf("password")} />
    <//>
  `;
}
