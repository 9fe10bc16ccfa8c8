"""The outbox: MT messages, segments and attempts, and who sends what next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, zip_longest

from gateway.core.ids import AttemptId, LaneId, LinkId, MessageId, SegmentId
from gateway.core.message import Attempt, Message, MessageState, Segment
from gateway.core.message_store import Backlog, Claimed, MessageFilter, Page, Place
from gateway.store.column import BEYOND, from_moment, from_moment_or_none, to_moment
from gateway.store.engine import Row, Session, Value
from gateway.store.premise import expect, expect_one
from gateway.store.rows import (
    attempt_of,
    attempt_values,
    changing_attempt_values,
    changing_message_values,
    changing_segment_values,
    message_of,
    message_values,
    moving_message_values,
    segment_of,
    segment_values,
)

_WAITING = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})
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

    def insert_all(self, messages: Sequence[tuple[Message, Sequence[Segment]]]) -> None:
        self._session.many(
            "outbox.insert_message",
            [message_values(message) for message, _ in messages],
        )
        self._session.many(
            "outbox.insert_segment",
            [segment_values(one) for _, segments in messages for one in segments],
        )

    def save_message(self, message: Message) -> None:
        values = changing_message_values(message)
        expect_one(self._session.run("outbox.save_message", **values), message.id)

    def save_segment(self, segment: Segment) -> None:
        values = changing_segment_values(segment)
        expect_one(self._session.run("outbox.save_segment", **values), segment.id)

    def move(self, before: MessageState, message: Message) -> bool:
        values = moving_message_values(message)
        return bool(
            self._session.run("outbox.move_message", before=before.value, **values)
        )

    def begin(self, begun: Sequence[tuple[Segment, Attempt]]) -> None:
        self.insert_attempts([attempt for _, attempt in begun])
        self._session.many(
            "outbox.begin_segment",
            [
                {
                    "message_id": segment.message_id,
                    "number": segment.number,
                    "link": attempt.link,
                    "line": attempt.line,
                }
                for segment, attempt in begun
            ],
        )

    def replace_segments(
        self, message_id: MessageId, segments: Sequence[Segment]
    ) -> None:
        self._session.run("outbox.drop_segments", message_id=message_id)
        self._session.many(
            "outbox.insert_segment", [segment_values(one) for one in segments]
        )

    def accept_all(
        self, ends: Sequence[tuple[Attempt, str, Segment]], at: datetime
    ) -> None:
        finished_at = from_moment(at)
        accepted: list[dict[str, Value]] = [
            {
                "message_id": attempt.message_id,
                "id": attempt.id,
                "finished_at": finished_at,
                "reference": reference,
            }
            for attempt, reference, _ in ends
        ]
        touched = self._session.many("outbox.accept_attempt", accepted)
        expect(touched, len(ends), "attempts")
        self.save_segments([segment for _, _, segment in ends])

    def save_segments(self, segments: Sequence[Segment]) -> None:
        values = list(map(changing_segment_values, segments))
        touched = self._session.many("outbox.save_segment", values)
        expect(touched, len(segments), "segments")

    def move_all(self, moves: Sequence[tuple[MessageState, Message]]) -> None:
        values: list[dict[str, Value]] = [
            {"before": before.value, **moving_message_values(message)}
            for before, message in moves
        ]
        expect(self._session.many("outbox.move_message", values), len(moves), "moves")

    def messages(self, message_ids: Sequence[MessageId]) -> list[Message]:
        rows = self._session.among("outbox.messages", message_ids)
        return [message_of(row) for row in rows]

    def by_references(self, line: str, references: Sequence[str]) -> list[Segment]:
        rows = self._session.among("outbox.by_references", references, line=line)
        return [segment_of(row) for row in rows]

    def insert_attempts(self, attempts: Sequence[Attempt]) -> None:
        self._session.many("outbox.insert_attempt", list(map(attempt_values, attempts)))

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
        places: Sequence[Place],
        deferred_first: bool,
        limit: int,
        now: datetime,
    ) -> list[Claimed]:
        lists = [
            self._candidates(places, deferred=deferred, limit=limit)
            for deferred in (deferred_first, not deferred_first)
        ]
        chosen = _alternate(lists, limit)
        if not chosen:
            return []
        self._session.among("outbox.claim", chosen, link=link, now=from_moment(now))
        segments: dict[str, list[Segment]] = {}
        for row in self._session.among("outbox.segments_of", chosen):
            segments.setdefault(row["message_id"], []).append(segment_of(row))
        found = {
            row["id"]: Claimed(
                message=message_of(row),
                segments=tuple(segments.get(row["id"], ())),
                opted_out=bool(row["opted_out"]),
            )
            for row in self._session.among("outbox.claimed", chosen)
        }
        return [found[message_id] for message_id in chosen]

    def _candidates(
        self, places: Sequence[Place], *, deferred: bool, limit: int
    ) -> list[Row]:
        """The most urgent, then oldest, of the first messages of all places."""
        # One narrow index search per place: a single statement over all of them
        # would have to sort the whole queue.
        found = [
            row
            for lane, preferred in places
            for row in self._session.all(
                "outbox.claim_candidates",
                lane=lane,
                preferred_link=preferred or "",
                deferred=deferred,
                limit=limit,
            )
        ]
        found.sort(key=lambda row: (-row["priority"], row["id"]))
        return found

    def served(self, peers: Sequence[str]) -> list[str]:
        return [row["peer"] for row in self._session.among("outbox.served", peers)]

    def is_waited_at(self, places: Sequence[Place]) -> bool:
        return any(
            self._session.one(
                "outbox.waited_at", lane=lane, preferred_link=preferred or ""
            )
            for lane, preferred in places
        )

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

    def places(self) -> set[Place]:
        return {
            (row["lane"], row["preferred_link"] or None)
            for part in ("ready", "waiting")
            for row in self._session.all(f"outbox.places_{part}")
        }

    def waiting_at(
        self, place: Place, *, after: MessageId | None, limit: int
    ) -> list[Message]:
        lane, preferred = place
        rows = self._session.all(
            "outbox.waiting_at",
            lane=lane,
            preferred_link=preferred or "",
            after=after or "",
            limit=limit,
        )
        return [message_of(row) for row in rows]

    def _backlog(self, row: Row) -> Backlog:
        oldest = self._session.only("outbox.created_at", id=row["oldest"])
        return Backlog(
            lane=row["lane"],
            state=MessageState(row["state"]),
            count=row["count"],
            oldest_at=to_moment(oldest["created_at"]),
        )


def _alternate(lists: Sequence[Sequence[Row]], limit: int) -> list[str]:
    """One of each list in turn, and of each recipient one only."""
    chosen: dict[str, str] = {}
    for row in chain.from_iterable(zip_longest(*lists)):
        if row is not None and len(chosen) < limit:
            chosen.setdefault(row["peer"], row["id"])
    return list(chosen.values())


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
    if state in _WAITING:
        return "listing.by_waiting_state"
    if state is MessageState.SENDING:
        return "listing.sending"
    if state in _TROUBLED:
        return "listing.by_troubled_state"
    return "listing.by_age"
