/** What can be done by key, and by which: physical keys, so that any layout will do. */

/**
 * Action → {keys, group, scope}; a key is modifiers and `event.code`, a sequence has a blank;
 * what has a scope is for those who hold it.
 */
export const ACTIONS = {
  next: { keys: "KeyJ", group: "list" },
  previous: { keys: "KeyK", group: "list" },
  mine_previous: { keys: "BracketLeft", group: "list" },
  mine_next: { keys: "BracketRight", group: "list" },
  next_needing: { keys: "KeyN", group: "list" },
  take_next: { keys: "KeyT", group: "list" },
  go_mine: { keys: "KeyG KeyM", group: "go" },
  go_queue: { keys: "KeyG KeyQ", group: "go" },
  go_hold: { keys: "KeyG KeyH", group: "go" },
  go_spam: { keys: "KeyG KeyS", group: "go" },
  go_open: { keys: "KeyG KeyO", group: "go" },
  go_approvals: { keys: "KeyG KeyA", group: "go", scope: "supervise" },
  go_board: { keys: "KeyG KeyB", group: "go", scope: "supervise" },
  search: { keys: "Slash", group: "go" },
  new_message: { keys: "KeyW", group: "go" },
  command: { keys: "Ctrl+KeyK", group: "go" },
  sheet: { keys: "Shift+Slash", group: "go" },
  take: { keys: "KeyA", group: "conversation" },
  reply: { keys: "KeyR", group: "conversation" },
  note: { keys: "KeyP", group: "conversation" },
  hold: { keys: "KeyH", group: "conversation" },
  snooze: { keys: "KeyZ", group: "conversation" },
  pass: { keys: "KeyF", group: "conversation" },
  assign: { keys: "Shift+KeyF", group: "conversation", scope: "supervise" },
  resolve: { keys: "KeyE", group: "conversation" },
  resolve_next: { keys: "Shift+KeyE", group: "conversation" },
  tags: { keys: "KeyL", group: "conversation" },
  spam: { keys: "Shift+Digit1", group: "conversation" },
  unread: { keys: "KeyU", group: "conversation" },
  panel: { keys: "KeyB", group: "conversation" },
  undo: { keys: "Ctrl+KeyZ", group: "writing" },
  presence_1: { keys: "Ctrl+Alt+Digit1", group: "presence" },
  presence_2: { keys: "Ctrl+Alt+Digit2", group: "presence" },
  presence_3: { keys: "Ctrl+Alt+Digit3", group: "presence" },
};

export const GROUPS = ["list", "go", "conversation", "writing", "presence"];

const SIGNS = {
  BracketLeft: "[",
  BracketRight: "]",
  Slash: "/",
  Backslash: "\\",
  Comma: ",",
  Period: ".",
  Semicolon: ";",
  Quote: "'",
  Backquote: "`",
  Minus: "-",
  Equal: "=",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};
const SHIFTED = { "Shift+Slash": "?", "Shift+Digit1": "!" };

const nameOf = (code) => SIGNS[code] ?? code.replace(/^(Key|Digit|Numpad)/, "");

const chordName = (chord) => {
  if (chord in SHIFTED) return SHIFTED[chord];
  const pieces = chord.split("+");
  return [...pieces.slice(0, -1), nameOf(pieces.at(-1))].join("+");
};

/** Keys as a person reads them: "G M", "Shift+E", "?". */
export const labelOf = (keys) => keys.split(" ").map(chordName).join(" ");

// Signs that stand elsewhere on other layouts, and are looked for by what is printed there.
const PRINTED = { "?": "Shift+Slash", "!": "Shift+Digit1" };

/** One press as modifiers and code; Command counts as Ctrl. */
export function chordOf(event) {
  if (event.key in PRINTED && !event.ctrlKey && !event.altKey) return PRINTED[event.key];
  const pieces = [];
  if (event.ctrlKey || event.metaKey) pieces.push("Ctrl");
  if (event.altKey) pieces.push("Alt");
  if (event.shiftKey) pieces.push("Shift");
  return [...pieces, event.code].join("+");
}

/** Whether a key types a letter when focus is in a field. */
export const isTyping = (chord) => !/^(Ctrl|Alt)\+/.test(chord) && chord !== "Escape";

/** The keys of an action with the agent's own wishes applied; "" is off. */
export function keysOf(action, wishes) {
  const keys = wishes.map[action] ?? ACTIONS[action]?.keys ?? "";
  return !wishes.enabled && isTyping(keys) ? "" : keys;
}
