/** What rings, what pops up, and for which conversations. */
import { html, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { play } from "./sounds.js";
import { Band, Button, SelectField, Toggle, useId, usePref } from "./ui.js";

const LEVELS = ["mine", "queue", "all", "none"];
const SOUNDS = ["message", "mention", "failed"];

const permission = () => ("Notification" in window ? Notification.permission : "unsupported");

function Desktop({ notify, setNotify }) {
  const [granted, setGranted] = useState(permission());
  const change = async (desktop) => {
    if (desktop && granted === "default") setGranted(await Notification.requestPermission());
    setNotify({ ...notify, desktop });
  };
  return html`
    <${Toggle}
      label=${t("settings.desktop")} hint=${t("settings.desktop_hint")} checked=${notify.desktop}
      onChange=${change} disabled=${granted === "unsupported"}
    />
    ${notify.desktop && granted === "denied" &&
    html`<${Band} tone="warn" icon="warning">${t("settings.desktop_denied")}<//>`}
    <${Toggle}
      label=${t("settings.with_text")} hint=${t("settings.with_text_hint")} checked=${notify.text}
      onChange=${(text) => setNotify({ ...notify, text })} disabled=${!notify.desktop}
    />
  `;
}

function Volume({ value, onChange }) {
  const id = useId("volume");
  return html`<div class="field">
    <label for=${id}>${t("settings.volume")}</label>
    <div class="row-flex">
      <input
        id=${id} type="range" min="0" max="1" step="0.1" value=${value}
        onChange=${(event) => onChange(Number(event.target.value))}
      />
      <${Button} size="s" icon="sound" onClick=${() => play("message", value)}>${t("settings.try")}<//>
    </div>
  </div>`;
}

export function AlertSettings() {
  const [notify, setNotify] = usePref("notify");
  const [sounds, setSounds] = usePref("sounds");
  return html`
    <${SelectField}
      label=${t("settings.level")} hint=${t("settings.level_hint")} value=${notify.level}
      onChange=${(level) => setNotify({ ...notify, level })}
      options=${LEVELS.map((level) => [level, t(`level.${level}`)])}
    />
    <${Desktop} notify=${notify} setNotify=${setNotify} />
    <h3>${t("settings.sounds")}</h3>
    ${SOUNDS.map(
      (kind) => html`<${Toggle}
        key=${kind} label=${t(`sound.${kind}`)} checked=${sounds[kind]}
        onChange=${(on) => {
          setSounds({ ...sounds, [kind]: on });
          if (on) play(kind, sounds.volume);
        }}
      />`,
    )}
    <${Volume} value=${sounds.volume} onChange=${(volume) => setSounds({ ...sounds, volume })} />
  `;
}
