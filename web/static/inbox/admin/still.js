/** A value that has stopped changing: what is typed is not asked for letter by letter. */
import { useEffect, useState } from "../../vendor/htm-preact.js";

const STILL_MS = 250;

export function useStill(value) {
  const [still, setStill] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), STILL_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return still;
}
