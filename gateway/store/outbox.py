"""The outbox: MT messages, segments and attempts, and who sends what next."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from gateway.core.ids import AttemptId, LaneId, LinkId, MessageId, SegmentId
from gateway.core.message import Attempt, Message, MessageState, Segment
from gateway.core.store import Backlog, MessageFilter, Page
from gateway.store.column import BEYOND, from_moment, from_moment_or_none, to_moment
from gateway.store.engine import Row, Session, Value
from gateway.store.premise import expect_one
from gateway.store.rows import (
    attempt_of,
    attempt_values,
    changing_attempt_values,
    changing_message_values,
    changing_segment_values,
    message_of,
    message_values,
    segment_of,
    segment_values,
)

_LIVE = frozenset({MessageState.SCHEDULED, MessageState.QUEUED, MessageState.SENDING})
_TROUBLED = frozenset(
    {
        MessageState.UNDELIVERED,
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.UNKNOWN,
        MessageState.CANCELLED,
        MessageState.PARTIAL,
    }
)


class SqlOutbox:
    """`core.store.Outbox` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, message: Message, segments: Sequence[Segment]) -> None:
        self._session.run("outbox.insert_message", **message_values(message))
        for segment in segments:
            self._session.run("outbox.insert_segment", **segment_values(segment))

    def save_message(self, message: Message) -> None:
        values = changing_message_values(message)
        expect_one(self._session.run("outbox.save_message", **values), message.id)

    def save_segment(self, segment: Segment) -> None:
        values = changing_segment_values(segment)
        expect_one(self._session.run("outbox.save_segment", **values), segment.id)

    def insert_attempt(self, attempt: Attempt) -> None:
        self._session.run("outbox.insert_attempt", **attempt_values(attempt))

    def save_attempt(self, attempt: Attempt) -> None:
        values = changing_attempt_values(attempt)
        expect_one(self._session.run("outbox.save_attempt", **values), attempt.id)

    def get(self, message_id: MessageId) -> Message | None:
        row = self._session.one("outbox.message", id=message_id)
        return None if row is None else message_of(row)

    def segments(self, message_id: MessageId) -> list[Segment]:
        rows = self._session.all("outbox.segments", message_id=message_id)
        return [segment_of(row) for row in rows]

    def segment(self, segment_id: SegmentId) -> Segment | None:
        row = self._session.one("outbox.segment", id=segment_id)
        return None if row is None else segment_of(row)

    def attempts(self, message_id: MessageId) -> list[Attempt]:
        rows = self._session.all("outbox.attempts", message_id=message_id)
        return [attempt_of(row) for row in rows]

    def attempt(self, attempt_id: AttemptId) -> Attempt | None:
        row = self._session.one("outbox.attempt", id=attempt_id)
        return None if row is None else attempt_of(row)

    def listing(self, which: MessageFilter, page: Page) -> list[Message]:
        if which.states is None:
            return [message_of(row) for row in self._list(which, page, None)]
        # Each state has its own index: a cut of each, then the newest of all.
        found = [
            message_of(row)
            for state in which.states
            for row in self._list(which, page, state)
        ]
        found.sort(key=lambda message: message.id, reverse=True)
        return found[: page.limit]

    def _list(
        self, which: MessageFilter, page: Page, state: MessageState | None
    ) -> list[Row]:
        values: dict[str, Value] = {
            "before": page.before or BEYOND,
            "limit": page.limit,
            "state": state,
            "direction": which.direction,
            "peer": which.peer,
            "thread_id": which.thread_id,
            "reference": which.reference,
            "link": which.link,
            "since": from_moment_or_none(which.since),
            "until": from_moment_or_none(which.until),
        }
        return self._session.all(_driver(which, state), **values)

    def claim(
        self,
        *,
        link: LinkId,
        lanes: Sequence[LaneId],
        covers: Sequence[LinkId],
        deferred_first: bool,
    ) -> Message | None:
        places = list(product(lanes, ("", link, *covers)))
        for deferred in (deferred_first, not deferred_first):
            best = self._best(places, deferred=deferred)
            if best is not None:
                row = self._session.one("outbox.claim", id=best, link=link)
                return None if row is None else message_of(row)
        return None

    def _best(
        self, places: Iterable[tuple[LaneId, str]], *, deferred: bool
    ) -> str | None:
        """The most urgent, then oldest, of the first messages of all places."""
        # One narrow index search per place: a single statement over all of them
        # would have to sort the whole queue.
        candidates = (
            self._session.one(
                "outbox.claim_candidate",
                lane=lane,
                preferred_link=preferred_link,
                deferred=deferred,
            )
            for lane, preferred_link in places
        )
        ranked = [(-row["priority"], row["id"]) for row in candidates if row]
        return min(ranked)[1] if ranked else None

    def wake_due(self, now: datetime, limit: int) -> list[Message]:
        rows = self._session.all("outbox.wake_due", now=from_moment(now), limit=limit)
        return sorted((message_of(row) for row in rows), key=lambda found: found.id)

    def next_due(self) -> datetime | None:
        row = self._session.one("outbox.next_due")
        return None if row is None else to_moment(row["due_at"])

    def expired(self, now: datetime, limit: int) -> list[Message]:
        rows = self._session.all("outbox.expired", now=from_moment(now), limit=limit)
        return [message_of(row) for row in rows]

    def in_flight(self) -> list[Message]:
        return [message_of(row) for row in self._session.all("outbox.in_flight")]

    def by_reference(self, line: str, reference: str, limit: int) -> list[Segment]:
        rows = self._session.all(
            "outbox.by_reference", line=line, reference=reference, limit=limit
        )
        return [segment_of(row) for row in rows]

    def unreferenced(self, line: str, tail: str) -> list[Attempt]:
        rows = self._session.all("outbox.unreferenced", line=line, tail=tail)
        return [attempt_of(row) for row in rows]

    def backlog(self) -> list[Backlog]:
        found: dict[tuple[LaneId, MessageState], Backlog] = {}
        for part in ("ready", "waiting", "sending"):
            for row in self._session.all(f"outbox.backlog_{part}"):
                backlog = self._backlog(row)
                key = backlog.lane, backlog.state
                found[key] = _join(found[key], backlog) if key in found else backlog
        return [found[key] for key in sorted(found)]

    def _backlog(self, row: Row) -> Backlog:
        oldest = self._session.only("outbox.created_at", id=row["oldest"])
        return Backlog(
            lane=row["lane"],
            state=MessageState(row["state"]),
            count=row["count"],
            oldest_at=to_moment(oldest["created_at"]),
        )


def _join(one: Backlog, other: Backlog) -> Backlog:
    return replace(
        one,
        count=one.count + other.count,
        oldest_at=min(one.oldest_at, other.oldest_at),
    )


def _driver(which: MessageFilter, state: MessageState | None) -> str:
    """The listing whose index narrows the most."""
    if which.reference is not None:
        return "listing.by_reference"
    if which.thread_id is not None:
        return "listing.by_thread"
    if which.peer is not None:
        return "listing.by_peer"
    if state in _LIVE:
        return "listing.by_live_state"
    if state in _TROUBLED:
        return "listing.by_troubled_state"
    return "listing.by_age"
