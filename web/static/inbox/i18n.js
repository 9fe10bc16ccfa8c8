/** Words, numbers and times in the agent's language; the only source of text on the page. */
import { useEffect, useReducer } from "../vendor/htm-preact.js";
import { straight } from "./safe_text.js";

const LOADERS = {
  ru: () => import("./i18n/ru.js"),
  uk: () => import("./i18n/uk.js"),
  en: () => import("./i18n/en.js"),
};
// British English: its 24-hour clock is what a duty desk reads.
const TAGS = { ru: "ru-RU", uk: "uk-UA", en: "en-GB" };
export const LOCALES = ["ru", "uk", "en"]; // named by t("language.<code>"), each in itself

let current = "en";
let messages = {};
let plurals = new Intl.PluralRules("en");
const formats = new Map();
const extras = new Set(); // parts of a catalogue that only some pages need
const watchers = new Set();
const missed = new Set();

export const locale = () => current;
export const has = (key) => key in messages;

/** The language to begin with: kept from the last time, else the browser's. */
export function guessLocale() {
  const wanted = [document.documentElement.lang, ...navigator.languages];
  const kept = localStorage.getItem("seventy.locale");
  if (kept) wanted.unshift(JSON.parse(kept));
  else wanted.shift();
  return wanted.map((tag) => tag.slice(0, 2)).find((code) => code in LOADERS) ?? "en";
}

async function loadMessages(code) {
  const parts = [...extras].map((name) => import(`./i18n/${code}/${name}.js`));
  const loaded = await Promise.all([LOADERS[code](), ...parts]);
  if (parts.length < extras.size) return loadMessages(code); // another page asked meanwhile
  return Object.assign({}, ...loaded.map((part) => part.default));
}

/** Adds the words of pages that are loaded later: now, and with every language to come. */
export async function addParts(...names) {
  for (const name of names) extras.add(name);
  const code = current;
  const loaded = await loadMessages(code);
  if (code === current) messages = loaded; // else the change of language brought them
}

/** Loads the catalogue and redraws; keeps the old language when that fails. */
export async function setLocale(code) {
  if (!(code in LOADERS)) return;
  messages = await loadMessages(code);
  current = code;
  plurals = new Intl.PluralRules(TAGS[code]);
  formats.clear();
  document.documentElement.lang = code;
  localStorage.setItem("seventy.locale", JSON.stringify(code));
  for (const watcher of watchers) watcher();
}

/** Redraws a root when the language changes. */
export function useLocale() {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    watchers.add(redraw);
    return () => watchers.delete(redraw);
  }, []);
  return current;
}

/** A message with its placeholders filled; `params.n` chooses the plural form. */
export function t(key, params = {}) {
  let message = messages[key];
  if (message === undefined) {
    if (!missed.has(key)) console.warn(`no message ${key} in ${current}`);
    missed.add(key);
    return key;
  }
  if (typeof message === "object") {
    message = message[plurals.select(params.n)] ?? message.other;
  }
  return message.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = params[name];
    if (value === undefined || value === null) return whole;
    return typeof value === "number" ? fmt.number(value) : straight(value);
  });
}

function format(kind, options) {
  const key = kind + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl[kind](TAGS[current], options));
  return formats.get(key);
}

const dated = (options) => (iso) =>
  iso ? format("DateTimeFormat", options).format(new Date(iso)) : "";

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** Whole days between a time and today; 0 is today, 1 yesterday. */
function daysAgo(iso, now = new Date()) {
  return Math.round((midnight(now) - midnight(new Date(iso))) / 86_400_000);
}

const time = dated({ hour: "2-digit", minute: "2-digit" });
const dayMonth = dated({ day: "numeric", month: "short" });
const longDay = dated({ day: "numeric", month: "long" });
const date = dated({ day: "numeric", month: "long", year: "numeric" });

export const fmt = {
  time,
  date,
  timeSeconds: dated({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  dateTime: dated({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  day(iso) {
    const days = daysAgo(iso);
    if (days === 0) return t("time.today");
    if (days === 1) return t("time.yesterday");
    return days < 300 ? longDay(iso) : date(iso);
  },
  short(iso) {
    if (!iso) return "";
    return daysAgo(iso) === 0 ? time(iso) : dayMonth(iso);
  },
  number: (n) => format("NumberFormat", {}).format(n),
  money: (amount, currency) =>
    format("NumberFormat", { style: "currency", currency, maximumFractionDigits: 2 }).format(amount),
  list: (items) => format("ListFormat", { type: "conjunction" }).format(items),
  /** 0:48, 12:05, then hours and days: as long as it matters to the second. */
  wait(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return t("time.hours", { h: hours, m: String(minutes % 60).padStart(2, "0") });
    return t("time.days", { n: Math.floor(hours / 24) });
  },
  ago(ms) {
    const minutes = Math.floor(ms / 60_000);
    const relative = format("RelativeTimeFormat", { numeric: "auto", style: "short" });
    if (minutes < 1) return t("time.now");
    if (minutes < 60) return relative.format(-minutes, "minute");
    if (minutes < 1440) return relative.format(-Math.floor(minutes / 60), "hour");
    return relative.format(-Math.floor(minutes / 1440), "day");
  },
};
