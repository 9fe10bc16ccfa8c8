/** Who I am and whether I am there: the menu under my own face. */
import { html } from "../vendor/htm-preact.js";
import { openDialog } from "./dialogs.js";
import { t } from "./i18n.js";
import { switchPresence } from "./navigation.js";
import { leave } from "./session.js";
import { useSelect } from "./store.js";
import { Avatar, Button, Menu } from "./ui.js";

const CHOICES = ["online", "break", "away"];

/** What the switch shows; somebody whose page is open is not offline. */
const shownPresence = (agent) => (agent.presence === "offline" ? "online" : agent.presence);

function choices(current) {
  return CHOICES.map((presence, at) => ({
    label: t(`presence.${presence}`),
    hint: t(`presence.${presence}_hint`),
    keys: `presence_${at + 1}`,
    checked: presence === current,
    onPick: () => switchPresence(presence),
  }));
}

/** The face at the foot of the rail: presence, settings, leaving. */
export function PresenceMenu() {
  const me = useSelect((state) => state.me);
  const current = shownPresence(me);
  const items = [
    ...choices(current),
    "-",
    { label: t("rail.settings"), icon: "settings", onPick: () => openDialog("settings") },
    { label: t("rail.shortcuts"), icon: "keyboard", keys: "sheet", onPick: () => openDialog("shortcuts") },
    "-",
    { label: t("rail.leave"), icon: "logout", onPick: leave },
  ];
  const label = t("presence.label", { name: me.name, presence: t(`presence.${current}`) });
  const button = (props) => html`<button
    type="button" class="btn btn-icon rail-me" aria-label=${label} title=${label} ...${props}
  >
    <${Avatar} name=${me.name} id=${me.id} presence=${current} />
  </button>`;
  return html`<${Menu} label=${label} items=${items} align="start" button=${button} />`;
}

/** The same in words, at the head of the list. */
export function PresenceSwitch() {
  const me = useSelect((state) => state.me);
  const current = shownPresence(me);
  const word = t(`presence.${current}`);
  const button = (props) => html`<${Button}
    kind="ghost" size="s" class="presence-switch" aria-label=${t("presence.switch", { presence: word })} ...${props}
  >
    <span class="row-flex"><span class=${`presence presence-${current}`}></span>${word}</span>
  <//>`;
  return html`<${Menu} label=${t("presence.choose")} items=${choices(current)} align="end" button=${button} />`;
}
