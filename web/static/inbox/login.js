/** Coming in: plain fields that a password manager knows, and the second step where it is wished. */
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { problem } from "./api.js";
import { LOCALES, fmt, locale, setLocale, t } from "./i18n.js";
import { setTitle } from "./notify.js";
import { enter, leave } from "./session.js";
import { useSelect } from "./store.js";
import { Band, Button, Dialog, Select, TextField, useNow } from "./ui.js";

const CODE_WANTED = new Set(["totp_required", "totp_failed"]);

/** Seconds until the next try is allowed; 0 when it is. */
function usePause(until) {
  const now = useNow(1000);
  return Math.max(0, Math.ceil((until - now) / 1000));
}

function LoginForm({ fixedLogin = null }) {
  const [login, setLogin] = useState(fixedLogin ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [step, setStep] = useState("password");
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const [until, setUntil] = useState(0);
  const form = useRef(null);
  const pause = usePause(until);

  useEffect(() => {
    const first = step === "code" ? "[name=code]" : fixedLogin ? "[name=password]" : "[name=login]";
    form.current.querySelector(first).focus();
  }, [step]);

  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      // A password manager may have filled the fields without telling.
      const filled = new FormData(form.current);
      const given = { login: filled.get("login") ?? login, password: filled.get("password") ?? password };
      await enter(step === "code" ? { ...given, code: code.replace(/\s/g, "") } : given);
    } catch (failure) {
      if (CODE_WANTED.has(failure.code)) setStep("code");
      if (failure.code !== "totp_required") setError(problem(failure));
      if (failure.retryAfterS) setUntil(Date.now() + failure.retryAfterS * 1000);
      setBusy(false);
    }
  };

  return html`<form class="stack" method="post" ref=${form} onSubmit=${submit}>
    ${error && html`<${Band} tone="bad" icon="warning" role="alert">${error}<//>`}
    <${TextField}
      label=${t("login.name")} name="login" value=${login} onInput=${setLogin} required
      autocomplete="username" autocapitalize="none" spellcheck="false"
      readonly=${fixedLogin !== null}
    />
    <${TextField}
      label=${t("login.password")} name="password" type="password" value=${password}
      onInput=${setPassword} required autocomplete="current-password"
    />
    ${step === "code" &&
    html`<${TextField}
      label=${t("login.code")} hint=${t("login.code_hint")} name="code" value=${code}
      onInput=${setCode} required autocomplete="one-time-code" inputmode="numeric" maxlength="9"
    />`}
    <${Button} kind="primary" type="submit" busy=${busy} disabled=${pause > 0}>
      ${pause > 0 ? t("login.pause", { wait: fmt.wait(pause * 1000) }) : t("login.enter")}
    <//>
  </form>`;
}

function NoAgents() {
  return html`<${Band} tone="warn" icon="warning">
    <p>${t("login.no_agents")}</p>
    <p><code>seventy user add --role administrator</code></p>
  <//>`;
}

export function LoginPage({ noAgents }) {
  const options = LOCALES.map((code) => [code, t(`language.${code}`)]);
  useEffect(() => setTitle(t("login.title")));
  return html`<main class="login">
    <div class="login-box card stack">
      <div class="login-head">
        <img src="/static/mark.svg" width="36" height="36" alt="" />
        <h1>${t("login.title")}</h1>
      </div>
      ${noAgents && html`<${NoAgents} />`}
      <${LoginForm} />
      <div class="login-foot">
        <${Select}
          aria-label=${t("settings.language")} value=${locale()} options=${options}
          onChange=${setLocale}
        />
      </div>
    </div>
  </main>`;
}

/** Over the page, so that nothing that was typed is lost. */
export function ExpiredDialog() {
  const me = useSelect((state) => state.me);
  return html`<${Dialog} title=${t("login.expired")} initial="[name=password]">
    <p>${t("login.expired_text")}</p>
    <${LoginForm} fixedLogin=${me.login} />
    <p><${Button} kind="ghost" size="s" onClick=${leave}>${t("login.other")}<//></p>
  <//>`;
}
