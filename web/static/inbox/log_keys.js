/** Arrows walk from bubble to bubble in a log, so that each can be had by key. */

const EDGE_PX = 8;
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

/** Whether what has the focus goes on beyond the edge: then the log scrolls by itself. */
function goesOn(entry, log, step) {
  const one = entry.getBoundingClientRect();
  const frame = log.getBoundingClientRect();
  return step < 0 ? one.top < frame.top : one.bottom > frame.bottom;
}

/**
 * Scrolls the log alone, not what stands around it: `where` is "start", "center", or
 * "nearest" for no farther than needed.
 */
export function bringIn(log, entry, where) {
  const one = entry.getBoundingClientRect();
  const frame = log.getBoundingClientRect();
  const toStart = one.top - frame.top - EDGE_PX;
  const toEnd = one.bottom - frame.bottom + EDGE_PX;
  if (where === "start") log.scrollTop += toStart;
  else if (where === "center") log.scrollTop += (toStart + toEnd) / 2;
  else if (toStart < 0) log.scrollTop += toStart;
  else if (toEnd > 0) log.scrollTop += Math.min(toEnd, toStart);
}

/** For `onKeyDown` of the log. */
export function walk(event) {
  const step = STEPS[event.key];
  const { currentTarget: log, target } = event;
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = target.closest(".log [tabindex='-1']");
  // A button or link inside a bubble is walked from as the bubble.
  if (here && goesOn(here, log, step)) return;
  const all = [...log.querySelectorAll("[tabindex='-1']")];
  const next = here ? all[all.indexOf(here) + step] : all.at(step < 0 ? -1 : 0);
  if (!next || (!here && step > 0)) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  bringIn(log, next, "nearest");
}
