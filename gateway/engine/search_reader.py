"""The service that keeps the index of words in step with what is said.

A reader of the event log with a cursor: each batch is one write that indexes and moves
the cursor, so nothing is missed and nothing counted twice, whenever the process dies.
What was said before the index was made, or after it was lost, is indexed from the
newest back, a bite at a time between batches. Texts are read from their own tables:
an event only says which, and what is gone meanwhile is not indexed.

Relies on `folding` for words. Spec: spec/inbox.md D.3
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NoReturn

from gateway.core.clock import Clock
from gateway.core.event import Event, EventType
from gateway.core.ids import ContactId
from gateway.core.search_store import IndexRow, Kind
from gateway.core.store import Store, Tx
from gateway.engine.feed import cursor_of, move_cursor
from gateway.engine.folding import indexed
from gateway.engine.people_cards import cards_json
from gateway.engine.search_items import contact_words

logger = logging.getLogger(__name__)

CURSOR: Final = "search"
BACKFILL: Final = "search:backfill"  # how far back each table is indexed
UNTIDY: Final = "search:untidy"  # "new", or how many steps of merging are left
BATCH: Final = 100  # events in one write: some milliseconds
BITE: Final = 100  # older entries in one write
STRIDE: Final = 1000
LINGER_S: Final = 0.3
# What is to be sent goes before what may be sought: while so much is said, the index
# waits, though not for ever.
BUSY_PER_S: Final = 200.0
PATIENCE_S: Final = 60.0
STEPS_AT_ONCE: Final = 20
TIDY_PAGES: Final = 64  # some milliseconds
Step = Callable[[Tx], None]

_TABLES: Final = ("contacts", "messages", "notes", "steps")
_NEWEST: Final = "~"
_OF_ENTRIES: Final = frozenset(
    {
        EventType.MESSAGE_RECEIVED,
        EventType.MESSAGE_AMENDED,
        EventType.MESSAGE_QUEUED,
        EventType.MESSAGE_SCHEDULED,
    }
)
_OF_SUBJECTS: Final = frozenset(
    {
        EventType.NOTE_ADDED,
        EventType.THREAD_STEP,
        EventType.CONTACT_CHANGED,
        EventType.CONTACT_OPTED_OUT,
    }
)
_TYPES: Final = tuple(one.value for one in (*_OF_ENTRIES, *_OF_SUBJECTS))


class SearchReader:
    """Follows the log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen = 0  # up to here there is nothing to index

    async def run(self) -> NoReturn:
        """Index until cancelled."""
        while True:
            await self._let_pass()
            for _ in range(STEPS_AT_ONCE):
                if not await self.once():
                    await self._store.wait_commit(self._seen)
                    break

    async def _let_pass(self) -> None:
        """Wait until less is being said; a commit each would cost most of all."""
        patience = self._clock.monotonic() + PATIENCE_S
        is_busy = True
        while is_busy and self._clock.monotonic() < patience:
            before = await self._store.wait_commit(-1)
            await self._clock.sleep(LINGER_S)
            said = await self._store.wait_commit(-1) - before
            is_busy = said > BUSY_PER_S * LINGER_S

    async def once(self) -> bool:
        """One step of what there is to do; False when there is nothing."""
        step, last = await self._store.read(self._next_step)
        if step is None:
            self._seen = last
            return False
        if step is begin:
            logger.info("there is no index of words: making one")
        await self._store.write(step)
        return True

    def _next_step(self, tx: Tx) -> tuple[Step | None, int]:
        """What is to be done, and how far the log reaches."""
        last, place = tx.events.last_seq(), cursor_of(tx, CURSOR)
        if place is None:
            return begin, last
        since = max(place, min(self._seen, last))
        # Most of what is committed is of no concern: it is passed over by the handful.
        if last - place >= STRIDE or tx.events.span(since, last, _TYPES):
            return follow, last
        if _backfill(tx):
            return go_back, last
        if tx.facts.get(UNTIDY) not in (None, "0"):
            return tidy, last
        if tx.search.is_empty() and tx.search.older("contacts", _NEWEST, 1):
            return begin, last
        return None, last


def begin(tx: Tx) -> None:
    """Start anew: from now on, and back from now."""
    move_cursor(tx, CURSOR, tx.events.last_seq())
    tx.facts.put(BACKFILL, json.dumps(dict.fromkeys(_TABLES, _NEWEST)))


def follow(tx: Tx) -> None:
    """Index the next events."""
    after = cursor_of(tx, CURSOR) or 0
    last = tx.events.last_seq()
    until = min(last, after + STRIDE)
    events = tx.events.span(after, until, _TYPES)
    if len(events) > BATCH:
        events = events[:BATCH]
        until = events[-1].seq
    index(tx, _subjects(events))
    move_cursor(tx, CURSOR, until)


def go_back(tx: Tx) -> None:
    """Index a bite of what is older."""
    places = _backfill(tx)
    table = next(iter(places))
    older = tx.search.older(table, places[table], BITE)
    known = {row.entry_id for row in tx.search.rows(older)}
    index(tx, [one for one in older if one not in known])
    if len(older) == BITE:
        places[table] = older[-1]
    else:
        del places[table]
    tx.facts.put(BACKFILL, json.dumps(places))


def tidy(tx: Tx) -> None:
    """Let some of what was deleted leave the index's files."""
    left = tx.facts.get(UNTIDY)
    is_new = left == "new"
    steps = tx.search.pages() // TIDY_PAGES + 2 if is_new else int(left or 0)
    tx.search.merge(TIDY_PAGES, is_new=is_new)
    tx.facts.put(UNTIDY, str(max(steps - 1, 0)))
    if steps <= 1:
        tx.search.scrub()


def index(tx: Tx, entry_ids: Iterable[str]) -> None:
    """Index messages, notes, steps and contacts; what is gone is passed over."""
    ids = list(dict.fromkeys(entry_ids))
    sayings = tx.search.sayings([one for one in ids if not _is_contact(one)])
    changed = [ContactId(one) for one in ids if _is_contact(one)]
    heard = list({one.contact_id for one in sayings} - set(changed))
    known = {row.entry_id for row in tx.search.rows(heard)}
    people = [*changed, *(one for one in heard if one not in known)]
    tx.search.put(
        [
            *(_row(one.id, one.kind, one.text) for one in sayings),
            *_contact_rows(tx, people),
        ]
    )


def _contact_rows(tx: Tx, contact_ids: Sequence[ContactId]) -> list[IndexRow]:
    """Who was merged into another is found as that one."""
    cards = cards_json(tx, contact_ids)
    rows = {
        str(card["id"]): _row(str(card["id"]), Kind.CONTACT, contact_words(card))
        for card in cards.values()
    }
    tx.search.drop([one for one in contact_ids if one not in rows])
    return list(rows.values())


def _row(entry_id: str, kind: Kind, text: str) -> IndexRow:
    found, tails = indexed(text)
    return IndexRow(entry_id=entry_id, kind=kind, words=found, tails=tails)


def _subjects(events: Sequence[Event]) -> list[str]:
    """Which entries and contacts the events are about."""
    return [
        str(event.message_id if event.type in _OF_ENTRIES else event.data.get("id"))
        for event in events
    ]


def _is_contact(subject: str) -> bool:
    return subject.startswith("con_")


def _backfill(tx: Tx) -> dict[str, str]:
    """How far back what has to be indexed is, by table; empty when all is."""
    places: dict[str, str] = json.loads(tx.facts.get(BACKFILL) or "{}")
    return places
