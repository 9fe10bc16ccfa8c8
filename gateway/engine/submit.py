"""The door out: validate, price, deduplicate and queue in one write.

Returns after commit. Relies on `request` for the fields, `route` for the lane,
`threads` for people. Sends nothing: lanes pull.

Spec: ARCHITECTURE.md 1.6; spec/reliability.md C0, DG-01, DG-20; spec/modem.md 9.24
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.codec.segment import TextPlan, UserData
from gateway.codec.udh import Concatenation, Element, concatenation_element
from gateway.core.account import Answer
from gateway.core.clock import Clock
from gateway.core.contact import Contact, Thread
from gateway.core.errors import Invalid, RequestRefused, StoreFull, Unavailable
from gateway.core.ids import IdSource, LinkId, MessageId, SegmentId, TokenId
from gateway.core.message import (
    Direction,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.policy import Policy, Route
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.case import Terms
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.decision import cancel, retry
from gateway.engine.request import (
    SubmitRequest,
    check_content,
    check_fields,
    check_recipients,
    check_text,
    recipient_field,
)
from gateway.engine.route import Choice, choose, link_lane
from gateway.engine.threads import Names, find_contact, find_thread, sticky_links
from gateway.engine.transition import EVENT_OF, announce
from gateway.metrics import Metrics

__all__ = ["Draft", "KeepAnswer", "Submit", "SubmitRequest", "Submitted"]

REFERENCES: Final = 256  # of the 8-bit concatenation element


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAnswer:
    """Under which key the answer to this request is kept, and how it is made."""

    token_id: TokenId
    key: str
    body_digest: bytes
    render: Callable[[Sequence[Message]], tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was queued; on a replay no messages, but the answer given before."""

    messages: tuple[Message, ...]
    answer: Answer | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked request, from `Submit.draft`."""

    request: SubmitRequest
    recipients: tuple[str, ...]
    bodies: tuple[UserData, ...]
    routes: tuple[Route, ...]
    now: datetime


class Submit:
    """Takes messages from callers, and their decisions about them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        policy: Policy,
        links: LinkBoard,
        metrics: Metrics,
        *,
        crash: CrashPoint = no_crash,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._links = links
        self._metrics = metrics
        self._crash = crash

    async def submit(
        self, request: SubmitRequest, keep: KeepAnswer | None = None
    ) -> Submitted:
        """Queue a message for each recipient, all or none; raises `RequestRefused`."""
        started = self._clock.monotonic()
        try:
            submitted = await self._submit(request, keep)
        except RequestRefused as error:
            self._metrics.refused.labels(error.code).inc()
            raise
        if not submitted.replayed:
            self._crash("C0")
        self.took(submitted.messages)
        self._metrics.submit_seconds.observe(self._clock.monotonic() - started)
        return submitted

    def draft(self, request: SubmitRequest) -> Draft:
        """The request, checked as far as that goes without the store.

        For who queues in a write of their own: `draft`, `queue` in the write, and
        `took` after its commit. Raises `RequestRefused` or `StoreFull`.
        """
        now = self._clock.now()
        recipients = check_recipients(request, self._policy)
        check_fields(request, now)
        bodies = check_content(request, self._policy)
        if request.link is not None and not self._links.knows(request.link):
            raise Invalid("unknown_link", "there is no such link", field="link")
        if self._store.low_space:
            raise StoreFull("little space is left on the disk: it is for what comes in")
        if self._links.waiting() + len(recipients) > self._policy.max_queue:
            raise Unavailable("queue_full", "too many messages wait; try later")
        return Draft(
            request=request,
            recipients=recipients,
            bodies=bodies,
            routes=self._links.routes,
            now=now,
        )

    def queue(self, tx: Tx, draft: Draft) -> tuple[Message, ...]:
        """A message for each recipient, queued; `Invalid` names the field."""
        count = len(draft.recipients)
        return tuple(self._queue(tx, draft, index) for index in range(count))

    def took(self, messages: Sequence[Message]) -> None:
        """These are on disk: count them and wake who sends them."""
        for message in messages:
            self._metrics.accepted.labels(message.message_class.value).inc()
            if message.lane is not None:
                self._links.note_accepted(message.lane, 1)
        for lane in {message.lane for message in messages}:
            self._links.wake(lane)

    async def cancel(self, message_id: MessageId) -> Message:
        """Keep back what has not left; `NotFound`, or `Conflict` when too late."""
        now = self._clock.now()
        return await self._store.write(lambda tx: cancel(tx, message_id, now))

    async def retry(self, message_id: MessageId, *, force: bool = False) -> Message:
        """Send again what failed, on a person's word.

        `force` is needed where the first time may have been received.
        """
        terms = Terms(
            policy=self._policy, now=self._clock.now(), jitter=self._ids.jitter()
        )
        message = await self._store.write(
            lambda tx: retry(tx, message_id, terms, force=force)
        )
        self._links.wake(message.lane)
        return message

    def preview(self, text: str) -> TextPlan:
        """What a text costs; `Invalid` when it cannot be sent."""
        return check_text(text)

    async def _submit(
        self, request: SubmitRequest, keep: KeepAnswer | None
    ) -> Submitted:
        if keep is not None:
            # Before the checks: what was fine then may be late, or opted out, now.
            given = await self._store.read(lambda tx: _given(tx, keep))
            if given is not None:
                return given
        draft = self.draft(request)

        def write(tx: Tx) -> Submitted:
            given = _given(tx, keep) if keep is not None else None
            if given is not None:
                return given
            messages = self.queue(tx, draft)
            answer = None
            if keep is not None:
                status, body = keep.render(messages)
                answer = Answer(body_digest=keep.body_digest, status=status, body=body)
                tx.accounts.keep_answer(keep.token_id, keep.key, answer, draft.now)
            return Submitted(messages=messages, answer=answer)

        return await self._store.write(write)

    def _queue(self, tx: Tx, draft: Draft, index: int) -> Message:
        """One recipient's message, with its rows and its event."""
        peer, now = draft.recipients[index], draft.now
        names = Names.fresh(self._ids)
        contact = find_contact(tx, peer, names, now)
        field = recipient_field(index, draft.request)
        if contact.opted_out_at is not None:
            raise Invalid("opted_out", "this recipient opted out", field=field)
        choice = _choose(tx, draft, contact, peer)
        if choice is None:
            raise Invalid("no_route", "no link serves this number", field=field)
        own = draft.request.sender or self._own(choice.preferred)
        thread = find_thread(tx, contact, own, names.thread, now)
        message = self._message(draft, choice, contact, thread)
        bodies = _with_reference(tx, draft.bodies, peer)
        tx.outbox.insert(message, self._segments(message, bodies))
        announce(tx, message, EVENT_OF[message.state], now)
        return message

    def _own(self, link_id: LinkId | None) -> str:
        if link_id is None or not self._links.knows(link_id):
            return ""
        return self._links.status(link_id).msisdn or ""

    def _message(
        self, draft: Draft, choice: Choice, contact: Contact, thread: Thread
    ) -> Message:
        request, now = draft.request, draft.now
        policy = self._policy.classes[request.message_class]
        send_at = max(request.send_at or now, now)
        is_later = send_at > now
        validity = request.validity or policy.validity
        return Message(
            id=MessageId(self._ids.new("msg")),
            direction=Direction.MT,
            state=MessageState.SCHEDULED if is_later else MessageState.QUEUED,
            contact_id=contact.id,
            thread_id=thread.id,
            peer=contact.address,
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
            priority=request.priority
            if request.priority is not None
            else policy.priority,
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

    def _segments(self, message: Message, bodies: Sequence[UserData]) -> list[Segment]:
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


def _given(tx: Tx, keep: KeepAnswer) -> Submitted | None:
    """The answer given to this key before, if it was to the same body."""
    answer = tx.accounts.answer(keep.token_id, keep.key)
    if answer is None:
        return None
    if answer.body_digest != keep.body_digest:
        raise Invalid(
            "idempotency_key_reused",
            "this key was used with another request",
            field="Idempotency-Key",
        )
    return Submitted(messages=(), answer=answer, replayed=True)


def _choose(tx: Tx, draft: Draft, contact: Contact, peer: str) -> Choice | None:
    link = draft.request.link
    if link is not None:
        return Choice(lane=link_lane(link), preferred=link)
    return choose(draft.routes, peer, sticky_links(tx, contact))


def _with_reference(
    tx: Tx, bodies: tuple[UserData, ...], peer: str
) -> tuple[UserData, ...]:
    """The segments tied by the next reference of this recipient."""
    if len(bodies) == 1:
        return bodies
    reference = tx.facts.count_up(f"concat:{peer}", REFERENCES)
    return tuple(
        replace(body, header=(_tie(reference, len(bodies), number), *body.header[1:]))
        for number, body in enumerate(bodies, start=1)
    )


def _tie(reference: int, total: int, number: int) -> Element:
    return concatenation_element(
        Concatenation(reference=reference, total=total, number=number, wide=False)
    )
