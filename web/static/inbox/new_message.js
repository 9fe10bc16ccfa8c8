/** A message to somebody new: number checked, text counted and kept until it is sent. */

import { html, useEffect, useMemo, useState } from "../vendor/htm-preact.js";
import { ActDialog, Lines } from "./act_dialog.js";
import { loadSettings } from "./actions.js";
import { api, newId, problem } from "./api.js";
import { Counter } from "./counter.js";
import { locale, t } from "./i18n.js";
import { go, paths } from "./router.js";
import { me } from "./selectors.js";
import { dispatch, useSelect } from "./store.js";
import { useStored } from "./ui.js";
import { leftOver, fill, variableValues } from "./variables.js";
import { SelectField, TextField } from "./ui.js";

const settingsOf = (state) => state.settings;
const linksOf = (state) => state.links;
const EMPTY = { to: "", text: "" };
const LOOK_MS = 300;

/** A number as it can be written: plus, digits and what people put between them. */
const looksLikeNumber = (text) => /^\+?[\d\s().\-]{3,25}$/.test(text.trim()) && /\d{3}/.test(text.replace(/\D/g, ""));

function useKnown(to) {
  const [contact, setContact] = useState(null);
  useEffect(() => {
    setContact(null);
    const number = to.replace(/[^\d+]/g, "");
    if (number.length < 7) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.get(`/contacts/by-number/${encodeURIComponent(number)}`, { signal: stop.signal })
        .then(setContact)
        .catch(() => setContact(null)); // nobody known: a new contact will be made
    }, LOOK_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [to]);
  return contact;
}

/** With a `text`, that of a message which could not go by the other line: it is not kept. */
export function NewMessage({ to: begin = "", text: given = null, own: line = "", onClose }) {
  const [kept, keepDraft] = useStored("new_message", EMPTY);
  const keep = given === null ? keepDraft : () => {};
  const [to, setTo] = useState(begin || kept.to);
  const [text, setText] = useState(given ?? kept.text);
  const [own, setOwn] = useState(line);
  const [clientId] = useState(newId);
  const settings = useSelect(settingsOf);
  const links = Object.values(useSelect(linksOf)).filter((link) => link.msisdn);
  const self = useSelect(me);
  const contact = useKnown(to);
  useEffect(() => {
    loadSettings().catch(() => {}); // the counter does without price and limit
  }, []);
  const values = useMemo(() => variableValues({ contact, agent: self, own, language: locale() }), [contact, self, own]);
  const write = (next) => {
    setText(next);
    keep({ to, text: next });
  };
  const submit = async () => {
    if (!looksLikeNumber(to)) return t("error.invalid_number");
    const rendered = fill(text, values).trim();
    if (leftOver(rendered).length) return t("d.left_over_refused");
    try {
      const body = { to: to.trim(), text: rendered || undefined, own: own || undefined, client_id: clientId };
      const answer = await api.post("/threads", body);
      dispatch({ type: "thread/row", row: answer.thread, seq: 0 });
      keep(EMPTY);
      go(paths.thread(answer.thread.id));
      return null;
    } catch (error) {
      return problem(error);
    }
  };
  const options = [["", t("d.new.any_line")], ...links.map((link) => [link.msisdn, `${link.id} · ${link.msisdn}`])];
  const hint = contact ? t("d.new.known", { name: contact.name || contact.address }) : t("d.new.to_hint");
  return html`<${ActDialog} title=${t("d.new.title")} yes=${text.trim() ? t("d.send") : t("d.new.open")} submit=${submit} onClose=${onClose}>
    <${TextField} label=${t("d.new.to")} hint=${hint} type="tel" value=${to} required autocomplete="off"
      onInput=${(next) => {
        setTo(next);
        keep({ to: next, text });
      }} />
    ${links.length > 1 && html`<${SelectField} label=${t("d.new.from")} value=${own} options=${options} onChange=${setOwn} />`}
    <${Lines} label=${t("d.new.text")} rows="4" value=${text} onInput=${write} spellcheck="true" />
    <${Counter} text=${fill(text, values)} settings=${settings} onReplace=${write} />
  <//>`;
}
