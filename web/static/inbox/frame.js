/** The frame of the page: rail, list, centre and contact, in as many columns as there is room for. */
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { Banners } from "./banners.js";
import { Dialogs, openDialog } from "./dialogs.js";
import { t } from "./i18n.js";
import { useKeys } from "./keys.js";
import { lazily } from "./lazily.js";
import { ListColumn } from "./list.js";
import { looking } from "./looking.js";
import { useNavigation } from "./navigation.js";
import { setTitle } from "./notify.js";
import { Rail } from "./rail.js";
import { go, paths, usePane, useRoute } from "./router.js";
import { threadOf } from "./selectors.js";
import { dispatch, useSelect } from "./store.js";
import { Dialog, Empty, NameOf, plain, usePref } from "./ui.js";

const Dialogue = lazily(() => import("./dialogue.js"), "Dialogue");
const ContactPanel = lazily(() => import("./contact_panel.js"), "ContactPanel");
const SearchView = lazily(() => import("./search.js"), "SearchView");
const ContactsView = lazily(() => import("./contacts.js"), "ContactsView");
const ApprovalsView = lazily(() => import("./approvals.js"), "ApprovalsView");
const Tour = lazily(() => import("./tour.js"), "Tour");
const Board = lazily(() => import("./admin/board.js"), "Board");
const AdminPages = lazily(() => import("./admin/index.js"), "AdminPages");

const WIDE_PAGES = new Set(["admin", "board", "contacts"]);

/** The centre as long as nothing is chosen. */
function Nothing() {
  const [toured] = usePref("tour_done");
  if (!toured) return html`<div class="centre-tour"><${Tour} /></div>`;
  return html`<${Empty} icon="message" title=${t("frame.choose")} text=${t("frame.choose_text")} />`;
}

function Centre({ route, panel, onPanel, onBack }) {
  switch (route.name) {
    case "thread":
      return html`<${Dialogue}
        key=${route.threadId} threadId=${route.threadId} at=${route.at}
        panel=${panel} onPanel=${onPanel} onBack=${onBack}
      />`;
    case "search":
      return html`<${SearchView} query=${route.query} onBack=${onBack} />`;
    case "contacts":
      return html`<${ContactsView} contactId=${route.contactId} />`;
    case "approvals":
      return html`<${ApprovalsView} onBack=${onBack} />`;
    case "board":
      return html`<${Board} />`;
    case "admin":
      return html`<${AdminPages} path=${route.path} />`;
    default:
      return html`<${Nothing} />`;
  }
}

/** The contact of the open thread: a column where there is room, else a drawer on demand. */
function Contact({ route, pane, open, onClose }) {
  const thread = useSelect(threadOf, route.threadId);
  if (!open || route.name !== "thread" || !thread) return null;
  const contactId = thread.contact.id;
  const body = html`<${ContactPanel}
    key=${contactId} threadId=${route.threadId} contactId=${contactId} onClose=${onClose}
  />`;
  if (pane === "wide") {
    return html`<aside class="panel-col" id="panel" tabindex="-1" aria-label=${t("frame.contact")}>${body}</aside>`;
  }
  const title = html`<${NameOf} contact=${thread.contact} />`;
  return html`<${Dialog} drawer="right" title=${title} onClose=${onClose}>${body}<//>`;
}

function titleOf(route, thread, view) {
  if (route.name === "thread") return plain(thread?.contact.name) || thread?.contact.address || "";
  return route.name === "list" ? t(`view.${view}`) : t(`frame.${route.name}`);
}

/** A page that takes the place of another one gets the focus, and so does a field in it. */
function useFocusOnMove(route, pane) {
  const seen = useRef(null);
  const place = `${route.name} ${route.threadId ?? route.contactId ?? route.path.split("/")[0]}`;
  useEffect(() => {
    const isFirst = seen.current === null;
    seen.current = place;
    if (isFirst || document.querySelector("dialog[open]")) return;
    const focused = document.activeElement;
    // Beside the list, whoever walks it goes on walking.
    if (pane !== "one" && route.name === "thread" && focused !== document.body) return;
    const area = document.getElementById(route.name === "list" ? "list" : "centre");
    const heading = area?.querySelector("h1[tabindex]");
    if (!heading && area?.contains(focused)) return;
    (heading ?? area)?.focus({ preventScroll: true });
  }, [place]);
}

export function Frame() {
  const route = useRoute();
  const pane = usePane();
  const view = useSelect((state) => state.view);
  const thread = useSelect(threadOf, route.threadId);
  const [wish, setWish] = usePref("panel");
  const [drawer, setDrawer] = useState(false);
  const isWide = pane === "wide";
  const panel = isWide ? wish : drawer;
  const onPanel = () => (isWide ? setWish(!wish) : setDrawer(!drawer));
  const onBack = pane === "one" ? () => go(paths.view(view)) : null;

  useNavigation();
  useKeys({
    panel: () => route.name === "thread" && onPanel(),
    sheet: () => openDialog("shortcuts"),
    command: () => openDialog("command"),
    new_message: () => openDialog("new"),
  });
  useEffect(() => {
    if (route.view) dispatch({ type: "view", view: route.view });
  }, [route.view]);
  useEffect(() => looking(route.threadId), [route.threadId]);
  useEffect(() => setDrawer(false), [route.threadId]);
  useEffect(() => setTitle(titleOf(route, thread, view)));
  useFocusOnMove(route, pane);

  const isAlone = pane === "one";
  const hasList = isAlone ? route.name === "list" : !WIDE_PAGES.has(route.name);
  const hasCentre = !isAlone || route.name !== "list";
  const hasPanel = isWide && panel && route.name === "thread" && thread;
  const isReading = isAlone && route.name === "thread";
  return html`<div class=${`frame pane-${pane}${isReading ? " is-reading" : ""}`}>
    <div class="skips">
      ${hasList && html`<a class="skip" href="#list">${t("frame.to_list")}</a>`}
      ${hasCentre && html`<a class="skip" href="#centre">${t("frame.to_centre")}</a>`}
      ${hasPanel && html`<a class="skip" href="#panel">${t("frame.to_panel")}</a>`}
    </div>
    <${Rail} pane=${pane} route=${route} />
    <div class="frame-body">
      <${Banners} />
      <div class="columns">
        ${hasList && html`<${ListColumn} route=${route} isMain=${!hasCentre} />`}
        ${hasCentre &&
        html`<main class="centre" id="centre" tabindex="-1">
          <${Centre} route=${route} panel=${panel} onPanel=${onPanel} onBack=${onBack} />
        </main>`}
        <${Contact} route=${route} pane=${pane} open=${panel} onClose=${onPanel} />
      </div>
    </div>
    <${Dialogs} />
  </div>`;
}
