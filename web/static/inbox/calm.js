/** A long list that keeps still: its order while somebody points at it, its window while it scrolls. */
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "../vendor/htm-preact.js";

const OVERSCAN = 8;
const UNWINDOWED = 80; // up to so many rows are simply drawn

/** Which rows of the new order stand above the first of the old one. */
function countAbove(shown, ids) {
  const first = ids.indexOf(shown.find((id) => ids.includes(id)));
  if (first > 0) return first;
  const known = new Set(shown);
  return ids.filter((id) => !known.has(id)).length;
}

const growsAtEnd = (shown, ids) => shown.every((id, at) => ids[at] === id);

/** The order to draw: the newest one, or the last one while `isHeld`. */
export function useCalmOrder(ids, isHeld) {
  const shown = useRef(ids);
  const [, redraw] = useReducer((n) => n + 1, 0);
  if (!isHeld || growsAtEnd(shown.current, ids)) shown.current = ids;
  const now = new Set(ids);
  const release = () => {
    shown.current = ids;
    redraw();
  };
  return {
    ids: shown.current,
    above: shown.current === ids ? 0 : countAbove(shown.current, ids),
    gone: new Set(shown.current.filter((id) => !now.has(id))),
    release,
  };
}

function measure() {
  const style = getComputedStyle(document.documentElement);
  return parseFloat(style.getPropertyValue("--row-h")) * parseFloat(style.fontSize);
}

/** Which of `count` rows of one height are in sight of `scroller`, and the room of the others. */
export function useWindow(scroller, count) {
  const [rowHeight, setRowHeight] = useState(measure);
  const [sight, setSight] = useState({ top: 0, height: 900 });
  const look = () => {
    const { scrollTop, clientHeight } = scroller.current;
    setSight((old) =>
      Math.abs(old.top - scrollTop) < rowHeight && old.height === clientHeight
        ? old
        : { top: scrollTop, height: clientHeight },
    );
  };
  useLayoutEffect(look, [count]);
  useEffect(() => {
    const resized = () => {
      setRowHeight(measure());
      look();
    };
    const observer = new ResizeObserver(resized);
    observer.observe(scroller.current);
    addEventListener("seventy:wear", resized);
    return () => {
      observer.disconnect();
      removeEventListener("seventy:wear", resized);
    };
  }, []);
  const isWhole = count <= UNWINDOWED;
  const start = isWhole ? 0 : Math.max(0, Math.floor(sight.top / rowHeight) - OVERSCAN);
  const last = Math.ceil((sight.top + sight.height) / rowHeight) + OVERSCAN;
  const end = isWhole ? count : Math.min(count, last);
  return {
    start,
    end,
    rowHeight,
    before: start * rowHeight,
    after: (count - end) * rowHeight,
    onScroll: look,
  };
}
