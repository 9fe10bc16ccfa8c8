// Modems, the network and the SMSC: how they are, and what may be broken on them.

import { ask, h, option, replaceIfOther } from "./page.js";
import { say } from "./words.js";

class FaultBox {
  constructor(path, kinds) {
    this.path = path;
    this.kinds = kinds;
    this.list = h("ul", { class: "faults" });
    this.kind = h(
      "select",
      { "aria-label": say("fault"), onchange: () => this.explain() },
      ...Object.keys(kinds).map((kind) => option(kind, kind)),
    );
    this.parameters = h("input", {
      "aria-label": say("fault"),
      placeholder: say("parameters"),
    });
    this.hint = h("p", { class: "hint" });
    this.element = h(
      "form",
      { class: "faultbox", onsubmit: (event) => this.add(event) },
      this.list,
      h("div", { class: "row" }, this.kind, h("button", {}, say("add"))),
      this.parameters,
      this.hint,
    );
    this.explain();
  }

  explain() {
    const { description, parameters } = this.kinds[this.kind.value];
    this.hint.textContent = `${description} (${parameters.join(", ")})`;
  }

  add(event) {
    event.preventDefault();
    const body = { kind: this.kind.value };
    for (const pair of this.parameters.value.trim().split(/\s+/).filter(Boolean)) {
      const [name, ...rest] = pair.split("=");
      body[name] = literal(rest.join("="));
    }
    ask("POST", this.path, body);
  }

  show(faults) {
    replaceIfOther(this.list, JSON.stringify(faults), () =>
      faults.map((fault) =>
        h(
          "li",
          {},
          fault.kind,
          h("button", {
            type: "button",
            class: "close",
            "aria-label": say("remove", { kind: fault.kind }),
            onclick: () => ask("DELETE", `${this.path}/${fault.id}`),
          }, "×"),
        ),
      ),
    );
  }
}

export class ModemCard {
  constructor(modem, kinds) {
    this.path = `/modems/${encodeURIComponent(modem.name)}/faults`;
    this.signal = h("span", { class: "signal", role: "img" }, ...bars());
    this.facts = h("p", { class: "facts" });
    this.plug = h("button", { type: "button", onclick: () => this.togglePlug() });
    this.faults = new FaultBox(this.path, kinds);
    this.element = h(
      "article",
      { class: "modem", "aria-label": modem.name },
      h("header", {}, h("h3", {}, modem.name), this.signal),
      h("p", { class: "number" }, `${modem.msisdn} · ${modem.personality}`),
      this.facts,
      h(
        "div",
        { class: "row" },
        this.plug,
        h("button", { type: "button", onclick: () => this.want("reboot") }, say("reboot")),
      ),
      h("details", {}, h("summary", {}, say("faults")), this.faults.element),
    );
  }

  show(modem) {
    this.power = modem.power;
    const level = modem.power && modem.signal <= 31 ? modem.signal : -1;
    this.signal.dataset.level = level < 0 ? 0 : Math.min(4, 1 + Math.floor(level / 8));
    const title = level < 0 ? say("noSignal") : say("signal", { n: level });
    this.signal.setAttribute("aria-label", title);
    this.signal.title = title;
    const used = Object.entries(modem.storages)
      .filter(([name]) => name === "SM" || name === "ME")
      .map(([name, { used, capacity }]) => say("used", { name, used, capacity }));
    const busy = modem.ports.some((port) => port.in_use);
    this.facts.textContent = modem.power
      ? [registration(modem), say(busy ? "inUse" : "free"), ...used].join(" · ")
      : say("unplugged");
    this.plug.textContent = say(modem.power ? "unplug" : "plug");
    this.element.classList.toggle("away", !modem.registered);
    this.faults.show(modem.faults);
  }

  togglePlug() {
    this.want(this.power ? "unplug" : "plug");
  }

  want(kind) {
    ask("POST", this.path, { kind });
  }
}

export class NetworkCard {
  constructor(kinds) {
    this.faults = new FaultBox("/network/faults", kinds);
    this.element = h(
      "article",
      { class: "modem", "aria-label": say("network") },
      h("header", {}, h("h3", {}, say("network"))),
      h("details", {}, h("summary", {}, say("faults")), this.faults.element),
    );
  }

  show(state) {
    this.faults.show(state.faults);
  }
}

export class SmscCard {
  constructor(kinds) {
    this.address = h("p", { class: "number" });
    this.binds = h("ul", { class: "binds" });
    this.faults = new FaultBox("/smsc/faults", kinds);
    this.element = h(
      "article",
      { class: "modem", "aria-label": "SMSC" },
      h("header", {}, h("h3", {}, "SMSC")),
      this.address,
      this.binds,
      h("details", {}, h("summary", {}, say("faults")), this.faults.element),
    );
  }

  show({ address, accounts, binds, faults }) {
    const codes = accounts.flatMap((account) => account.short_codes);
    this.address.textContent = [address, ...codes].join(" · ");
    const lines = binds.length > 0 ? binds.map(bindLine) : [say("noBind")];
    replaceIfOther(this.binds, lines.join("\n"), () =>
      lines.map((line) => h("li", { class: "facts" }, line)),
    );
    this.element.classList.toggle("away", binds.length === 0);
    this.faults.show(faults);
  }
}

function bindLine({ system_id, mode, submitted, delivered }) {
  if (!mode) return say("unbound");
  return say("bind", { system_id, mode: say(`modes.${mode}`), submitted, delivered });
}

const bars = () => [1, 2, 3, 4].map(() => h("i"));

function registration(modem) {
  if (modem.sim !== "READY") return modem.sim;
  const known = modem.registration >= 0 && modem.registration <= 5;
  return say(`registration.${known ? modem.registration : 4}`);
}

function literal(text) {
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}
