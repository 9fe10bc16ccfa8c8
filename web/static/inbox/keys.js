/** Listens to the keyboard and hands actions to whoever is on top; see `keymap.js`. */
import { useEffect, useRef } from "../vendor/htm-preact.js";
import { ACTIONS, chordOf, isTyping, keysOf, labelOf } from "./keymap.js";
import { can } from "./selectors.js";
import { getState } from "./store.js";

const SEQUENCE_MS = 1200;
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph"]);
const REPEATING = new Set(["next", "previous"]);
const FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";

const layers = [];
let prefix = null;
let prefixAt = 0;

const wishes = () => getState().prefs.keys;

export const keyLabel = (action) => {
  const keys = keysOf(action, wishes());
  return keys ? labelOf(keys) : "";
};

/** Whether an action is for whoever is logged in. */
export const isForMe = (action) => {
  const { scope } = ACTIONS[action];
  return !scope || can(getState(), scope);
};

const isField = (target) => target instanceof Element && Boolean(target.closest(FIELDS));

function actionsOf(pressed) {
  return Object.keys(ACTIONS).filter(
    (action) => keysOf(action, wishes()) === pressed && isForMe(action),
  );
}

const beginsSequence = (chord) =>
  Object.keys(ACTIONS).some((action) => keysOf(action, wishes()).startsWith(`${chord} `));

/** Gives an action to the newest layer that wants it; a modal layer ends the search. */
export function run(action, event) {
  for (const layer of [...layers].reverse()) {
    const handler = layer.current.actions[action];
    if (handler && handler(event) !== false) return true;
    if (layer.current.modal) return false;
  }
  return false;
}

/** Which actions somebody would take now; for the command bar. */
export function possible() {
  const found = new Set();
  for (const layer of [...layers].reverse()) {
    for (const action of Object.keys(layer.current.actions)) found.add(action);
    if (layer.current.modal) break;
  }
  return found;
}

function pressed(event) {
  if (MODIFIERS.has(event.key) || event.isComposing || event.defaultPrevented) return;
  const chord = chordOf(event);
  const inField = isField(event.target);
  if (inField && isTyping(chord)) return;
  // Undoing what was typed is the field's own business while there is text.
  if (inField && chord === "Ctrl+KeyZ" && event.target.value) return;
  const isFresh = performance.now() - prefixAt < SEQUENCE_MS;
  const keys = prefix && isFresh ? `${prefix} ${chord}` : chord;
  prefix = null;
  if (chord === "Escape") {
    if (run("escape", event)) event.preventDefault();
    return;
  }
  for (const action of actionsOf(keys)) {
    if (event.repeat && !REPEATING.has(action)) return;
    if (run(action, event)) {
      event.preventDefault();
      return;
    }
  }
  if (!inField && beginsSequence(chord)) {
    prefix = chord;
    prefixAt = performance.now();
  }
}

addEventListener("keydown", pressed);

/** While mounted, these actions are mine; `modal` keeps the rest of the page quiet. */
export function useKeys(actions, { modal = false } = {}) {
  const layer = useRef(null);
  layer.current = { actions, modal };
  useEffect(() => {
    layers.push(layer);
    return () => layers.splice(layers.indexOf(layer), 1);
  }, []);
}
