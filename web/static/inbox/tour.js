/** Five things worth knowing on the first day, where nothing is open yet; gone for ever by one press. */
import { html, useState } from "../vendor/htm-preact.js";
import { addParts, t } from "./i18n.js";
import { Button, Icon, usePref } from "./ui.js";

await addParts("keys");

const STEPS = [["list", "inbox"], ["take", "take"], ["reply", "send"], ["note", "note"], ["keys", "keyboard"]];

export function Tour() {
  const [at, setAt] = useState(0);
  const [, setDone] = usePref("tour_done");
  const finish = () => setDone(true);
  const [name, icon] = STEPS[at];
  const isLast = at === STEPS.length - 1;
  return html`<section class="tour card" aria-labelledby="tour-title">
    <p class="dim num" id="tour-title">${t("tour.title")} · ${t("tour.step", { at: at + 1, of: STEPS.length })}</p>
    <div class="tour-step" aria-live="polite">
      <${Icon} name=${icon} size="28" />
      <div><h2>${t(`tour.${name}`)}</h2><p>${t(`tour.${name}_text`)}</p></div>
    </div>
    <div class="tour-foot">
      ${!isLast && html`<${Button} kind="ghost" onClick=${finish}>${t("tour.skip")}<//>`}
      <${Button} kind="primary" onClick=${() => (isLast ? finish() : setAt(at + 1))}>
        ${t(isLast ? "tour.done" : "tour.next")}
      <//>
    </div>
  </section>`;
}
