/** Where the agent is logged in, and how to end it there. */
import { html } from "../vendor/htm-preact.js";
import { api } from "./api.js";
import { t } from "./i18n.js";
import { complain, toast } from "./toast.js";
import { Band, Button, Chip, Spinner, Time, plain, useAsync } from "./ui.js";

const BROWSERS = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const SYSTEMS = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["Linux", "Linux"]];

const named = (table, agent) => table.find(([sign]) => agent.includes(sign))?.[1];

/** "Firefox · Linux" as far as it can be told. */
const browserOf = (agent) =>
  [named(BROWSERS, agent), named(SYSTEMS, agent)].filter(Boolean).join(" · ") || plain(agent).slice(0, 60);

export function LoginSettings() {
  const { data, error, loading, reload } = useAsync((signal) => api.get("/session/logins", { signal }), []);
  const end = async (login) => {
    try {
      await api.del(`/session/logins/${login.id}`);
      toast(t("logins.ended"));
      reload();
    } catch (failure) {
      complain(failure);
    }
  };
  if (loading && !data) return html`<${Spinner} />`;
  if (error) return html`<${Band} tone="bad" icon="warning">${error}<//>`;
  return html`<p>${t("logins.text")}</p>
    <ul class="stack">
      ${data.items.map(
        (login) => html`<li key=${login.id} class="login-line">
          <div>
            <strong>${browserOf(login.user_agent)}</strong>
            ${login.is_this && html` <${Chip} tone="accent" icon="check">${t("logins.this")}<//>`}
            <p class="dim">
              ${login.source} · ${t("logins.seen")} <${Time} at=${login.last_seen_at} kind="ago" /> ·
              ${" "}${t("logins.since")} <${Time} at=${login.created_at} kind="dateTime" />
            </p>
          </div>
          ${!login.is_this && html`<${Button} size="s" onClick=${() => end(login)}>${t("logins.end")}<//>`}
        </li>`,
      )}
    </ul>`;
}
