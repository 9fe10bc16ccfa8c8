/** What everybody must know at once: no connection, no line, what waits to be sent. */
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { resend, takeBack } from "./send.js";
import { sickLinks } from "./selectors.js";
import { useSelect } from "./store.js";
import { reconnect } from "./stream.js";
import { Band, Button, Time, useNow } from "./ui.js";

const QUIET_MS = 2_000; // a hiccup is nobody's business
const BACK_MS = 6_000;

function Connection() {
  const net = useSelect((state) => state.net);
  const waiting = useSelect(
    (state) => Object.values(state.outbox).filter((echo) => echo.state === "waiting").length,
  );
  const now = useNow(1_000);
  if (net.state === "live") {
    if (!net.back || now - net.back > BACK_MS) return null;
    const text = net.replayed ? t("net.back_with", { n: net.replayed }) : t("net.back");
    return html`<${Band} tone="good" icon="check">${text}<//>`;
  }
  if (!net.since || now - net.since < QUIET_MS) return null;
  const again = html`<${Button} size="s" onClick=${reconnect}>${t("net.try_now")}<//>`;
  const outbox = waiting > 0 && html` ${t("net.waiting", { n: waiting })}`;
  if (net.state === "offline") {
    const last = net.lastAt && new Date(net.lastAt).toISOString();
    return html`<${Band} tone="bad" icon="offline" action=${again}>
      <strong>${t("net.offline")}</strong> ${t("net.offline_text")}
      ${last && html` ${t("net.last")} <${Time} at=${last} kind="timeSeconds" />.`}${outbox}
    <//>`;
  }
  return html`<${Band} tone="warn" icon="refresh">
    ${t(net.state === "restarting" ? "net.restarting" : "net.reconnecting")}${outbox}
  <//>`;
}

/** Says a lasting trouble once to those who do not see the band. */
function useSpoken() {
  const state = useSelect((now) => now.net.state);
  const [said, say] = useState("");
  useEffect(() => {
    if (state === "offline") say(t("net.offline"));
    else if (state === "live") say((old) => (old ? t("net.back") : ""));
  }, [state]);
  return said;
}

function Lines() {
  const links = useSelect(sickLinks);
  if (!links.length) return null;
  const names = links.map((link) => link.id).join(", ");
  return html`<${Band} tone="warn" icon="link">
    <strong>${t("lines.down", { n: links.length, names })}</strong> ${t("lines.down_text")}
  <//>`;
}

function OldTexts() {
  const old = useSelect((state) =>
    Object.values(state.outbox).filter((echo) => echo.state === "ask"),
  );
  if (!old.length) return null;
  const all = (act) => () => old.forEach((echo) => act(echo.client_id));
  return html`<${Band}
    tone="warn"
    icon="clock"
    action=${html`<${Button} size="s" kind="primary" onClick=${all(resend)}>${t("net.send_old")}<//>
      <${Button} size="s" onClick=${all(takeBack)}>${t("net.drop_old")}<//>`}
  >${t("net.old", { n: old.length })}<//>`;
}

export function Banners() {
  const said = useSpoken();
  return html`<div class="banners" role="region" aria-label=${t("net.label")}>
    <span class="visually-hidden" role="status">${said}</span>
    <${Connection} />
    <${OldTexts} />
    <${Lines} />
  </div>`;
}
