// What was said on one phone: bubbles with their segments, calls between them.

import { h } from "./page.js";
import { count, language, say } from "./words.js";

const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });

export function bubbles({ messages, sent, calls }) {
  const items = [
    ...messages.map((message) => [message.id, received(message)]),
    ...sent.map((message) => [message.id, written(message)]),
    ...calls.map((call) => [call.id, called(call)]),
  ];
  items.sort(([one], [other]) => one - other);
  if (items.length === 0) return [h("li", { class: "empty" }, say("empty"))];
  return items.map(([, element]) => element);
}

function received(message) {
  const marks = [];
  if (message.duplicate) marks.push(mark("bad", say("repeated")));
  if (!message.complete)
    marks.push(mark("bad", say("missing", { numbers: message.missing.join(", ") })));
  const repeats = message.segments.filter((segment) => segment.duplicate).length;
  if (repeats && !message.duplicate)
    marks.push(mark("warn", `${say("repeated")} × ${repeats}`));
  const facts = [message.from, time(message), message.alphabet];
  return bubble("in", message, facts, marks);
}

function written(message) {
  const { delivered, on_air: total } = message;
  const done = delivered >= total;
  const marks = [mark(done ? "good" : "warn", say("arrived", { delivered, total }))];
  return bubble("out", message, [message.to, time(message), message.alphabet], marks);
}

function bubble(side, message, facts, marks) {
  return h(
    "li",
    { class: `bubble ${side}` },
    h("p", { class: "text" }, message.text),
    h("p", { class: "facts" }, facts.join(" · ")),
    marks.length > 0 && h("p", { class: "marks" }, ...marks),
    h(
      "details",
      {},
      h("summary", {}, count("segments", message.segments.length)),
      h("ol", {}, ...message.segments.map(segmentItem)),
    ),
  );
}

function segmentItem(segment) {
  const { number, total } = segment;
  return h(
    "li",
    {},
    h("b", {}, say("segment", { number, total })),
    segment.duplicate && mark("warn", say("repeated")),
    h("span", { class: "piece" }, segment.text),
    segment.header && h("code", {}, say("header", { octets: segment.header })),
    segment.hex && h("code", {}, say("octets", { octets: segment.hex })),
  );
}

function called(call) {
  const text = say(`calls.${call.state}`, { to: call.to });
  return h("li", { class: `call ${call.state}` }, `☎ ${text} · ${time(call)}`);
}

const mark = (kind, text) => h("span", { class: `mark ${kind}` }, text);
const time = (item) => clock.format(new Date(item.time));
