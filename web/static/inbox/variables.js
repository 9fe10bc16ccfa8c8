/** Variables of phrases: filled from contact and agent; what is left over is never sent. */

const PLACEHOLDER = /\{[\p{L}\p{N}_]+\}/gu;

/** What each variable stands for now; empty is not known. */
export function variableValues({ contact, agent, own, conversation, language, now = new Date() }) {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const date = new Intl.DateTimeFormat(language, {
    day: "2-digit", month: "2-digit", year: "numeric",
  });
  return {
    ...contact?.attributes,
    name: contact?.name ?? "",
    agent: agent?.alias || agent?.name || "",
    number: own ?? "",
    phone: contact?.address ?? "",
    case: conversation ? String(conversation.number) : "",
    time: time.format(now),
    date: date.format(now),
  };
}

/** The text with every known variable in its place. */
export function fill(text, values) {
  return text.replace(PLACEHOLDER, (written) => {
    const name = written.slice(1, -1);
    return (Object.hasOwn(values, name) && String(values[name])) || written;
  });
}

/** Where variables are left over: [{name, start, end}]. */
export function leftOver(text) {
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({
    name: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}
