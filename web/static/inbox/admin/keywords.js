/** The test box: what would happen to this text if a customer sent it. */
import { html, useState } from "../../vendor/htm-preact.js";
import { api } from "../api.js";
import { t } from "../i18n.js";
import { Bidi, Button, Chip, TextField } from "../ui.js";
import { useForm } from "./form.js";
import { PageHead } from "./page.js";

const TONES = { opt_out: "bad", opt_in: "good", none: "neutral" };

export function Keywords() {
  const [tried, setTried] = useState([]);
  const form = useForm({ text: "" }, async ({ text }) => {
    const verdict = await api.post("/keywords/test", { text });
    setTried((old) => [{ ...verdict, text, id: old.length }, ...old].slice(0, 20));
  });
  return html`
    <${PageHead} title=${t("keywords.title")} hint=${t("keywords.hint")} />
    <form class="try-box" onSubmit=${form.run}>
      <${TextField} label=${t("keywords.text")} value=${form.values.text} onInput=${form.set("text")}
        error=${form.errorOf("text") ?? form.error} autocomplete="off" required />
      <${Button} kind="primary" type="submit" busy=${form.busy}>${t("keywords.try")}<//>
    </form>
    <ol class="verdicts" aria-live="polite" aria-label=${t("keywords.results")}>
      ${tried.map((one) => html`
        <li key=${one.id} class="card">
          <p class="phrase-text"><${Bidi}>${one.text}<//></p>
          <p>
            <${Chip} tone=${TONES[one.action] ?? "neutral"}>${t(`keywords.${one.action}`)}<//>
            ${one.word && html` <span class="dim">${t("keywords.by_word", { word: one.word })}</span>`}
          </p>
          <p class="dim">${t("keywords.read_as", { text: one.normalised })}</p>
          ${one.hint && html`<p>${t("keywords.among", { word: one.hint })}</p>`}
        </li>
      `)}
    </ol>
    ${tried.length === 0 && html`<p class="dim">${t("keywords.examples")}</p>`}
  `;
}
