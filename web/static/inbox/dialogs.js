/** Dialogs that can be asked for from anywhere, one at a time. */
import { html, useState } from "../vendor/htm-preact.js";
import { lazily } from "./lazily.js";

const KINDS = {
  new: lazily(() => import("./new_message.js"), "NewMessage"),
  settings: lazily(() => import("./settings.js"), "SettingsDialog"),
  shortcuts: lazily(() => import("./shortcuts.js"), "ShortcutSheet"),
  command: lazily(() => import("./command.js"), "CommandBar"),
};

let show = () => {};

/** `name`: new, settings, shortcuts or command. */
export const openDialog = (name, props = {}) => show({ name, props });

export function Dialogs() {
  const [dialog, setDialog] = useState(null);
  show = setDialog;
  if (!dialog) return null;
  const Shown = KINDS[dialog.name];
  const onClose = () => setDialog(null);
  return html`<${Shown} key=${dialog.name} ...${dialog.props} onClose=${onClose} />`;
}
