"""The outbox: MT messages, segments and attempts, and who sends what next."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import chain, groupby, zip_longest
from operator import itemgetter

from gateway.codec.value import replace
from gateway.core.ids import AttemptId, LaneId, LinkId, MessageId, SegmentId
from gateway.core.message import (
    Attempt,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.message_store import Backlog, Claimed, MessageFilter, Page, Place
from gateway.store.column import BEYOND, from_moment, from_moment_or_none, to_moment
from gateway.store.engine import Row, Session, Value
from gateway.store.listing import driver
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
        for message, segments in messages:
            self._session.held.put(message, segments)

    def save_message(self, message: Message) -> None:
        self._session.held.drop(message.id)
        values = changing_message_values(message)
        expect_one(self._session.run("outbox.save_message", **values), message.id)

    def save_segment(self, segment: Segment) -> None:
        values = changing_segment_values(segment)
        expect_one(self._session.run("outbox.save_segment", **values), segment.id)
        self._session.held.save_segment(segment)

    def move(self, before: MessageState, message: Message) -> bool:
        values = moving_message_values(message)
        touched = self._session.run(
            "outbox.move_message", before=before.value, **values
        )
        if touched:
            self._session.held.move(message)
        return bool(touched)

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
        for segment, attempt in begun:
            self._session.held.change_segment(
                segment.message_id, segment.number, partial(_begun, attempt)
            )

    def replace_segments(
        self, message_id: MessageId, segments: Sequence[Segment]
    ) -> None:
        self._session.held.drop(message_id)
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
        for segment in segments:
            self._session.held.save_segment(segment)

    def move_all(self, moves: Sequence[tuple[MessageState, Message]]) -> None:
        values: list[dict[str, Value]] = [
            {"before": before.value, **moving_message_values(message)}
            for before, message in moves
        ]
        expect(self._session.many("outbox.move_message", values), len(moves), "moves")
        for _, message in moves:
            self._session.held.move(message)

    def messages(self, message_ids: Sequence[MessageId]) -> list[Message]:
        known = {one: self._session.held.get(one) for one in message_ids}
        unknown = [one for one, rows in known.items() if rows is None]
        found = [rows[0] for rows in known.values() if rows is not None]
        if unknown:
            rows = self._session.among("outbox.messages", unknown)
            found += [message_of(row) for row in rows]
        return found

    def by_references(self, line: str, references: Sequence[str]) -> list[Segment]:
        places = self._session.among("outbox.referred_to", references, line=line)
        meant = {(one["message_id"], one["number"]) for one in places}
        segments = self._segments_of(list({one["message_id"] for one in places}))
        return [
            one
            for of_message in segments.values()
            for one in of_message
            if (one.message_id, one.number) in meant
        ]

    def _segments_of(
        self, message_ids: Sequence[MessageId]
    ) -> dict[MessageId, tuple[Segment, ...]]:
        """All of each, in order."""
        found: dict[MessageId, tuple[Segment, ...]] = {}
        unknown: list[MessageId] = []
        for message_id in message_ids:
            if (held := self._session.held.get(message_id)) is not None:
                found[message_id] = held[1]
            else:
                unknown.append(message_id)
        if unknown:
            rows = self._session.among("outbox.segments_of", unknown)
            for message_id, own in groupby(rows, key=itemgetter("message_id")):
                found[message_id] = tuple(map(segment_of, own))
        return found

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
        return self._session.all(driver(which, state), **values)

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
        segments = self._segments_of(chosen)
        messages = {one.id: one for one in self.messages(chosen)}
        contacts = [messages[one].contact_id for one in chosen]
        rows = self._session.among("outbox.opted_out", contacts)
        opted_out = {row["id"] for row in rows}
        claimed = []
        for message_id in chosen:
            message = replace(
                messages[message_id],
                state=MessageState.SENDING,
                link=link,
                updated_at=now,
            )
            own = segments.get(message_id, ())
            self._session.held.put(message, own)
            claimed.append(
                Claimed(
                    message=message,
                    segments=own,
                    opted_out=message.contact_id in opted_out,
                )
            )
        return claimed

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


def _begun(attempt: Attempt, segment: Segment) -> Segment:
    return replace(
        segment, state=SegmentState.SENDING, link=attempt.link, line=attempt.line
    )


def _alternate(lists: Sequence[Sequence[Row]], limit: int) -> list[MessageId]:
    """One of each list in turn, and of each recipient one only."""
    chosen: dict[str, MessageId] = {}
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
