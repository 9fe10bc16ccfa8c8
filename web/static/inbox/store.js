/** The one state of the page: what the server said, plus what the agent just did. */
import { useLayoutEffect, useReducer, useRef } from "../vendor/htm-preact.js";
import { START, reduce } from "./reducer.js";

let state = START;
const listeners = new Set();

export const getState = () => state;

export function dispatch(action) {
  const next = reduce(state, action);
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener(state);
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether two results are the same for drawing: equal, or equal one level deep. */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.is(a[key], b[key]))
  );
}

/** What `selector(state, ...args)` gives; redraws the component when that changes. */
export function useSelect(selector, ...args) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  const latest = useRef({});
  const value = selector(state, ...args);
  const kept = "value" in latest.current && same(latest.current.value, value);
  const shown = kept ? latest.current.value : value;
  latest.current = { selector, args, value: shown };
  useLayoutEffect(() => {
    const check = () => {
      const { selector: select, args: given, value: old } = latest.current;
      if (!same(select(state, ...given), old)) redraw();
    };
    check(); // the state may have moved between drawing and this
    return subscribe(check);
  }, []);
  return shown;
}
