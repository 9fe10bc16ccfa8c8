/** The list of threads: calm under the hand, drawn only where it is looked at. */
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { loadList } from "./actions.js";
import { useCalmOrder, useWindow } from "./calm.js";
import { t } from "./i18n.js";
import { useKeys } from "./keys.js";
import { ListHead } from "./list_head.js";
import { takeAndOpen } from "./navigation.js";
import { Row } from "./row.js";
import { rowsOf } from "./selectors.js";
import { useSelect } from "./store.js";
import { Band, Button, Empty, Icon, Spinner } from "./ui.js";

const idsOf = (state, view) => rowsOf(state, view).map((row) => row.id);

function EmptyView({ view }) {
  const waiting = useSelect((state) => state.counts.queue ?? 0);
  const takes = view === "mine" && waiting > 0;
  const text = takes ? t("empty.mine_waiting", { n: waiting }) : t(`empty.${view}_text`);
  const action =
    takes &&
    html`<${Button} kind="primary" icon="take" keys="take_next" onClick=${takeAndOpen}>
      ${t("list.take_next")}
    <//>`;
  const icon = { mine: "check", queue: "check", spam: "spam", hold: "hold" }[view] ?? "inbox";
  return html`<${Empty} icon=${icon} title=${t(`empty.${view}`)} text=${text} action=${action} />`;
}

/** Moves the focus among rows; the row itself is drawn first when it is out of sight. */
function useRowFocus(scroller, ids, rowHeight, openId) {
  const focusRow = (id) => {
    const at = ids.indexOf(id);
    if (at < 0) return;
    const box = scroller.current;
    const top = at * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + rowHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + rowHeight - box.clientHeight;
    }
    requestAnimationFrame(() => box.querySelector(`[data-thread="${id}"]`)?.focus());
  };
  const step = (by) => {
    if (!ids.length) return;
    const here = document.activeElement?.dataset?.thread ?? openId;
    const at = ids.indexOf(here);
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : at + by;
    focusRow(ids[Math.max(0, Math.min(ids.length - 1, next))]);
  };
  return step;
}

function Rows({ view, openId }) {
  const ids = useSelect(idsOf, view);
  const list = useSelect((state) => state.lists[view]) ?? {};
  const scroller = useRef(null);
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const calm = useCalmOrder(ids, hovered || focused);
  const area = useWindow(scroller, calm.ids.length);
  const step = useRowFocus(scroller, calm.ids, area.rowHeight, openId);
  useKeys({ next: () => step(1), previous: () => step(-1) });

  useEffect(() => {
    if (list.next && !list.loading && area.end >= calm.ids.length - 10) {
      loadList(view, { more: true }).catch(() => {});
    }
  }, [area.end, list.next, list.loading]);

  const arrows = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.target.dataset.thread === undefined) return;
    event.preventDefault();
    step(by);
  };
  const focus = (event) => setFocused(event.target.matches(":focus-visible"));
  const isEmpty = !calm.ids.length && list.loaded;
  return html`<div
    class="rows" ref=${scroller} onScroll=${area.onScroll}
    onPointerEnter=${(event) => event.pointerType === "mouse" && setHovered(true)}
    onPointerLeave=${() => setHovered(false)}
    onFocusIn=${focus} onFocusOut=${() => setFocused(false)} onKeyDown=${arrows}
  >
    ${calm.above > 0 &&
    html`<button type="button" class="pill" onClick=${() => {
      calm.release();
      scroller.current.scrollTop = 0;
    }}>
      <${Icon} name="up" size="14" /> ${t("list.above", { n: calm.above })}
    </button>`}
    ${list.error &&
    html`<${Band} tone="bad" icon="warning" action=${html`<${Button}
      size="s" onClick=${() => loadList(view).catch(() => {})}>${t("ui.again")}<//>`}>${list.error}<//>`}
    ${isEmpty && html`<${EmptyView} view=${view} />`}
    <ul
      class="row-list" aria-label=${t(`view.${view}`)}
      style=${{ paddingTop: `${area.before}px`, paddingBottom: `${area.after}px` }}
    >
      ${calm.ids.slice(area.start, area.end).map(
        (id, at) => html`<${Row}
          key=${id} id=${id} view=${view} isOpen=${id === openId} isGone=${calm.gone.has(id)}
          at=${area.start + at + 1} of=${list.next ? -1 : calm.ids.length}
        />`,
      )}
    </ul>
    ${list.loading && !calm.ids.length && html`<div class="rows-wait"><${Spinner} /></div>`}
  </div>`;
}

/** `isMain` where it is all there is on the page. */
export function ListColumn({ route, isMain }) {
  const Part = isMain ? "main" : "section";
  const view = useSelect((state) => state.view);
  const stale = useSelect((state) => state.stale);
  const loadedFor = useRef(null);
  useEffect(() => {
    // The first page of the first view is loaded before the stream begins.
    if (loadedFor.current !== null) loadList(view).catch(() => {});
    loadedFor.current = view;
  }, [view, stale]);
  return html`<${Part} class="list-col" id="list" tabindex="-1" aria-label=${t("list.label")}>
    <${ListHead} view=${view} />
    <${Rows} key=${view} view=${view} openId=${route.threadId} />
  <//>`;
}
