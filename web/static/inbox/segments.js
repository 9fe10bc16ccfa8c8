/**
 * What a text costs on the air: alphabet, number of SMS, units, what forces UCS-2.
 * The same rules as gateway/codec/choice.py and segment.py; a browser test holds the two
 * together. Pure. spec/inbox.md F.6
 */

import { LOCKING, SINGLE, UNUSED } from "./gsm7_tables.js";

const OCTETS = 140;
const CONCATENATION_OCTETS = 5;
const LANGUAGE_OCTETS = 3;
const PLAIN = 0;
const NATIONAL = Array.from({ length: LOCKING.length - 1 }, (_, place) => place + 1);
const ESCAPE_PLACE = 0x1b;

const locking = LOCKING.map(
  (table) => new Set([...table].filter((_, place) => place !== ESCAPE_PLACE)),
);
const single = SINGLE.map(
  (table) => new Set([...table].filter((char) => char !== UNUSED)),
);

const headerOctets = (elements) => (elements ? 1 + elements : 0);
const languageOctets = (main, escaped) =>
  LANGUAGE_OCTETS * ((main !== PLAIN) + (escaped !== PLAIN));
const septetsIn = (octets) => Math.floor((octets * 8) / 7);
const unitsIn = (octets) => Math.floor(octets / 2);

/** Piece lengths: `parts(end)` says whether a cut at `end` would part a pair. */
function cut(length, elements, capacityOf, parts) {
  let capacity = capacityOf(OCTETS - headerOctets(elements));
  if (length <= capacity) return { pieces: [length], capacity };
  capacity = capacityOf(OCTETS - headerOctets(elements + CONCATENATION_OCTETS));
  const pieces = [];
  let start = 0;
  while (length - start > capacity) {
    let end = start + capacity;
    if (parts(end)) end -= 1;
    pieces.push(end - start);
    start = end;
  }
  pieces.push(length - start);
  return { pieces, capacity };
}

function cutUcs2(text) {
  const parts = (end) => {
    const unit = text.charCodeAt(end - 1);
    return unit >= 0xd800 && unit <= 0xdbff;
  };
  const found = cut(text.length, 0, unitsIn, parts);
  return { ...found, alphabet: "ucs2", rank: [found.pieces.length, 1, text.length * 2, 0] };
}

function cutSeptets(chars, main, escaped) {
  const isEscape = [];
  for (const char of chars) {
    if (!locking[main].has(char)) isEscape.push(true);
    isEscape.push(false);
  }
  const elements = languageOctets(main, escaped);
  const found = cut(isEscape.length, elements, septetsIn, (end) => isEscape[end - 1]);
  const rank = [found.pieces.length, elements ? 2 : 0, isEscape.length, elements];
  return { ...found, alphabet: "gsm7", rank };
}

const within = (chars, ...tables) => {
  for (const char of chars)
    if (!tables.some((table) => table.has(char))) return false;
  return true;
};

/** Pairs of tables that can carry the text and may be the cheapest to do so. */
function* tablesFor(chars, distinct) {
  let plainEscapes = chars.length;
  for (const main of [PLAIN, ...NATIONAL]) {
    const outside = new Set([...distinct].filter((char) => !locking[main].has(char)));
    const escapes = chars.filter((char) => outside.has(char)).length;
    if (main !== PLAIN && escapes >= plainEscapes) continue;
    for (const escaped of [PLAIN, main, ...NATIONAL]) {
      if (!within(outside, single[escaped])) continue;
      yield [main, escaped];
      if (main === PLAIN && escaped === PLAIN) plainEscapes = escapes;
      break;
    }
  }
}

const isBetter = (one, other) => {
  const place = one.rank.findIndex((value, index) => value !== other.rank[index]);
  return place >= 0 && one.rank[place] < other.rank[place];
};

function choose(text, chars, distinct) {
  if (within(distinct, locking[PLAIN])) return cutSeptets(chars, PLAIN, PLAIN);
  const isPlain = within(distinct, locking[PLAIN], single[PLAIN]);
  let best = cutUcs2(text);
  if (!isPlain && best.pieces.length === 1) return best;
  for (const [main, escaped] of tablesFor(chars, distinct)) {
    const found = cutSeptets(chars, main, escaped);
    if (isBetter(found, best)) best = found;
  }
  return best;
}

/** What the best tables for a text cannot carry, in order of appearance. */
function findMissing(distinct, languages) {
  const outside = [...distinct].filter(
    (char) => !locking[PLAIN].has(char) && !single[PLAIN].has(char),
  );
  const useful = languages.filter((language) =>
    outside.some((char) => locking[language].has(char) || single[language].has(char)),
  );
  let fewest = outside;
  for (const main of [PLAIN, ...useful]) {
    const rest = [...distinct].filter((char) => !locking[main].has(char));
    for (const escaped of [PLAIN, ...useful]) {
      const missing = rest.filter((char) => !single[escaped].has(char));
      if (missing.length < fewest.length) fewest = missing;
    }
  }
  return fewest;
}

/**
 * What a text costs; null for a text with half of a surrogate pair in it.
 * `used` and `limit` are septets, or UTF-16 units with UCS-2.
 */
export function planText(text) {
  if (/\p{Surrogate}/u.test(text)) return null;
  const chars = [...text];
  const distinct = new Set(chars);
  const best = choose(text, chars, distinct);
  const used = best.pieces.reduce((sum, length) => sum + length, 0);
  const left = best.capacity - best.pieces.at(-1);
  let forcing = [];
  if (best.alphabet === "ucs2") {
    forcing = findMissing(distinct, NATIONAL);
    if (!forcing.length) forcing = findMissing(distinct, []);
  }
  return {
    alphabet: best.alphabet,
    segments: best.pieces.length,
    used,
    left,
    limit: used + left,
    capacity: best.capacity,
    forcing,
  };
}

// What a Latin text loses nothing by; never used on another script.
const PLAINER = new Map([
  ["«", '"'], ["»", '"'], ["“", '"'], ["”", '"'], ["„", '"'], ["‟", '"'],
  ["‘", "'"], ["’", "'"], ["‚", "'"], ["‹", "'"], ["›", "'"], ["`", "'"],
  ["—", "-"], ["–", "-"], ["‑", "-"], ["−", "-"], ["‐", "-"],
  ["…", "..."], ["№", "No."], ["•", "*"], ["·", "."], ["×", "x"],
  ["\u00a0", " "], ["\u202f", " "], ["\u2009", " "], ["\u200b", ""], ["\ufeff", ""],
]);
const MOST_REPLACED = 3;

/** A cheaper text by plainer punctuation: {text, saves, replaced}, or null. */
export function plainer(text, plan = planText(text)) {
  if (plan === null || plan.alphabet !== "ucs2") return null;
  const outside = findMissing(new Set(text), []);
  if (!outside.length || outside.length > MOST_REPLACED) return null;
  if (!outside.every((char) => PLAINER.has(char))) return null;
  const changed = [...text].map((char) => PLAINER.get(char) ?? char).join("");
  const cheaper = planText(changed);
  const saves = plan.segments - cheaper.segments;
  if (saves <= 0) return null;
  return { text: changed, saves, replaced: outside.map((char) => [char, PLAINER.get(char)]) };
}
