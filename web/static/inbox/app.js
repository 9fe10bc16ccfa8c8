/** The beginning: language, login, then the frame. */
import { html, render, useEffect, useState } from "../vendor/htm-preact.js";
import "./announce.js";
import { Frame } from "./frame.js";
import { guessLocale, setLocale, t, useLocale } from "./i18n.js";
import { ExpiredDialog, LoginPage } from "./login.js";
import { resume } from "./session.js";
import { useSelect } from "./store.js";
import { Toasts } from "./toast.js";
import { Button, Empty, Spinner } from "./ui.js";

const RETRY_MS = 3_000;

function Unreachable({ onRetry }) {
  return html`<main class="login">
    <${Empty}
      icon="offline"
      title=${t("boot.unreachable")}
      text=${t("boot.unreachable_text")}
      action=${html`<${Button} onClick=${onRetry}>${t("ui.again")}<//>`}
    />
  </main>`;
}

function App() {
  useLocale();
  const auth = useSelect((state) => state.auth);
  const [failed, setFailed] = useState(false);
  const [noAgents, setNoAgents] = useState(null);
  const begin = () =>
    resume().then(
      (reason) => {
        setNoAgents(reason);
        setFailed(false);
      },
      () => setFailed(true),
    );
  useEffect(() => {
    begin();
  }, []);
  useEffect(() => {
    if (!failed) return undefined;
    const timer = setInterval(begin, RETRY_MS);
    return () => clearInterval(timer);
  }, [failed]);
  if (auth === "loading") return html`<main class="login" aria-busy="true"><${Spinner} /></main>`;
  if (auth === "out") {
    return failed
      ? html`<${Unreachable} onRetry=${begin} />`
      : html`<${LoginPage} noAgents=${noAgents} /><${Toasts} />`;
  }
  return html`<${Frame} />
    <${Toasts} />
    ${auth === "expired" && html`<${ExpiredDialog} />`}`;
}

await setLocale(guessLocale());
render(html`<${App} />`, document.getElementById("app"));
