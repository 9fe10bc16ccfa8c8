/** Small habits of components: clocks, kept values, answers that arrive later. */
import { useCallback, useEffect, useReducer, useRef, useState } from "../vendor/htm-preact.js";
import { problem } from "./api.js";
import { savePreferences } from "./actions.js";
import { useSelect } from "./store.js";

let ids = 0;

export function useId(prefix = "id") {
  const id = useRef(null);
  id.current ??= `${prefix}-${++ids}`;
  return id.current;
}

const clocks = new Map();

/** One timer for everybody who ticks in the same step. */
function clockOf(stepMs) {
  if (!clocks.has(stepMs)) {
    const listeners = new Set();
    setInterval(() => !document.hidden && listeners.forEach((tick) => tick()), stepMs);
    document.addEventListener("visibilitychange", () => listeners.forEach((tick) => tick()));
    clocks.set(stepMs, listeners);
  }
  return clocks.get(stepMs);
}

/** The time in milliseconds, redrawn every `stepMs`; still while the tab is hidden. */
export function useNow(stepMs = 1000) {
  const [, tick] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const listeners = clockOf(stepMs);
    listeners.add(tick);
    return () => listeners.delete(tick);
  }, [stepMs]);
  return Date.now();
}

/** A value this browser remembers. */
export function useStored(key, initial) {
  const name = `seventy.${key}`;
  const [value, set] = useState(() => {
    const kept = localStorage.getItem(name);
    return kept === null ? initial : JSON.parse(kept);
  });
  const store = useCallback((next) => {
    localStorage.setItem(name, JSON.stringify(next));
    set(next);
  }, []);
  return [value, store];
}

/** The answer of `fn(signal)`: {data, error (words), loading, reload}; keeps the old data meanwhile. */
export function useAsync(fn, deps) {
  const [state, set] = useState({ data: null, error: null, loading: true });
  const [round, again] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const stop = new AbortController();
    set((old) => ({ ...old, loading: true, error: null }));
    fn(stop.signal).then(
      (data) => stop.signal.aborted || set({ data, error: null, loading: false }),
      (error) =>
        stop.signal.aborted ||
        set((old) => ({ ...old, error: problem(error), loading: false })),
    );
    return () => stop.abort();
  }, [...deps, round]);
  return { ...state, reload: again };
}

/** One wish of the agent: kept by the server, seen at once. */
export function usePref(name) {
  const value = useSelect((state) => state.prefs[name]);
  const save = useCallback((next) => savePreferences({ [name]: next }).catch(() => {}), [name]);
  return [value, save];
}
