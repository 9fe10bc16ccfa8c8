// The page: a table with phones, the modems beside them, all kept up to date.

import { ModemCard, NetworkCard, SmscCard } from "./modem.js";
import { ask, h, notice } from "./page.js";
import { PhoneCard } from "./phone.js";
import { language, say } from "./words.js";

const REMEMBERED = "hwsim.phones";
const FIRST_PHONES = ["+79991234567", "+79997654321"];
// Phones that others write to come to the table by themselves, up to this many.
const MOST_BY_THEMSELVES = 6;
const SHOWN_COUNTERS = [
  "submitted", "delivered", "reports", "phone_delivered", "waiting", "duplicates",
];

const phones = new Map();
const closed = new Set();
const modems = new Map();
const counters = h("dl", { class: "counters" });
const clock = h("form", { class: "clock", hidden: true, onsubmit: advance });
const table = h("div", { class: "table" });
const rack = h("div", { class: "rack" });
let state = null;
let network;
let smsc;
let kinds;

function build() {
  document.documentElement.lang = language;
  document.title = say("title");
  document.getElementById("top").append(h("h1", {}, say("title")), counters, clock);
  const number = h("input", {
    type: "tel", "aria-label": say("number"), placeholder: say("number"),
  });
  const open = async (event) => {
    event.preventDefault();
    const answer = await ask("GET", `/phones/${encodeURIComponent(number.value)}`);
    if (!answer) return;
    number.value = "";
    openPhone(answer.msisdn);
  };
  document.getElementById("phones").append(
    h("h2", { id: "phones-title" }, say("phones")),
    h("form", { class: "opener", onsubmit: open }, number, h("button", {}, say("open"))),
    table,
  );
  document
    .getElementById("modems")
    .append(h("h2", { id: "modems-title" }, say("modems")), rack);
}

async function openPhone(msisdn) {
  if (phones.has(msisdn)) return phones.get(msisdn).element.scrollIntoView();
  const phone = await ask("GET", `/phones/${encodeURIComponent(msisdn)}`);
  if (!phone || phones.has(phone.msisdn)) return;
  const card = new PhoneCard(phone.msisdn, () => {
    phones.delete(phone.msisdn);
    closed.add(phone.msisdn);
    card.element.remove();
    remember();
  });
  phones.set(phone.msisdn, card);
  table.append(card.element);
  card.show(phone, numbers(state));
  remember();
}

function remember() {
  localStorage.setItem(REMEMBERED, JSON.stringify([...phones.keys()]));
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? FIRST_PHONES;
  } catch {
    return FIRST_PHONES;
  }
}

async function show(picture) {
  const first = state === null;
  state = picture;
  counters.replaceChildren(
    ...SHOWN_COUNTERS.map((name) =>
      h(
        "div",
        { class: name === "duplicates" && picture.counters[name] ? "bad" : "" },
        h("dt", {}, say(`counters.${name}`)),
        h("dd", {}, String(picture.counters[name])),
      ),
    ),
  );
  showClock(picture);
  for (const modem of picture.modems) {
    let card = modems.get(modem.name);
    if (!card) {
      card = new ModemCard(modem, kinds.modem);
      modems.set(modem.name, card);
      network.element.before(card.element);
    }
    card.show(modem);
  }
  network.show(picture);
  smsc.show(picture.smpp);
  if (first) for (const msisdn of remembered()) await openPhone(msisdn);
  for (const phone of picture.phones) {
    const fresh = phone.received && !phones.has(phone.msisdn) && !closed.has(phone.msisdn);
    if (fresh && phones.size < MOST_BY_THEMSELVES) await openPhone(phone.msisdn);
    phones.get(phone.msisdn)?.show(phone, numbers(picture));
  }
}

// Whom a phone can write to: modems, and the codes of applications.
function numbers({ modems, smpp }) {
  const codes = smpp.accounts.flatMap(({ system_id, short_codes }) =>
    short_codes.map((code) => ({ name: system_id, msisdn: code })),
  );
  return [...modems, ...codes];
}

function showClock(picture) {
  clock.hidden = !picture.virtual_clock;
  if (clock.hidden) return;
  if (!clock.firstChild) {
    clock.append(
      h("time", {}),
      h("input", {
        type: "number", name: "seconds", min: "0", value: "60", "aria-label": say("clock"),
      }),
      h("button", {}, say("advance")),
    );
  }
  clock.firstChild.textContent = new Date(picture.now).toLocaleString(language);
}

function advance(event) {
  event.preventDefault();
  ask("POST", "/clock", { advance_s: Number(clock.elements.seconds.value) });
}

async function start() {
  build();
  kinds = await ask("GET", "/faults");
  if (!kinds) return setTimeout(() => location.reload(), 3000);
  network = new NetworkCard(kinds.network);
  smsc = new SmscCard(kinds.smsc);
  rack.append(network.element, smsc.element);
  const source = new EventSource("/events");
  let showing = Promise.resolve();
  source.addEventListener("state", (event) => {
    showing = showing.then(() => show(JSON.parse(event.data)));
  });
  source.addEventListener("error", () => notice(say("lost")));
}

start();
