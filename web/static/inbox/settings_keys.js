/** Keys as the agent wants them: each can be moved or switched off. WCAG 2.1.4 */
import { html, useState } from "../vendor/htm-preact.js";
import { announce } from "./announce.js";
import { t } from "./i18n.js";
import { ACTIONS, GROUPS, chordOf, keysOf, labelOf } from "./keymap.js";
import { isForMe } from "./keys.js";
import { Button, IconButton, Toggle, usePref } from "./ui.js";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);
const LEAVE = new Set(["Escape", "Tab"]);

/** Who else has these keys. */
const ownerOf = (keys, action, wishes) =>
  Object.keys(ACTIONS).find(
    (other) => other !== action && isForMe(other) && keysOf(other, wishes) === keys,
  );

function KeyLine({ action, wishes, onChange }) {
  const [listening, setListening] = useState(false);
  const keys = keysOf(action, wishes);
  const name = t(`key.${action}`);
  const isOwn = action in wishes.map;
  const rival = keys && ownerOf(keys, action, wishes);
  const press = (event) => {
    if (!listening) return;
    event.stopPropagation();
    if (MODIFIERS.has(event.key)) return;
    setListening(false);
    if (LEAVE.has(event.code)) return;
    event.preventDefault();
    const chord = chordOf(event);
    onChange(action, chord);
    announce(`${name}: ${labelOf(chord)}`);
  };
  const shown = listening ? t("keys.press") : keys ? labelOf(keys) : t("key.off");
  return html`<div class="key-edit">
    <span class="key-name">${name}
      ${rival && html`<span class="field-error">${t("keys.taken", { by: t(`key.${rival}`) })}</span>`}
    </span>
    <${Button}
      size="s" class="key-catch num" aria-label=${t("keys.change", { name, keys: shown })}
      onClick=${() => setListening(true)} onKeyDown=${press} onBlur=${() => setListening(false)}
    >${shown}<//>
    <${IconButton}
      icon="close" label=${t("keys.switch_off", { name })} disabled=${!keys}
      onClick=${() => onChange(action, "")}
    />
    <${IconButton}
      icon="undo" label=${t("keys.restore", { name })} disabled=${!isOwn}
      onClick=${() => onChange(action, null)}
    />
  </div>`;
}

export function KeySettings() {
  const [wishes, setWishes] = usePref("keys");
  const change = (action, keys) => {
    const map = { ...wishes.map };
    if (keys === null) delete map[action];
    else map[action] = keys;
    setWishes({ ...wishes, map });
  };
  return html`
    <${Toggle}
      label=${t("keys.enabled")} hint=${t("keys.enabled_hint")} checked=${wishes.enabled}
      onChange=${(enabled) => setWishes({ ...wishes, enabled })}
    />
    ${GROUPS.map(
      (group) => html`<section key=${group} class="key-group">
        <h3>${t(`key.group_${group}`)}</h3>
        ${Object.keys(ACTIONS)
          .filter((action) => ACTIONS[action].group === group && isForMe(action))
          .map(
            (action) => html`<${KeyLine} key=${action} action=${action} wishes=${wishes} onChange=${change} />`,
          )}
      </section>`,
    )}
    <div><${Button} icon="undo" onClick=${() => setWishes({ enabled: true, map: {} })}>${t("keys.restore_all")}<//></div>
  `;
}
