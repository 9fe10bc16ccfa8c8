/** Fuzzy search over canned phrases: what is typed after `/` finds what is meant. Pure. */

const FOLDED = new Map([["ё", "е"], ["ґ", "г"], ["ї", "і"], ["'", ""], ["’", ""], ["ʼ", ""]]);

/** Lower case, without the letters people leave out. */
export const fold = (text) =>
  [...text.toLocaleLowerCase()].map((char) => FOLDED.get(char) ?? char).join("");

/** How well `query` is found in `text`: 0 not at all; a run beats scattered letters. */
function score(query, text) {
  const wanted = fold(query).trim();
  const where = fold(text);
  if (!wanted) return 1;
  if (where.startsWith(wanted)) return 100;
  const whole = where.indexOf(wanted);
  if (whole >= 0) return /[\s\p{P}]/u.test(where[whole - 1]) ? 80 : 60;
  const words = wanted.split(/\s+/);
  if (words.length > 1 && words.every((word) => where.includes(word))) return 50;
  return scattered(wanted, where);
}

function scattered(wanted, where) {
  let place = -1;
  let gaps = 0;
  for (const char of wanted.replace(/\s/g, "")) {
    const next = where.indexOf(char, place + 1);
    if (next < 0) return 0;
    if (place >= 0) gaps += next - place - 1;
    place = next;
  }
  return Math.max(0, 30 - gaps);
}

const TITLE_SHARE = 0.9;
const TEXT_SHARE = 0.5;
const LANGUAGE_BONUS = 5;
const MOST = 8;

/** The phrases that fit a query, best first; the customer's language and use break ties. */
export function findCanned(items, query, { language = null } = {}) {
  return items
    .map((item) => {
      const found = Math.max(
        score(query, item.shortcut ?? ""),
        score(query, item.title) * TITLE_SHARE,
        score(query, item.text) * TEXT_SHARE,
      );
      const bonus = item.language === language ? LANGUAGE_BONUS : 0;
      return { item, found, rank: found + bonus };
    })
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.rank - one.rank || (other.item.uses ?? 0) - (one.item.uses ?? 0))
    .slice(0, MOST)
    .map(({ item }) => item);
}
