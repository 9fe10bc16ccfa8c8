/** The scrolling log of a thread: stays where the reader is, loads older, marks as read. */

import {
  html, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState,
} from "../vendor/htm-preact.js";
import { loadEntries, markRead } from "./actions.js";
import { Row } from "./dialogue_rows.js";
import { t } from "./i18n.js";
import { bringIn, walk } from "./log_keys.js";
import { placeOf } from "./place.js";
import { isOurs, lastRead, rowsOf } from "./timeline.js";
import { Button, Spinner } from "./ui.js";

const NEAR_PX = 48;
const AHEAD_PX = 500;
const READ_AFTER_MS = 1000;

// What a row holds, not the row: its distance to the one before may change.
const topOf = (row) => (row.firstElementChild ?? row).getBoundingClientRect().top;

/** The first row that can be seen, and how far down it stands. */
function anchorOf(scroller) {
  const top = scroller.getBoundingClientRect().top;
  for (const row of scroller.querySelectorAll("[data-row]")) {
    if (row.getBoundingClientRect().bottom > top)
      return { key: row.dataset.row, offset: topOf(row) - top };
  }
  return null;
}

/** Keeps the reader's place over every change of the rows; the end stays the end. */
function useStay(threadId, rows) {
  const scroller = useRef(null);
  const body = useRef(null);
  const place = useRef({ atEnd: true, anchor: null });
  const [atEnd, setAtEnd] = useState(true);
  const note = useCallback(() => {
    const box = scroller.current;
    const isEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    place.current = { atEnd: isEnd, anchor: anchorOf(box) };
    setAtEnd(isEnd);
  }, []);
  const settle = useCallback(() => {
    const box = scroller.current;
    const { atEnd: isEnd, anchor } = place.current;
    if (isEnd) box.scrollTop = box.scrollHeight;
    else if (anchor) {
      const row = box.querySelector(`[data-row="${CSS.escape(anchor.key)}"]`);
      const top = box.getBoundingClientRect().top;
      if (row) box.scrollTop += topOf(row) - top - anchor.offset;
    }
  }, []);
  useLayoutEffect(settle, [rows, settle]);
  useEffect(() => {
    const watcher = new ResizeObserver(settle);
    watcher.observe(scroller.current);
    watcher.observe(body.current); // what is in it may grow or shrink later, too
    return () => watcher.disconnect();
  }, [threadId, settle]);
  const toEnd = useCallback(() => {
    place.current = { atEnd: true, anchor: null };
    settle();
    setAtEnd(true);
  }, [settle]);
  return { scroller, body, atEnd, note, toEnd };
}

/** On opening: to the hit, else to what is new, else to the end; once per thread. */
function useOpening({ threadId, at, rows, isReady, stay }) {
  const opened = useRef(null);
  useLayoutEffect(() => {
    const wanted = `${threadId}:${at ?? ""}`;
    if (!isReady || opened.current === wanted) return;
    const target = at ? document.getElementById(`entry-${at}`) : document.getElementById("new-since");
    if (at && !target) return;
    opened.current = wanted;
    if (!target) return;
    bringIn(stay.scroller.current, target, at ? "center" : "start");
    if (at) target.focus({ preventScroll: true });
    stay.note();
  }, [threadId, at, rows, isReady, stay]);
}

/** Read: open, in a focused tab, and the end in sight for a second. */
function useReading(threadId, last, atEnd) {
  useEffect(() => {
    if (!last || !atEnd) return undefined;
    let timer = null;
    const arm = () => {
      clearTimeout(timer);
      if (document.hasFocus() && document.visibilityState === "visible")
        timer = setTimeout(() => markRead(threadId, last.id), READ_AFTER_MS);
    };
    arm();
    window.addEventListener("focus", arm);
    window.addEventListener("blur", arm);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("focus", arm);
      window.removeEventListener("blur", arm);
    };
  }, [threadId, last?.id, atEnd]);
}

/** Where the "new" line stands: as far as was read on opening, or on looking away. */
function useReadPlace(threadId, detail, items) {
  const [kept, setKept] = useState({ threadId: null, place: null });
  const latest = useRef(null);
  latest.current = lastRead(items);
  useLayoutEffect(() => {
    if (!detail?.loaded || kept.threadId === threadId) return;
    setKept({ threadId, place: detail.read ? placeOf(detail.read) : null });
  }, [threadId, detail, kept.threadId]);
  useEffect(() => {
    const away = () => {
      if (latest.current) setKept({ threadId, place: placeOf(latest.current.id) });
    };
    window.addEventListener("blur", away);
    return () => window.removeEventListener("blur", away);
  }, [threadId]);
  return kept.threadId === threadId ? kept.place : null;
}

function useOlder(threadId, timeline) {
  const busy = useRef(false);
  return useCallback(
    async (which) => {
      const cursor = timeline?.[which];
      if (!cursor || busy.current) return;
      busy.current = true;
      try {
        await loadEntries(threadId, { [which]: cursor });
      } finally {
        busy.current = false;
      }
    },
    [threadId, timeline?.before, timeline?.after],
  );
}

/** Whoever sends wants to see it stand there. */
function useOwnSent(items, toEnd) {
  const last = items.at(-1);
  const key = last?.kind === "echo" ? last.client_id : null;
  const seen = useRef(key);
  useLayoutEffect(() => {
    if (key && key !== seen.current) toEnd();
    seen.current = key;
  }, [key, toEnd]);
}

/** How many of the others' entries came below what is in sight. */
function useBelow(items, atEnd) {
  const seen = useRef("");
  const last = items.findLast((entry) => !isOurs(entry));
  if (atEnd || !seen.current) seen.current = last ? placeOf(last.id) : "";
  return items.filter(
    (entry) => !isOurs(entry) && entry.kind !== "step" && placeOf(entry.id) > seen.current,
  ).length;
}

/** The log. `timeline` is selectors.timelineOf; `context` what rows need to know. */
export function DialogueLog({ threadId, at, detail, timeline, context }) {
  const items = timeline.items;
  const readPlace = useReadPlace(threadId, detail, items);
  const rows = useMemo(
    () => rowsOf(items, { readPlace, meId: context.meId }),
    [items, readPlace, context.meId],
  );
  const stay = useStay(threadId, rows);
  const isReady = Boolean(detail?.loaded) && items.length > 0;
  useOpening({ threadId, at, rows, isReady, stay });
  useReading(threadId, lastRead(items), stay.atEnd && !timeline.after);
  const older = useOlder(threadId, timeline);
  useOwnSent(items, stay.toEnd);
  const below = useBelow(items, stay.atEnd);
  const scrolled = () => {
    stay.note();
    const box = stay.scroller.current;
    if (box.scrollTop < AHEAD_PX) older("before");
    if (box.scrollHeight - box.scrollTop - box.clientHeight < AHEAD_PX) older("after");
  };
  const latest = async () => {
    if (timeline.after) await loadEntries(threadId, {});
    stay.toEnd();
  };
  return html`<div class="log-frame">
    <div
      class="log" ref=${stay.scroller} onScroll=${scrolled} onKeyDown=${walk} tabindex="0" role="log"
      aria-live="polite" aria-relevant="additions" aria-busy=${String(timeline.loading)}
      aria-label=${t("d.log_label", { name: context.contactName })}
    >
      <div class="log-body" ref=${stay.body}>
        <div class="log-start">
          ${timeline.before && html`<${Button} size="s" kind="ghost" busy=${timeline.loading}
            onClick=${() => older("before")}>${t("d.load_older")}<//>`}
          ${!timeline.before && !timeline.loading && items.length > 0 && html`<p class="dim">${t("d.log_begin")}</p>`}
          ${timeline.loading && !items.length && html`<${Spinner} label=${t("d.loading")} />`}
        </div>
        ${rows.map((row) => html`<div key=${row.key} data-row=${row.key} class=${`row-${row.type}`}>
          <${Row} row=${row} context=${context} />
        </div>`)}
      </div>
    </div>
    ${(!stay.atEnd || timeline.after) && html`<div class="to-end">
      <${Button} size="s" icon="down" onClick=${latest}>
        ${below ? t("d.new_below", { n: below }) : t("d.to_end")}
      <//>
    </div>`}
  </div>`;
}
