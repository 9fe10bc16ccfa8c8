"""The ordinary course of many segments in one go: taken, and reported on.

What is written here is what `outcome` and `reports` would write one by one, without
reading again what is known; what is out of the ordinary is left to them. Works inside
the caller's write.

Spec: spec/reliability.md 1.3, DG-12
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from gateway.codec.value import replace
from gateway.core.link import InboundReport, Reference
from gateway.core.message import (
    Message,
    MessageState,
    Segment,
    fold,
)
from gateway.core.store import Tx
from gateway.engine import reports
from gateway.engine.case import Terms, sent
from gateway.engine.claim import Intent
from gateway.engine.reports import Placing, place, reported, same_recipient
from gateway.engine.transition import (
    advance_all,
    first_error,
    settle,
    tell_progress,
)

PLACED_AT_ONCE: Final = 256  # what is looked for in one statement


def accept_all(tx: Tx, taken: Sequence[tuple[Intent, Reference]], terms: Terms) -> None:
    """The carrier took these; `StoreConflict` when one has had its end already."""
    if not taken:
        return
    now = terms.now
    tx.outbox.accept_all(
        [
            (
                intent.attempt,
                reference.spelled or reference.value,
                sent(intent.segment, intent.attempt, reference),
            )
            for intent, reference in taken
        ],
        now,
    )
    alone = [intent.message for intent, _ in taken if intent.segment.total == 1]
    advance_all(tx, [(one, _moved(one, MessageState.SENT, now)) for one in alone], now)
    for intent, _ in taken:
        if intent.segment.total > 1:
            settled = settle(tx, intent.message, now)
            tell_progress(tx, intent.message, settled, now)
    for line in {reference.line for _, reference in taken}:
        if tx.inbox.has_parked(line):
            _meet(tx, line, taken, now)


def place_all(
    tx: Tx, batches: Sequence[Sequence[InboundReport]]
) -> list[list[Placing] | Exception]:
    """`reports.place` for reports with unique references, at the time they came."""
    arrived = [report for batch in batches for report in batch]
    placings = iter(
        [
            placing
            for at in range(0, len(arrived), PLACED_AT_ONCE)
            for placing in _place_some(tx, arrived[at : at + PLACED_AT_ONCE])
        ]
    )
    return [list(islice(placings, len(batch))) for batch in batches]


def _place_some(tx: Tx, arrived: Sequence[InboundReport]) -> list[Placing]:
    if len(arrived) == 1:
        return [place(tx, arrived[0], arrived[0].received_at)]
    placings: dict[int, Placing] = {}
    settled: dict[str, tuple[Segment, Message, Message]] = {}
    for index, (segment, message) in _known(tx, arrived).items():
        report = arrived[index]
        after = reported(segment, report)
        if after is None or message.id in settled:
            continue
        state = fold([after.state])
        moved = _moved(message, state, report.received_at)
        if after.error is not None:
            moved = replace(moved, error=first_error([after]))
        settled[message.id] = after, message, moved
        placings[index] = Placing.MATCHED
    tx.outbox.save_segments([segment for segment, _, _ in settled.values()])
    advance_all(
        tx,
        [(before, after) for _, before, after in settled.values()],
        arrived[-1].received_at,
    )
    return [
        placings.get(index) or place(tx, report, report.received_at)
        for index, report in enumerate(arrived)
    ]


def _known(
    tx: Tx, arrived: Sequence[InboundReport]
) -> dict[int, tuple[Segment, Message]]:
    """Of which sent message of one segment each report is, where that is plain."""
    by_reference: dict[tuple[str | None, str | None], list[Segment]] = {}
    for line in {report.line for report in arrived}:
        references = [report.reference for report in arrived if report.line == line]
        for segment in tx.outbox.by_references(line, references):
            place_of = segment.line, segment.reference
            by_reference.setdefault(place_of, []).append(segment)
    found: dict[int, Segment] = {}
    for index, report in enumerate(arrived):
        segments = by_reference.get((report.line, report.reference), [])
        if len(segments) == 1 and segments[0].total == 1:
            found[index] = segments[0]
    ids = [segment.message_id for segment in found.values()]
    messages = {one.id: one for one in tx.outbox.messages(ids)}
    return {
        index: (segment, message)
        for index, segment in found.items()
        if (message := messages.get(segment.message_id)) is not None
        and message.state is MessageState.SENT
        and same_recipient(message.peer, str(arrived[index].recipient))
    }


def _moved(message: Message, state: MessageState, now: datetime) -> Message:
    return replace(message, state=state, error=None, updated_at=now)


def _meet(
    tx: Tx, line: str, taken: Sequence[tuple[Intent, Reference]], now: datetime
) -> None:
    for intent, reference in taken:
        if reference.line == line:
            peer = intent.message.peer
            reports.meet(tx, line, peer=peer, reference=reference.value, now=now)
