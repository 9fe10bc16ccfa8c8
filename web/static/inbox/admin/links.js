/** The ways to the carriers: how each is, and what a person may do about it. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { api, problem } from "../api.js";
import { fmt, has, t } from "../i18n.js";
import { useSelect } from "../store.js";
import { toast } from "../toast.js";
import { Button, TextField, Time, confirm, useAsync } from "../ui.js";
import { FormDialog, useForm } from "./form.js";
import { LinkState, Signal } from "./link_state.js";
import { Loaded, PageHead } from "./page.js";

const USSD_MS = 190_000;

export function Links({ isAdmin }) {
  const live = useSelect((state) => state.links);
  const source = useAsync(() => api.get("/links"), []);
  const [asking, setAsking] = useState(null);
  useEffect(() => {
    source.reload();
  }, [live]);
  const restart = async (link) => {
    const sure = await confirm({
      title: t("links.restart_title", { link: link.id }),
      text: t("links.restart_text"),
      yes: t("links.restart"),
    });
    if (!sure) return;
    try {
      await api.post(`/links/${link.id}/restart`, {});
      toast(t("links.restarted", { link: link.id }), { tone: "good" });
    } catch (error) {
      toast(problem(error), { tone: "bad" });
    }
    source.reload();
  };
  return html`
    <${PageHead} title=${t("links.title")} hint=${t("links.hint")}>
      <${Button} icon="refresh" onClick=${source.reload}>${t("admin.refresh")}<//>
    <//>
    <${Loaded} source=${source}>
      ${(data) => html`
        ${data.items.length === 0 && html`<p class="dim">${t("links.none")}</p>`}
        <ul class="link-cards">
          ${data.items.map((link) => html`
            <${LinkCard} key=${link.id} link=${link} isAdmin=${isAdmin} onRestart=${restart} onUssd=${setAsking} />
          `)}
        </ul>
      `}
    <//>
    ${asking && html`<${UssdDialog} link=${asking} onClose=${() => setAsking(null)} />`}
  `;
}

function LinkCard({ link, isAdmin, onRestart, onUssd }) {
  const facts = [
    ["msisdn", link.msisdn],
    ["operator", link.operator],
    ["registration", registration(link.registration)],
    ["model", link.model],
    ["imei", link.imei],
    ["smsc", link.smsc],
    ["queue", link.dispatch?.queue],
    ["in_doubt", link.dispatch?.in_doubt],
    ["recoveries", link.recoveries],
  ].filter(([, value]) => value !== null && value !== undefined);
  return html`
    <li class="card link-card">
      <header>
        <h2>${link.id} <small class="dim">${t(`link_kind.${link.kind}`)}</small></h2>
        <${LinkState} link=${link} />
      </header>
      <p class="link-since">
        <${Signal} dbm=${link.signal_dbm} />
        <span class="dim">${t("links.since")} <${Time} at=${link.since} kind="short" /></span>
      </p>
      ${link.reason && link.state !== "up" && html`<p class="link-reason">${link.detail ?? link.reason}</p>`}
      <dl class="facts">
        ${facts.map(([name, value]) => html`
          <div key=${name}>
            <dt>${t(`links.${name}`)}</dt>
            <dd class="num">${typeof value === "number" ? fmt.number(value) : value}</dd>
          </div>
        `)}
      </dl>
      ${link.last_error && html`
        <p class="dim link-error">${t("links.last_error")} <${Time} at=${link.last_error_at} kind="short" />: ${link.last_error}</p>
      `}
      ${isAdmin && html`
        <footer>
          <${Button} size="s" icon="refresh" onClick=${() => onRestart(link)}
            aria-label=${t("links.restart_one", { link: link.id })}>${t("links.restart")}<//>
          ${link.kind === "modem" && html`
            <${Button} size="s" icon="call" onClick=${() => onUssd(link)}
              aria-label=${t("links.ussd_on", { link: link.id })}>${t("links.ussd")}<//>
          `}
        </footer>
      `}
    </li>
  `;
}

/** In words; a state that a driver adds later shows its own name. */
function registration(state) {
  const key = `link_registration.${state}`;
  return has(key) ? t(key) : state;
}

function UssdDialog({ link, onClose }) {
  const [answer, setAnswer] = useState(null);
  const form = useForm({ code: "*100#" }, async ({ code }) => {
    setAnswer(await api.post(`/links/${link.id}/ussd`, { code: code.trim() }, { timeoutMs: USSD_MS }));
    form.set("code")("");
  });
  return html`
    <${FormDialog} title=${t("links.ussd_on", { link: link.id })} form=${form} onClose=${onClose} yes=${t("links.ussd_send")}>
      <p class="dim">${t("links.ussd_hint")}</p>
      <div aria-live="polite">
        ${answer && html`<blockquote class="ussd">${answer.text}</blockquote>`}
        ${answer?.more && html`<p>${t("links.ussd_more")}</p>`}
        ${form.busy && html`<p class="dim">${t("links.ussd_wait")}</p>`}
      </div>
      <${TextField} label=${answer?.more ? t("links.ussd_reply") : t("links.ussd_code")} value=${form.values.code}
        onInput=${form.set("code")} error=${form.errorOf("code")} inputmode="tel" autocomplete="off" />
    <//>
  `;
}
