/** Sounds made of two or three notes, one tune a kind; nothing to download. */

const TUNES = {
  message: [[660, 0], [880, 0.09]],
  queue: [[520, 0], [660, 0.1], [520, 0.2]],
  mention: [[784, 0], [988, 0.08], [1175, 0.16]],
  failed: [[330, 0], [247, 0.14]],
};
const NOTE_S = 0.16;

let context = null;

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

/** `volume` from 0 to 1. Nothing may sound before the first press, and after it that is no news. */
export async function play(kind, volume) {
  if (volume <= 0 || navigator.userActivation?.hasBeenActive === false) return;
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  for (const [hertz, after] of TUNES[kind]) note(hertz, context.currentTime + after, volume);
}
