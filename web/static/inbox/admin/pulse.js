/** Asks again when the event stream brought something, and now and then without it. */
import { useEffect } from "../../vendor/htm-preact.js";
import { getState, subscribe } from "../store.js";

const CALM_MS = 1_500; // a burst of events is one question
const ANYWAY_MS = 20_000;

export function usePulse(reload) {
  useEffect(() => {
    let seen = getState().seq;
    let timer = null;
    const ask = () => {
      timer = null;
      if (!document.hidden) reload();
    };
    const stop = subscribe(() => {
      const { seq } = getState();
      if (seq === seen) return;
      seen = seq;
      timer ??= setTimeout(ask, CALM_MS);
    });
    const anyway = setInterval(ask, ANYWAY_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(anyway);
      document.removeEventListener("visibilitychange", ask);
    };
  }, []);
}
