/** The head of the list: who I am here, what waits, and which view is shown. */
import { html } from "../vendor/htm-preact.js";
import { openDialog } from "./dialogs.js";
import { t } from "./i18n.js";
import { takeAndOpen } from "./navigation.js";
import { PresenceSwitch } from "./presence.js";
import { Link, go, paths } from "./router.js";
import { activeOf } from "./selectors.js";
import { useSelect } from "./store.js";
import { Button, Icon, IconButton, Menu } from "./ui.js";
import { tooltip } from "./ui_button.js";

const TABS = ["mine", "queue", "open"];
const MORE = ["waiting", "hold", "resolved", "spam", "all"];
const LOADED = new Set(["mine", "queue"]);
const GO = { mine: "go_mine", queue: "go_queue", open: "go_open", hold: "go_hold", spam: "go_spam" };
const ICONS = { waiting: "clock", hold: "hold", resolved: "resolve", spam: "spam", all: "inbox" };

function Tab({ view, current, count }) {
  const isCurrent = view === current;
  const label = t(`view.${view}`);
  return html`<${Link}
    to=${paths.view(view)} class="tab view-tab" aria-current=${isCurrent ? "page" : undefined}
    title=${tooltip(label, GO[view])}
  >
    ${t(`view.${view}_short`)}${count > 0 && html`<span class="tab-count num">${count}</span>`}
  <//>`;
}

function MoreViews({ current, counts }) {
  const items = MORE.map((view) => ({
    label: t(`view.${view}`),
    icon: ICONS[view],
    keys: GO[view],
    badge: counts[view] > 0 && html`<span class="num dim">${counts[view]}</span>`,
    onPick: () => go(paths.view(view)),
  }));
  const isHere = MORE.includes(current);
  const button = (props) => html`<button
    type="button" class="tab view-tab view-more" aria-current=${isHere ? "page" : undefined}
    aria-label=${isHere ? t("view.more_at", { view: t(`view.${current}`) }) : t("view.more")} ...${props}
  >
    ${isHere ? html`${t(`view.${current}_short`)} <${Icon} name="down" size="13" />` : html`<${Icon} name="more" />`}
  </button>`;
  return html`<${Menu} label=${t("view.more")} items=${items} align="end" button=${button} />`;
}

/** How much I have in hand, of what I may have. */
function Load() {
  const max = useSelect((state) => state.me.max_active);
  const active = useSelect(activeOf);
  const words = t("list.load", { n: active, max });
  return html`<span class="list-load num" title=${words}>
    <span aria-hidden="true">${active}/${max}</span>
    <span class="visually-hidden">${words}</span>
  </span>`;
}

export function ListHead({ view }) {
  const counts = useSelect((state) => state.counts);
  return html`<header class="list-head">
    <div class="list-top">
      <h1 class="list-title">${t(`view.${view}`)}</h1>
      ${LOADED.has(view) && html`<${Load} />`}
      <${PresenceSwitch} />
      <${IconButton}
        icon="write" label=${t("rail.new_message")} keys="new_message"
        onClick=${() => openDialog("new")}
      />
    </div>
    ${counts.queue > 0 &&
    html`<div class="list-take">
      <${Button} kind="primary" size="s" icon="take" keys="take_next" onClick=${takeAndOpen}>
        ${t("list.take_next")}
      <//>
      <span class="dim num">${t("list.waiting", { n: counts.queue })}</span>
    </div>`}
    <nav class="views" aria-label=${t("view.label")}>
      ${TABS.map(
        (one) => html`<${Tab} key=${one} view=${one} current=${view} count=${counts[one]} />`,
      )}
      <${MoreViews} current=${view} counts=${counts} />
    </nav>
  </header>`;
}
