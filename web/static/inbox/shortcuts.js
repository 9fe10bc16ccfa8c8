/** The sheet of keys. */
import { html } from "../vendor/htm-preact.js";
import { openDialog } from "./dialogs.js";
import { addParts, t } from "./i18n.js";
import { ACTIONS, GROUPS } from "./keymap.js";
import { isForMe, keyLabel } from "./keys.js";
import { Button, Dialog, usePref } from "./ui.js";

await addParts("keys");

/** Keys that belong to what has the focus, by group, and cannot be moved. */
const fixedKeys = (sendKey) => ({ list: [["↑ ↓", "key.arrows"]], writing: writingKeys(sendKey) });

const writingKeys = (sendKey) => [
  [sendKey === "enter" ? "Enter" : "Ctrl+Enter", "key.send"],
  [sendKey === "enter" ? "Shift+Enter" : "Enter", "key.new_line"],
  ["/", "key.canned"],
  ["Esc", "key.escape"],
];

const Line = ({ keys, text }) =>
  html`<div class="key-line"><dt>${text}</dt><dd>${keys ? html`<kbd>${keys}</kbd>` : t("key.off")}</dd></div>`;

export function ShortcutSheet({ onClose }) {
  const [sendKey] = usePref("send_key");
  const [keys] = usePref("keys");
  const settings = () => {
    onClose();
    openDialog("settings", { tab: "keys" });
  };
  return html`<${Dialog}
    title=${t("key.title")} wide onClose=${onClose} initial="h2" scrolls
    footer=${html`<${Button} icon="settings" onClick=${settings}>${t("key.change")}<//>`}
  >
    ${!keys.enabled && html`<p>${t("key.letters_off")}</p>`}
    <div class="key-sheet">
      ${GROUPS.map(
        (group) => html`<section key=${group}>
          <h3>${t(`key.group_${group}`)}</h3>
          <dl>
            ${fixedKeys(sendKey)[group]?.map(
              ([shown, key]) => html`<${Line} key=${key} keys=${shown} text=${t(key)} />`,
            )}
            ${Object.entries(ACTIONS)
              .filter(([name, action]) => action.group === group && isForMe(name))
              .map(
                ([name]) => html`<${Line} key=${name} keys=${keyLabel(name)} text=${t(`key.${name}`)} />`,
              )}
          </dl>
        </section>`,
      )}
    </div>
    <p class="dim">${t("key.physical")}</p>
  <//>`;
}
