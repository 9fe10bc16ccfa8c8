"""The door in: what links hand over is kept, joined, threaded and told in one write.

`accept` returns after commit; a repeat is a no-op. Relies on `groups` for long
messages, `reports` for reports, `threads` for people. Never acts on what a message
asks of a telephone: class 2, type 0 and ported messages are kept, no more.

Spec: ARCHITECTURE.md 1.6; spec/reliability.md DG-14 to DG-18, SEC-49
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from gateway.codec.address import TypeOfNumber, normalise
from gateway.codec.reassemble import Whole, decode_single
from gateway.codec.udh import find_concatenation
from gateway.core.clock import Clock
from gateway.core.errors import StoreError, SubmitFailure
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import AttemptId, IdSource, LinkId, MessageId, SegmentId
from gateway.core.link import (
    InboundAlert,
    InboundCall,
    InboundItem,
    InboundReport,
    InboundSegment,
    InboundUndecoded,
    LinkStatus,
    Reference,
)
from gateway.core.message import (
    Direction,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine import reports
from gateway.engine.board import LinkBoard
from gateway.engine.case import Terms
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.groups import Arrival, Joined, join, with_content
from gateway.engine.late import record_late
from gateway.engine.present import call_json, quarantine_json
from gateway.engine.reachable import keep_alert
from gateway.engine.reports import Placing
from gateway.engine.threads import (
    Names,
    find_contact,
    find_thread,
    heed_words,
    stick,
)
from gateway.engine.transition import announce
from gateway.engine.unique import UniqueReports
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

REPEATED: Final = "repeated"
NEW: Final = "new"
_TYPE_ZERO: Final = 0x40  # TP-PID of a short message type 0, 23.040 9.2.3.9
_SIM_CLASS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fresh:
    """Identities for what an item may bring."""

    message: MessageId
    segment: SegmentId
    names: Names


class Intake:
    """`core.link.Door` over the store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        policy: Policy,
        metrics: Metrics,
        board: LinkBoard,
        *,
        crash: CrashPoint = no_crash,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._metrics = metrics
        self._board = board
        self._crash = crash
        self._unique = UniqueReports(store, board.expectations)

    async def accept(self, item: InboundItem) -> None:
        """Keep an item; returns after commit, raises `StoreError` when it is not."""
        started = self._clock.monotonic()
        kind, point, result = await self._keep(item)
        self._crash(point)
        self._observe(kind, started)
        self._metrics.inbound.labels(item.link, kind, result).inc()

    async def accept_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[StoreError | None]:
        """See `Door.accept_all`."""
        started = self._clock.monotonic()
        placings = await self._unique.place_all(reports)
        kept: dict[tuple[LinkId, str], int] = {}
        for report, placing in zip(reports, placings, strict=True):
            if isinstance(placing, Placing):
                self._crash("C6")
                what = report.link, placing.value
                kept[what] = kept.get(what, 0) + 1
        if kept:
            self._observe("report", started)
        for (link, result), count in kept.items():
            self._metrics.inbound.labels(link, "report", result).inc(count)
        return [None if isinstance(one, Placing) else one for one in placings]

    def _observe(self, kind: str, started: float) -> None:
        seconds = self._clock.monotonic() - started
        self._metrics.intake_seconds.labels(kind).observe(seconds)

    async def _keep(self, item: InboundItem) -> tuple[str, str, str]:
        """Kind, crash point and result."""
        now = self._clock.now()
        match item:
            case InboundSegment():
                fresh = self._fresh()
                result = await self._store.write(
                    lambda tx: self._keep_segment(tx, item, fresh, now)
                )
                return "segment", "I2", result
            case InboundReport():
                return "report", "C6", await self._keep_report(item, now)
            case InboundCall():
                names, caller = Names.fresh(self._ids), self._caller(item)
                await self._store.write(
                    lambda tx: _keep_call(tx, item, caller, names, now)
                )
                return "call", "I2", NEW
            case InboundAlert():
                peer = normalise(str(item.subscriber), self._policy.region)
                released = await self._store.write(
                    lambda tx: keep_alert(tx, item, peer, now)
                )
                for lane in {message.lane for message in released}:
                    self._board.wake(lane)
                return "alert", "I2", NEW
            case InboundUndecoded():
                result = await self._store.write(
                    lambda tx: _keep_undecoded(tx, item, now)
                )
                return "undecoded", "I2", result
            case _:
                assert_never(item)

    async def _keep_report(self, item: InboundReport, now: datetime) -> str:
        if not item.unique:
            return await self._store.write(lambda tx: _keep_report(tx, item, now))
        placing = await self._unique.place(item)
        return placing.value

    def status_changed(self, status: LinkStatus) -> None:
        """A link's status moved."""
        self._board.status_changed(status)

    async def late_result(
        self, attempt_id: AttemptId, outcome: Reference | SubmitFailure
    ) -> None:
        """The answer to an attempt that was given up as unknown; after commit."""
        terms = Terms(
            policy=self._policy, now=self._clock.now(), jitter=self._ids.jitter()
        )
        message = await self._store.write(
            lambda tx: record_late(tx, attempt_id, outcome, terms)
        )
        if message is not None:
            logger.info("attempt %s was answered late", attempt_id)

    def _fresh(self) -> _Fresh:
        return _Fresh(
            message=MessageId(self._ids.new("msg")),
            segment=SegmentId(self._ids.new("seg")),
            names=Names.fresh(self._ids),
        )

    def _peer(self, item: InboundSegment) -> str:
        """Who wrote, spelled as we would write to them."""
        if item.originator.ton is TypeOfNumber.ALPHANUMERIC:
            return str(item.originator)
        return normalise(str(item.originator), self._policy.region)

    def _caller(self, item: InboundCall) -> str | None:
        """Who rang, spelled as who writes is."""
        if item.caller is None:
            return None
        return normalise(str(item.caller), self._policy.region)

    def _keep_segment(
        self, tx: Tx, item: InboundSegment, fresh: _Fresh, now: datetime
    ) -> str:
        if not tx.inbox.remember_fingerprint(_fingerprint(item), now):
            return REPEATED

        def first(whole: Whole) -> Message:
            message = _message(tx, item, fresh, self._peer(item), now)
            return with_content(message, whole)

        place = find_concatenation(item.body.header)
        if place is None or place.total == 1:
            message = first(decode_single(item.body))
            tx.inbox.insert(message, [_segment(item, fresh, number=1, total=1)])
            announce(tx, message, EventType.MESSAGE_RECEIVED, now)
        else:
            segment = _segment(item, fresh, number=place.number, total=place.total)
            arrival = Arrival(item=item, place=place, segment=segment)
            joined, message = join(tx, arrival, self._policy, now, first)
            if joined is Joined.REPEATED:
                return REPEATED
        if message.state is MessageState.RECEIVED and _may_speak(item):
            heed_words(tx, message, self._policy, now)
        return NEW


def _keep_report(tx: Tx, item: InboundReport, now: datetime) -> str:
    if not tx.inbox.remember_fingerprint(_fingerprint(item), now):
        return REPEATED
    return reports.place(tx, item, now).value


def _keep_call(
    tx: Tx, item: InboundCall, caller: str | None, names: Names, now: datetime
) -> None:
    thread_id = None
    if caller is not None:
        contact = find_contact(tx, caller, names, now)
        thread_id = find_thread(tx, contact, item.recipient or "", names.thread, now).id
    tx.events.append(
        NewEvent(
            type=EventType.CALL_MISSED,
            at=now,
            data=call_json(item),
            thread_id=thread_id,
            link=item.link,
        )
    )


def _keep_undecoded(tx: Tx, item: InboundUndecoded, now: datetime) -> str:
    if not tx.inbox.remember_fingerprint(_fingerprint(item), now):
        return REPEATED
    item_id = tx.inbox.quarantine(item)
    tx.events.append(
        NewEvent(
            type=EventType.QUARANTINE_ADDED,
            at=now,
            data=quarantine_json(item_id, item),
            link=item.link,
        )
    )
    return NEW


def _fingerprint(item: InboundSegment | InboundReport | InboundUndecoded) -> bytes:
    """Of the line and the whole TPDU with its service centre time (DG-16)."""
    line = item.line.encode()
    return hashlib.sha256(len(line).to_bytes(4, "big") + line + item.raw).digest()


def _message(
    tx: Tx, item: InboundSegment, fresh: _Fresh, peer: str, now: datetime
) -> Message:
    """A message without content, in its thread."""
    own = item.recipient or ""
    contact = find_contact(tx, peer, fresh.names, now)
    thread = find_thread(tx, contact, own, fresh.names.thread, now)
    stick(tx, thread, item.link)
    return Message(
        id=fresh.message,
        direction=Direction.MO,
        state=MessageState.PARTIAL,
        contact_id=contact.id,
        thread_id=thread.id,
        peer=peer,
        own=own,
        text=None,
        octets=None,
        alphabet=item.body.alphabet,
        segments=1,
        created_at=item.received_at,
        updated_at=now,
        link=item.link,
        carrier=item.carrier,
        service_time=item.service_time,
    )


def _segment(
    item: InboundSegment, fresh: _Fresh, *, number: int, total: int
) -> Segment:
    return Segment(
        id=fresh.segment,
        message_id=fresh.message,
        number=number,
        total=total,
        state=SegmentState.RECEIVED,
        body=item.body,
        link=item.link,
        line=item.line,
        raw=item.raw,
    )


def _may_speak(item: InboundSegment) -> bool:
    """Whether a person wrote it, to be heeded: not to the SIM or a telephone."""
    return (
        item.protocol_id != _TYPE_ZERO
        and item.coding.message_class != _SIM_CLASS
        and str(item.originator) != ""
    )
