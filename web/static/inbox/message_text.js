/** A text of a stranger's as nodes: links made safe, control characters shown, no HTML. */

import { html } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";

// Direction marks and overrides, invisible spaces, and what no text should hold.
const CONTROL =
  "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\u{e0000}-\\u{e007f}";
const LINK = `https?:\\/\\/[^\\s<>"${CONTROL}]+`;
const TOKEN = new RegExp(`(?<link>${LINK})|(?<control>[${CONTROL}])`, "giu");
const TRAILING = /[.,;:!?…»”’)\]}'"]+$/u;

/** {text} | {link, text} | {control}: the parts of a text, in order. */
export function partsOf(text) {
  const parts = [];
  let start = 0;
  const plain = (end) => {
    if (end > start) parts.push({ text: text.slice(start, end) });
  };
  for (const match of text.matchAll(TOKEN)) {
    plain(match.index);
    if (match.groups.control) {
      parts.push({ control: codeOf(match[0]) });
      start = match.index + match[0].length;
      continue;
    }
    const written = withoutTrailing(match[0]);
    parts.push({ link: addressOf(written), text: written });
    start = match.index + written.length;
  }
  plain(text.length);
  return parts;
}

function withoutTrailing(written) {
  const trailing = TRAILING.exec(written)?.[0] ?? "";
  // A bracket that was opened inside the address belongs to it.
  const keep = trailing.startsWith(")") && written.includes("(") ? 1 : 0;
  return written.slice(0, written.length - trailing.length + keep);
}

const codeOf = (char) =>
  `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

function addressOf(written) {
  try {
    const { protocol, href } = new URL(written);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}

function node(part) {
  if (part.control)
    return html`<span class="control-char" title=${t("d.control_character")}>${part.control}</span>`;
  if (part.link)
    return html`<a
      href=${part.link} title=${part.link} target="_blank"
      rel="noopener noreferrer nofollow" referrerpolicy="no-referrer"
    >${part.text}</a>`;
  return part.text;
}

const UKRAINIAN = /[іїєґ]/iu;
const RUSSIAN = /[ыэъё]/iu;

/** The language of a text as far as its letters tell; undefined when they do not. */
function languageOf(text) {
  if (UKRAINIAN.test(text)) return "uk";
  return RUSSIAN.test(text) ? "ru" : undefined;
}

/** The words of a message: never markup, never a direction that leaks. */
export function SafeText({ text }) {
  const clean = text.replace(/\r\n?/g, "\n");
  return html`<div class="words" dir="auto" lang=${languageOf(clean)}>
    ${partsOf(clean).map(node)}
  </div>`;
}
