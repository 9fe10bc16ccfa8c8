// One phone on the table: how it answers, what it said, what it sends, whom it calls.

import { bubbles } from "./conversation.js";
import { ask, h, option, phonePath, replaceIfOther } from "./page.js";
import { say } from "./words.js";

const SHOWN = 100;

export class PhoneCard {
  constructor(msisdn, close) {
    this.path = phonePath(msisdn);
    this.version = -1;
    this.list = h("ul", { class: "talk", tabindex: "0", "aria-live": "polite" });
    this.reachable = h("input", { type: "checkbox", onchange: () => this.configure() });
    this.report = h(
      "select",
      { "aria-label": say("report"), onchange: () => this.configure() },
      ...["delivered", "temporary", "permanent", "none"].map((mode) =>
        option(mode, say(mode)),
      ),
    );
    this.delay = number(say("delay"), () => this.configure());
    this.to = h("select", { "aria-label": say("to") });
    this.text = h("textarea", {
      rows: "2",
      "aria-label": say("write"),
      placeholder: say("write"),
      onkeydown: (event) => this.key(event),
    });
    this.shuffle = h("input", { type: "checkbox" });
    this.drop = number(say("drop"));
    this.repeat = number(say("duplicate"));
    this.gap = number(say("gap"));
    this.ringing = false;
    this.callButton = h(
      "button",
      { type: "button", onclick: () => this.toggleCall() },
      say("call"),
    );
    this.element = this.build(msisdn, close);
  }

  build(msisdn, close) {
    return h(
      "article",
      { class: "phone", "aria-label": msisdn },
      h(
        "header",
        {},
        h("h3", {}, msisdn),
        h("button", {
          type: "button", class: "close", "aria-label": say("close"), onclick: close,
        }, "×"),
        h("label", { class: "switch" }, this.reachable, say("reachable")),
        label(say("delay"), this.delay),
        this.report,
      ),
      this.list,
      h(
        "form",
        { onsubmit: (event) => this.send(event) },
        this.text,
        h(
          "details",
          {},
          h("summary", {}, say("more")),
          h("label", { class: "switch" }, this.shuffle, say("shuffle")),
          label(say("drop"), this.drop),
          label(say("duplicate"), this.repeat),
          label(say("gap"), this.gap),
        ),
        label(say("to"), this.to),
        h(
          "div",
          { class: "row" },
          h("button", { class: "main" }, say("send")),
          this.callButton,
        ),
      ),
    );
  }

  show(phone, numbers) {
    this.reachable.checked = phone.reachable;
    this.report.value = phone.report;
    if (document.activeElement !== this.delay) this.delay.value = phone.delay_s || "";
    this.element.classList.toggle("away", !phone.reachable);
    const chosen = this.to.value;
    const key = numbers.map(({ msisdn }) => msisdn).join();
    replaceIfOther(this.to, key, () =>
      numbers.map(({ name, msisdn }) => option(msisdn, `${name} ${msisdn}`)),
    );
    if (chosen) this.to.value = chosen;
    if (phone.version !== this.version) {
      this.version = phone.version;
      this.load();
    }
  }

  async load() {
    const answer = await ask("GET", `${this.path}/messages?limit=${SHOWN}`);
    if (!answer) return;
    this.ringing = answer.calls.some(({ state }) => state === "ringing");
    this.callButton.textContent = say(this.ringing ? "hangUp" : "call");
    const list = this.list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const open = [...list.children].map((item) => item.querySelector("details")?.open);
    list.replaceChildren(...bubbles(answer));
    [...list.children].forEach((item, place) => {
      if (open[place]) item.querySelector("details")?.setAttribute("open", "");
    });
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  configure() {
    ask("PUT", this.path, {
      reachable: this.reachable.checked,
      report: this.report.value,
      delay_s: Number(this.delay.value) || 0,
    });
  }

  async send(event) {
    event.preventDefault();
    if (!this.to.value) return;
    const body = {
      to: this.to.value,
      text: this.text.value,
      shuffle: this.shuffle.checked,
      drop: chosenNumber(this.drop),
      duplicate: chosenNumber(this.repeat),
      delay_s: Number(this.gap.value) || 0,
    };
    if (await ask("POST", `${this.path}/messages`, body)) this.text.value = "";
  }

  toggleCall() {
    const path = `${this.path}/calls`;
    if (this.ringing) ask("DELETE", path);
    else ask("POST", path, { to: this.to.value });
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      this.send(event);
    }
  }
}

function number(title, onchange = null) {
  const attributes = { type: "number", min: "0", step: "any", "aria-label": title };
  return h("input", onchange ? { ...attributes, onchange } : attributes);
}

const chosenNumber = (input) => (input.value ? [Number(input.value)] : []);
const label = (text, control) => h("label", { class: "field" }, text, control);
