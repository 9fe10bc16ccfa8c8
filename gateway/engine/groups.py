"""Long MO messages: which segments belong together, and what there is of the whole.

A group is a row from its first segment on; its deadline is fixed then. Works inside
the caller's write. Relies on `codec.reassemble` for the joining.

Spec: spec/modem.md 9.27; spec/reliability.md DG-18; 3GPP TS 23.040 9.2.3.24.1
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.codec.reassemble import Whole, join_segments
from gateway.codec.udh import Concatenation
from gateway.codec.value import replace
from gateway.core.event import EventType
from gateway.core.link import InboundSegment
from gateway.core.message import Message, MessageState, Segment
from gateway.core.message_store import Group
from gateway.core.policy import Policy
from gateway.core.store import Tx
from gateway.engine.transition import announce, keep

REPEAT_WITHIN: Final = timedelta(minutes=10)


class Joined(StrEnum):
    """What a segment was for its group."""

    FIRST = "first"  # of a new group
    ADDED = "added"
    COMPLETED = "completed"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A segment that says it is one of many."""

    item: InboundSegment
    place: Concatenation
    segment: Segment  # for its group once that is found


def join(
    tx: Tx,
    arrival: Arrival,
    policy: Policy,
    now: datetime,
    first: Callable[[Whole], Message],
) -> tuple[Joined, Message]:
    """Put a segment where it belongs; `first` makes the message of a new group."""
    item, place = arrival.item, arrival.place
    for group in tx.inbox.groups(
        line=item.line,
        originator=str(item.originator),
        reference=place.reference,
        wide=place.wide,
        total=place.total,
    ):
        segments = tx.outbox.segments(group.message_id)
        message = tx.outbox.get(group.message_id)
        if message is None:
            continue
        held = next((one for one in segments if one.number == place.number), None)
        if held is not None:
            if held.body == item.body and _is_repeat(group, item):
                return Joined.REPEATED, message
            continue
        if not group.complete and now <= group.first_at + policy.late_segment:
            return _add(tx, arrival, group, message, segments, now)
    whole = join_segments({place.number: item.body}, place.total)
    message = replace(first(whole), segments=place.total)
    tx.inbox.insert(message, [replace(arrival.segment, message_id=message.id)])
    tx.inbox.insert_group(_group(arrival, message, policy, now))
    return Joined.FIRST, message


def surface(tx: Tx, group: Group, now: datetime) -> None:
    """Show what there is of a message whose time is up."""
    tx.inbox.save_group(replace(group, surfaced=True))
    message = tx.outbox.get(group.message_id)
    if message is not None:
        announce(tx, message, EventType.MESSAGE_RECEIVED, now)


def with_content(message: Message, whole: Whole) -> Message:
    """A message that says what the whole says."""
    return replace(
        message,
        text=storable(whole.text),
        octets=whole.octets,
        alphabet=whole.alphabet,
        missing=whole.missing,
        destination_port=whole.ports.destination if whole.ports else None,
        state=MessageState.PARTIAL if whole.missing else MessageState.RECEIVED,
    )


def storable(text: str | None) -> str | None:
    """Half a surrogate pair cannot be kept as UTF-8: it becomes U+FFFD."""
    if text is None:
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _add(
    tx: Tx,
    arrival: Arrival,
    group: Group,
    message: Message,
    segments: Sequence[Segment],
    now: datetime,
) -> tuple[Joined, Message]:
    tx.inbox.add_segment(replace(arrival.segment, message_id=message.id))
    bodies = {one.number: one.body for one in segments}
    bodies[arrival.place.number] = arrival.item.body
    after = with_content(message, join_segments(bodies, group.total))
    is_whole = not after.missing
    if group.surfaced:
        after = replace(after, updated_at=now)
        tx.outbox.save_message(after)
        announce(tx, after, EventType.MESSAGE_AMENDED, now)
    else:
        after = keep(tx, message, after, now)
    if is_whole:
        tx.inbox.save_group(replace(group, complete=True))
    return Joined.COMPLETED if is_whole else Joined.ADDED, after


def _is_repeat(group: Group, item: InboundSegment) -> bool:
    """Whether a segment we hold came again, rather than its reference was reused.

    While the group has gaps a repeat is the sender trying again, whenever it comes.
    """
    if not group.complete:
        return True
    if group.service_time is None or item.service_time is None:
        return item.received_at - group.first_at <= REPEAT_WITHIN
    return abs(item.service_time - group.service_time) <= REPEAT_WITHIN


def _group(arrival: Arrival, message: Message, policy: Policy, now: datetime) -> Group:
    item, place = arrival.item, arrival.place
    return Group(
        message_id=message.id,
        line=item.line,
        originator=str(item.originator),
        reference=place.reference,
        wide=place.wide,
        total=place.total,
        first_at=now,
        deadline_at=now + policy.reassembly_timeout,
        surfaced=False,
        complete=False,
        service_time=item.service_time,
    )
