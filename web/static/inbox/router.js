/** Where the agent is, as an address: History API under /inbox. */
import { html, useEffect, useReducer } from "../vendor/htm-preact.js";

const ROOT = "/inbox";
const watchers = new Set();
const encode = encodeURIComponent;

export const paths = {
  home: () => ROOT,
  view: (view) => `${ROOT}/view/${encode(view)}`,
  thread: (id, at) => `${ROOT}/t/${encode(id)}${at ? `?at=${encode(at)}` : ""}`,
  search: (query = "") => `${ROOT}/search${query ? `?q=${encode(query)}` : ""}`,
  contacts: () => `${ROOT}/contacts`,
  contact: (id) => `${ROOT}/contacts/${encode(id)}`,
  approvals: () => `${ROOT}/approvals`,
  board: () => `${ROOT}/board`,
  admin: (path = "") => `${ROOT}/admin${path ? `/${path}` : ""}`,
};

/** An address as names: {name, view, threadId, at, query, contactId, path}. */
export function parse(url) {
  const { pathname, searchParams } = new URL(url, location.origin);
  const [first, ...rest] = pathname
    .slice(ROOT.length)
    .split("/")
    .filter(Boolean)
    .map(decodeURIComponent);
  const route = { name: "list", view: null, threadId: null, at: null, query: "", contactId: null, path: "" };
  switch (first) {
    case "t":
      return { ...route, name: rest[0] ? "thread" : "list", threadId: rest[0] ?? null, at: searchParams.get("at") };
    case "view":
      return { ...route, view: rest[0] ?? null };
    case "search":
      return { ...route, name: "search", query: searchParams.get("q") ?? "" };
    case "contacts":
      return { ...route, name: "contacts", contactId: rest[0] ?? null };
    case "approvals":
    case "board":
      return { ...route, name: first };
    case "admin":
      return { ...route, name: "admin", path: rest.join("/") };
    default:
      return route;
  }
}

let route = parse(location.href);

function moved() {
  route = parse(location.href);
  for (const watcher of [...watchers]) watcher();
}

addEventListener("popstate", moved);

export const currentRoute = () => route;

export function go(url, { replace = false } = {}) {
  if (url === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  moved();
}

export function useRoute() {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    watchers.add(redraw);
    return () => watchers.delete(redraw);
  }, []);
  return route;
}

const isPlain = (event) =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

/** A real link, so that it opens in a new tab when asked to. */
export function Link({ to, onClick, children, ...rest }) {
  const follow = (event) => {
    onClick?.(event);
    if (event.defaultPrevented || !isPlain(event)) return;
    event.preventDefault();
    go(to);
  };
  return html`<a href=${to} onClick=${follow} ...${rest}>${children}</a>`;
}

const WIDTHS = [
  ["wide", matchMedia("(min-width: 75em)")],
  ["drawer", matchMedia("(min-width: 56.25em)")],
  ["two", matchMedia("(min-width: 45em)")],
];

const pane = () => WIDTHS.find(([, query]) => query.matches)?.[0] ?? "one";

/** How many columns there is room for: wide, drawer, two or one. */
export function usePane() {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    for (const [, query] of WIDTHS) query.addEventListener("change", redraw);
    return () => {
      for (const [, query] of WIDTHS) query.removeEventListener("change", redraw);
    };
  }, []);
  return pane();
}
