// Elements by a call, requests by a call; text goes in as text nodes only.

import { say } from "./words.js";

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

let noticeTimer;

export function notice(text) {
  const element = document.getElementById("notice");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (element.hidden = true), 6000);
}

export async function ask(method, path, body) {
  const options = { method };
  if (body !== undefined) options.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    notice(say("lost"));
    return null;
  }
  if (response.status === 204) return {};
  const answer = await response.json();
  if (response.ok) return answer;
  notice(answer.detail);
  return null;
}

export const phonePath = (msisdn) => `/phones/${encodeURIComponent(msisdn)}`;

export function replaceIfOther(element, key, children) {
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...children());
}

export function option(value, text) {
  return h("option", { value }, text);
}
