/** Sounds made of two or three notes, one tune a kind; nothing to download. */

const TUNES = {
  message: [[660, 0], [880, 0.09]],
  queue: [[520, 0], [660, 0.1], [520, 0.2]],
  mention: [[784, 0], [988, 0.08], [1175, 0.16]],
  failed: [[330, 0], [247, 0.14]],
};
const NOTE_S = 0.16;
const LATE_MS = 1_000;

let context = null;

// Browsers let nothing sound before the first press.
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => context?.state === "suspended" && context.resume(), true);
}

function note(hertz, at, volume) {
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.type = "sine";
  tone.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(volume * 0.25, at + 0.012);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_S);
}

/** `volume` from 0 to 1. */
export async function play(kind, volume) {
  context ??= new AudioContext();
  if (volume <= 0 || context.state === "closed") return;
  const askedAt = Date.now();
  if (context.state === "suspended") await context.resume();
  // What could not sound before the first press is no news any more.
  if (Date.now() - askedAt > LATE_MS) return;
  for (const [hertz, after] of TUNES[kind]) note(hertz, context.currentTime + after, volume);
}
