/** Up and down lead from a control to the same one of the row above or below. */

const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const CONTROLS = "a[href], button:not([disabled]), input, summary";
// What needs the arrows itself.
const TAKEN = "select, textarea, input:not([type=checkbox])";

const controlsOf = (row) => [...row.querySelectorAll(CONTROLS)];

/** For `onKeyDown` of what has the rows as its children. */
export function walkRows(event) {
  const { currentTarget, target } = event;
  const step = STEPS[event.key];
  const hasMore = event.shiftKey || event.altKey || event.ctrlKey || event.metaKey;
  if (!step || hasMore || event.defaultPrevented || target.matches(TAKEN)) return;
  const rows = [...currentTarget.children];
  const at = rows.findIndex((row) => row.contains(target));
  const next = at < 0 ? null : rows[at + step];
  if (!next) return;
  const controls = controlsOf(next);
  const same = controls[controlsOf(rows[at]).indexOf(target)] ?? controls[0];
  if (!same) return;
  event.preventDefault();
  same.focus();
}
