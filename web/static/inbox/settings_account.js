/** The agent's password and second step. */
import { html, useState } from "../vendor/htm-preact.js";
import { api, problem } from "./api.js";
import { t } from "./i18n.js";
import { dispatch, useSelect } from "./store.js";
import { toast } from "./toast.js";
import { Band, Button, TextField } from "./ui.js";

/** A form whose failure is told in place; `save` throws ApiError. */
function useForm(save) {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await save(event.target);
    } catch (failure) {
      setError(problem(failure));
    } finally {
      setBusy(false);
    }
  };
  const band = error && html`<${Band} tone="bad" icon="warning" role="alert">${error}<//>`;
  return { submit, busy, band };
}

function Password() {
  const me = useSelect((state) => state.me);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const form = useForm(async () => {
    await api.put("/session/password", { old, new: fresh });
    setOld("");
    setFresh("");
    toast(t("account.password_changed"), { tone: "good" });
  });
  return html`<form class="stack" onSubmit=${form.submit}>
    <h3>${t("account.password")}</h3>
    ${form.band}
    <input type="text" name="login" autocomplete="username" value=${me.login} hidden readonly />
    <${TextField}
      label=${t("account.old")} type="password" value=${old} onInput=${setOld} required
      autocomplete="current-password"
    />
    <${TextField}
      label=${t("account.new")} hint=${t("account.new_hint")} type="password" value=${fresh}
      onInput=${setFresh} required minlength="12" maxlength="128" autocomplete="new-password"
    />
    <div><${Button} type="submit" busy=${form.busy}>${t("account.change")}<//></div>
  </form>`;
}

const grouped = (secret) => secret.match(/.{1,4}/g).join(" ");

function Begun({ secret, uri, onDone }) {
  const [code, setCode] = useState("");
  const form = useForm(async () => {
    await api.put("/session/totp", { code: code.replace(/\s/g, "") });
    onDone(true);
    toast(t("account.totp_on"), { tone: "good" });
  });
  return html`<form class="stack" onSubmit=${form.submit}>
    <p>${t("account.totp_add")}</p>
    <p><code class="secret">${grouped(secret)}</code></p>
    <p><a href=${uri}>${t("account.totp_link")}</a></p>
    ${form.band}
    <${TextField}
      label=${t("account.totp_code")} value=${code} onInput=${setCode} required
      inputmode="numeric" autocomplete="one-time-code" maxlength="9"
    />
    <div class="row-flex">
      <${Button} kind="primary" type="submit" busy=${form.busy}>${t("account.totp_confirm")}<//>
      <${Button} onClick=${() => onDone(false)}>${t("ui.cancel")}<//>
    </div>
  </form>`;
}

function SwitchOff({ onDone }) {
  const [password, setPassword] = useState("");
  const form = useForm(async () => {
    await api.del("/session/totp", { body: { password } });
    onDone();
    toast(t("account.totp_off"));
  });
  return html`<form class="stack" onSubmit=${form.submit}>
    <p>${t("account.totp_is_on")}</p>
    ${form.band}
    <${TextField}
      label=${t("account.old")} type="password" value=${password} onInput=${setPassword} required
      autocomplete="current-password"
    />
    <div><${Button} type="submit" busy=${form.busy}>${t("account.totp_switch_off")}<//></div>
  </form>`;
}

function SecondStep() {
  const isOn = useSelect((state) => state.me.totp);
  const [begun, setBegun] = useState(null);
  const set = (totp) => dispatch({ type: "auth/me", changes: { totp } });
  const form = useForm(async () => setBegun(await api.post("/session/totp", {})));
  const done = (confirmed) => {
    setBegun(null);
    if (confirmed) set(true);
  };
  const offer = html`<form class="stack" onSubmit=${form.submit}>
    <p>${t("account.totp_text")}</p>
    ${form.band}
    <div><${Button} type="submit" icon="lock" busy=${form.busy}>${t("account.totp_begin")}<//></div>
  </form>`;
  return html`<section class="stack">
    <h3>${t("account.totp")}</h3>
    ${isOn
      ? html`<${SwitchOff} onDone=${() => set(false)} />`
      : begun
        ? html`<${Begun} ...${begun} onDone=${done} />`
        : offer}
  </section>`;
}

export const AccountSettings = () => html`<${Password} /><hr /><${SecondStep} />`;
