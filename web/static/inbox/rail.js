/** The rail: where one can go; at the left, or at the bottom of a telephone. */
import { html } from "../vendor/htm-preact.js";
import { openDialog } from "./dialogs.js";
import { t } from "./i18n.js";
import { tooltip } from "./ui_button.js";
import { PresenceMenu } from "./presence.js";
import { Link, go, paths } from "./router.js";
import { can, unreadTotal } from "./selectors.js";
import { useSelect } from "./store.js";
import { Badge, Icon, IconButton, Menu } from "./ui.js";

const INBOX = new Set(["list", "thread"]);

function placesOf({ supervises, administers, view }) {
  return [
    { id: "inbox", icon: "inbox", to: paths.view(view), isHere: (name) => INBOX.has(name) },
    { id: "search", icon: "search", to: paths.search(), keys: "search" },
    { id: "contacts", icon: "contacts", to: paths.contacts() },
    supervises && { id: "approvals", icon: "approvals", to: paths.approvals(), keys: "go_approvals" },
    supervises && { id: "board", icon: "board", to: paths.board(), keys: "go_board" },
    (supervises || administers) && { id: "admin", icon: "admin", to: paths.admin() },
  ].filter(Boolean);
}

function Place({ place, route, badge }) {
  const isHere = place.isHere ? place.isHere(route.name) : route.name === place.id;
  const label = t(`rail.${place.id}`);
  return html`<li>
    <${Link}
      to=${place.to} class="rail-link" aria-current=${isHere ? "page" : undefined}
      title=${tooltip(label, place.keys)}
    >
      <${Icon} name=${place.icon} size="20" />
      <span class="rail-word">${label}</span>
      ${badge}
    <//>
  </li>`;
}

/** What has no room at the bottom of a telephone. */
function More({ places }) {
  const items = [
    ...places.map((place) => ({
      label: t(`rail.${place.id}`),
      icon: place.icon,
      onPick: () => go(place.to),
    })),
    { label: t("rail.shortcuts"), icon: "keyboard", onPick: () => openDialog("shortcuts") },
  ];
  return html`<li><${Menu} label=${t("rail.more")} items=${items} align="end" /></li>`;
}

export function Rail({ pane, route }) {
  const supervises = useSelect(can, "supervise");
  const administers = useSelect(can, "admin");
  const view = useSelect((state) => state.view);
  const unread = useSelect(unreadTotal);
  const places = placesOf({ supervises, administers, view });
  const isBottom = pane === "one";
  const shown = isBottom ? places.slice(0, 3) : places;
  const badge = (place) =>
    place.id === "inbox" &&
    html`<${Badge} n=${unread} tone="bad" label=${t("rail.unread", { n: unread })} />`;
  return html`<nav class="rail" aria-label=${t("rail.label")}>
    <ul class="rail-places">
      ${shown.map(
        (place) => html`<${Place} key=${place.id} place=${place} route=${route} badge=${badge(place)} />`,
      )}
      ${isBottom && html`<${More} places=${places.slice(3)} />`}
    </ul>
    <div class="rail-foot">
      ${!isBottom &&
      html`<${IconButton}
        icon="write" label=${t("rail.new_message")} keys="new_message"
        onClick=${() => openDialog("new")}
      />
      <${IconButton}
        icon="keyboard" label=${t("rail.shortcuts")} keys="sheet"
        onClick=${() => openDialog("shortcuts")}
      />`}
      <${PresenceMenu} />
    </div>
  </nav>`;
}
