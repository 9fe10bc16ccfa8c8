"""The rows of messages that callers hand in, for many requests in one go.

Works inside the caller's write. A request is refused before anything of it is written.
Relies on `route` for the lane, on `people` for contacts and threads.

Spec: ARCHITECTURE.md 1.6; spec/reliability.md DG-01
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Final

from gateway.codec.segment import UserData
from gateway.codec.udh import Concatenation, Element, concatenation_element
from gateway.codec.value import replace, value
from gateway.core.contact import Thread
from gateway.core.errors import Invalid, RequestRefused
from gateway.core.ids import IdSource, LinkId, MessageId, SegmentId
from gateway.core.message import (
    Direction,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.policy import Policy
from gateway.core.store import Tx
from gateway.engine.answering import may_be_answered
from gateway.engine.board import LinkBoard
from gateway.engine.claim import Intent
from gateway.engine.express import Entry, Offer, Room, take_at_once
from gateway.engine.people import People
from gateway.engine.request import SubmitRequest, check_content, recipient_field
from gateway.engine.route import Asked, Choice, Routing, choose
from gateway.engine.transition import EVENT_OF, announce_all, keep

REFERENCES: Final = {False: 256, True: 65536}  # of 8-bit and 16-bit elements


@value(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked request."""

    request: SubmitRequest
    recipients: tuple[str, ...]
    bodies: tuple[UserData, ...]
    routing: Routing
    now: datetime
    offer: Offer | None = None


@value(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of a draft."""

    messages: tuple[Message, ...]  # as they were queued
    intents: tuple[Intent, ...] = ()  # of those that a lane took at once


class Enqueue:
    """Makes messages of drafts and writes them."""

    def __init__(self, ids: IdSource, policy: Policy, links: LinkBoard) -> None:
        self._ids = ids
        self._policy = policy
        self._links = links

    def queue(self, tx: Tx, drafts: Sequence[Draft]) -> list[Entered | RequestRefused]:
        """The messages of each draft, or why it is refused."""
        people = People.of(
            tx, [address for draft in drafts for address in draft.recipients]
        )
        entries: list[list[Entry] | RequestRefused] = []
        for draft in drafts:
            try:
                choices = self._choices(tx, draft, people)
            except RequestRefused as refused:
                entries.append(refused)
                continue
            rooms = chain(draft.offer.rooms() if draft.offer else (), repeat(None))
            entries.append(
                [
                    self._entry(tx, draft, address, choice, people, room)
                    for address, choice, room in zip(
                        draft.recipients, choices, rooms, strict=False
                    )
                ]
            )
        people.keep(tx)
        rows = [row for made in entries if isinstance(made, list) for row in made]
        intents = take_at_once(tx, rows)
        _insert(tx, rows, intents)
        return [
            made
            if isinstance(made, RequestRefused)
            else Entered(
                messages=tuple(row.message for row in made),
                intents=tuple(
                    intents[row.message.id] for row in made if row.message.id in intents
                ),
            )
            for made in entries
        ]

    def choice(self, draft: Draft) -> Choice | None:
        """Where its first message will wait, as far as that is known by now."""
        try:
            return self._choose(draft, draft.recipients[0], [])
        except RequestRefused:
            return None

    def segments(self, tx: Tx, message: Message, draft: Draft) -> list[Segment]:
        """The segments of a message that is to say what the draft says."""
        bodies = draft.bodies
        is_wide = False
        is_long = len(bodies) > 1
        takes_whole = message.lane and self._links.takes_whole(message.lane)
        if is_long and takes_whole and _are_alike(bodies):
            bodies = (_uncut(bodies),)
        elif is_long and message.lane is not None:
            is_wide = self._links.wants_wide(message.lane)
            if is_wide:
                bodies = check_content(draft.request, self._policy, wide=True)
            bodies = _tied(tx, bodies, message.peer, wide=is_wide)
        return [
            Segment(
                id=SegmentId(self._ids.new("seg")),
                message_id=message.id,
                number=number,
                total=len(bodies),
                state=SegmentState.QUEUED,
                body=body,
            )
            for number, body in enumerate(bodies, start=1)
        ]

    def rewrite(self, tx: Tx, message: Message, draft: Draft) -> Message:
        """Other content, and other times if they are said, before anything has left."""
        request, now = draft.request, draft.now
        segments = self.segments(tx, message, draft)
        after = replace(
            message,
            text=request.text,
            octets=request.octets,
            alphabet=draft.bodies[0].alphabet,
            segments=len(segments),
            destination_port=request.destination_port,
        )
        if request.send_at is not None:
            is_later = request.send_at > now
            due_at = request.send_at if is_later else None
            after = replace(after, due_at=due_at, ready=not is_later)
            if not is_later:
                after = replace(after, state=MessageState.QUEUED)
        if request.validity is not None:
            expires_at = (after.due_at or now) + request.validity
            validity_s = int(request.validity / timedelta(seconds=1))
            after = replace(after, expires_at=expires_at, validity_s=validity_s)
        tx.outbox.replace_segments(message.id, segments)
        return keep(tx, message, after, now)

    def _choices(self, tx: Tx, draft: Draft, people: People) -> list[Choice]:
        """Where each recipient's message waits; raises when one cannot be sent to."""
        choices = []
        for index, address in enumerate(draft.recipients):
            field = recipient_field(index, draft.request)
            if people.has_opted_out(address) and not self._may_answer(
                tx, draft, address
            ):
                raise Invalid("opted_out", "this recipient opted out", field=field)
            is_free = draft.request.link is None
            sticky = people.sticky_links(address) if is_free else []
            choice = self._choose(draft, address, sticky)
            if choice is None:
                raise Invalid("no_route", "no link serves this number", field=field)
            choices.append(choice)
        return choices

    def _may_answer(self, tx: Tx, draft: Draft, address: str) -> bool:
        contact = tx.contacts.by_address(address) if draft.request.is_answer else None
        return contact is not None and may_be_answered(tx, contact, self._policy)

    def _choose(
        self, draft: Draft, address: str, sticky: Sequence[LinkId]
    ) -> Choice | None:
        request = draft.request
        asked = Asked(
            address=address,
            sender=request.sender,
            queue=request.queue,
            message_class=request.message_class,
            link=request.link,
        )
        if request.prefer is not None:
            sticky = [request.prefer, *sticky]
        return choose(draft.routing, asked, sticky, self._links.number)

    def _entry(
        self,
        tx: Tx,
        draft: Draft,
        address: str,
        choice: Choice,
        people: People,
        room: Room | None,
    ) -> Entry:
        request = draft.request
        own = request.sender or request.own or self._own(choice.preferred)
        message_id = MessageId(self._ids.new("msg"))
        thread = people.thread(address, own, message_id, draft.now)
        message = self._message(draft, choice, address, thread, message_id)
        segments = self.segments(tx, message, draft)
        if len(segments) != message.segments:
            message = replace(message, segments=len(segments))
        return Entry(message=message, segments=segments, room=room)

    def _own(self, link_id: LinkId | None) -> str:
        if link_id is None or not self._links.knows(link_id):
            return ""
        return self._links.number(link_id) or ""

    def _message(
        self,
        draft: Draft,
        choice: Choice,
        address: str,
        thread: Thread,
        message_id: MessageId,
    ) -> Message:
        request, now = draft.request, draft.now
        policy = self._policy.classes[request.message_class]
        send_at = max(request.send_at or now, now)
        is_later = send_at > now
        validity = request.validity or policy.validity
        priority = request.priority
        return Message(
            id=message_id,
            direction=Direction.MT,
            state=MessageState.SCHEDULED if is_later else MessageState.QUEUED,
            contact_id=thread.contact_id,
            thread_id=thread.id,
            peer=address,
            own=thread.own,
            text=request.text,
            octets=request.octets,
            alphabet=draft.bodies[0].alphabet,
            segments=len(draft.bodies),
            created_at=now,
            updated_at=now,
            lane=choice.lane,
            preferred_link=choice.preferred,
            reference=request.reference,
            message_class=request.message_class,
            on_unknown=request.on_unknown or policy.on_unknown,
            flash=request.flash,
            status_report=request.status_report,
            priority=policy.priority if priority is None else priority,
            queue=request.queue,
            due_at=send_at if is_later else None,
            expires_at=send_at + validity,
            validity_s=int(validity / timedelta(seconds=1)),
            ready=not is_later,
            report_url=request.report_url,
            token_id=request.token_id,
            account_id=request.account_id,
            protocol_id=request.protocol_id,
            carrier=request.carrier,
            destination_port=request.destination_port,
        )


def _insert(tx: Tx, rows: Sequence[Entry], intents: Mapping[MessageId, Intent]) -> None:
    """Write all rows, and tell of them."""
    tx.outbox.insert_all(
        [
            (row.message, row.segments)
            if (intent := intents.get(row.message.id)) is None
            else (intent.message, [intent.segment, *row.segments[1:]])
            for row in rows
        ]
    )
    tx.outbox.insert_attempts([intent.attempt for intent in intents.values()])
    for state in (MessageState.QUEUED, MessageState.SCHEDULED):
        _announce(tx, [one.message for one in rows if one.message.state is state])
    _announce(tx, [intent.message for intent in intents.values()])


def _announce(tx: Tx, messages: Sequence[Message]) -> None:
    if messages:
        last = messages[-1]
        announce_all(tx, messages, EVENT_OF[last.state], last.created_at)


def _are_alike(bodies: Sequence[UserData]) -> bool:
    """Whether they are coded in one way: not so where a caller cut them otherwise."""
    return len({(body.alphabet, body.header[1:]) for body in bodies}) == 1


def _uncut(bodies: Sequence[UserData]) -> UserData:
    """The whole of what was cut: only what ties the segments is left out."""
    units = b"".join(body.units for body in bodies)
    return replace(bodies[0], header=bodies[0].header[1:], units=units)


def _tied(
    tx: Tx, bodies: tuple[UserData, ...], peer: str, *, wide: bool
) -> tuple[UserData, ...]:
    """The segments tied by the next reference of this recipient."""
    reference = tx.facts.count_up(f"concat:{peer}", REFERENCES[wide])
    return tuple(
        replace(
            body,
            header=(_tie(reference, len(bodies), number, wide), *body.header[1:]),
        )
        for number, body in enumerate(bodies, start=1)
    )


def _tie(reference: int, total: int, number: int, wide: bool) -> Element:
    return concatenation_element(
        Concatenation(reference=reference, total=total, number=number, wide=wide)
    )
