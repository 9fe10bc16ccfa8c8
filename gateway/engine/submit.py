"""The door out: validate, price, deduplicate and queue in one write.

Returns after commit. Relies on `request` for the fields, `route` for the lane,
`threads` for people. Sends nothing: lanes pull.

Spec: ARCHITECTURE.md 1.6; spec/reliability.md C0, DG-01, DG-20; spec/modem.md 9.24
"""

from collections.abc import Callable, Sequence

from gateway.codec.segment import TextPlan
from gateway.codec.value import replace, value
from gateway.core.account import Answer
from gateway.core.clock import Clock
from gateway.core.errors import (
    Invalid,
    RequestRefused,
    StoreConflict,
    StoreFull,
    Unavailable,
)
from gateway.core.ids import IdSource, MessageId, TokenId
from gateway.core.message import Message
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.case import Terms
from gateway.engine.claim import Intent
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.decision import cancel, retry
from gateway.engine.enqueue import Draft, Enqueue, Entered
from gateway.engine.recall import take_back
from gateway.engine.request import (
    SubmitRequest,
    check_content,
    check_fields,
    check_recipients,
    check_text,
)
from gateway.metrics import Metrics

__all__ = ["Draft", "KeepAnswer", "Submit", "SubmitRequest", "Submitted"]


@value(frozen=True, slots=True, kw_only=True)
class KeepAnswer:
    """Under which key the answer to this request is kept, and how it is made."""

    token_id: TokenId
    key: str
    body_digest: bytes
    render: Callable[[Sequence[Message]], tuple[int, str]]


@value(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was queued; on a replay no messages, but the answer given before."""

    messages: tuple[Message, ...]
    intents: tuple[Intent, ...] = ()  # of those that a lane took at once
    answer: Answer | None = None
    replayed: bool = False


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
        self._enqueue = Enqueue(ids, policy, links)

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
            routing=self._links.routing,
            now=now,
        )

    def queue(self, tx: Tx, draft: Draft) -> tuple[Message, ...]:
        """A message for each recipient, queued; `Invalid` names the field."""
        [result] = self.queue_all(tx, [draft])
        if isinstance(result, RequestRefused):
            raise result
        return result

    def queue_all(
        self, tx: Tx, drafts: Sequence[Draft]
    ) -> list[tuple[Message, ...] | RequestRefused]:
        """As `queue` for several; what is refused has written nothing."""
        return [
            one if isinstance(one, RequestRefused) else one.messages
            for one in self._enqueue.queue(tx, drafts)
        ]

    def rewrite(self, tx: Tx, message: Message, draft: Draft) -> Message:
        """Other content, and other times if they are said, before anything has left."""
        return self._enqueue.rewrite(tx, message, draft)

    def took(self, messages: Sequence[Message]) -> None:
        """These are on disk and wait: count them and wake who sends them."""
        self._count(messages)
        self._wait(messages)

    def wake(self, message: Message) -> None:
        """It may be ready now: wake who sends it."""
        self._links.wake(message.lane)

    async def cancel(self, message_id: MessageId) -> Message:
        """Keep back what has not left; `NotFound`, or `Conflict` when too late.

        What has left is taken back where its carrier does that.
        """
        now = self._clock.now()
        taken = await take_back(self._store, self._links, message_id, now)
        if taken is not None:
            return taken
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
        try:
            draft = self.draft(request)
        except (RequestRefused, StoreFull):
            # What was fine then may be late, or opted out, now.
            if keep is not None:
                given = await self._store.read(lambda tx: _given(tx, keep))
                if given is not None:
                    return given
            raise
        return await self._enter(draft, keep)

    async def _enter(self, draft: Draft, keep: KeepAnswer | None) -> Submitted:
        """Queue it; what a lane has room for it takes in the same write.

        Safe to cancel: what follows the commit is done all the same.
        """
        offer = self._links.offer(self._enqueue.choice(draft), len(draft.recipients))
        if offer is not None:
            draft = replace(draft, offer=offer)

        def told(submitted: Submitted | None) -> None:
            taken = () if submitted is None else submitted.intents
            if offer is not None:
                offer.take(taken)
            if submitted is not None:
                begun = {intent.message.id for intent in taken}
                self._count(submitted.messages)
                self._wait([one for one in submitted.messages if one.id not in begun])

        return await self._store.write_among(self._queue, (draft, keep), told)

    def _queue(
        self, tx: Tx, entries: Sequence[tuple[Draft, KeepAnswer | None]]
    ) -> list[Submitted | RequestRefused]:
        """What came of each; those with a key that was answered write nothing."""
        keys = [(keep.token_id, keep.key) for _, keep in entries if keep is not None]
        if len(set(keys)) < len(keys):
            raise StoreConflict("one key twice: one after the other")
        answers = [_answered(tx, keep) for _, keep in entries]
        fresh = [
            entry
            for entry, answer in zip(entries, answers, strict=True)
            if answer is None
        ]
        drafts = [draft for draft, _ in fresh]
        entered = iter(self._enqueue.queue(tx, drafts) if drafts else ())
        results = [answer or _submitted(next(entered)) for answer in answers]
        return [
            _kept(tx, draft, keep, result)
            for (draft, keep), result in zip(entries, results, strict=True)
        ]

    def _count(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._metrics.accepted.labels(message.message_class.value).inc()

    def _wait(self, messages: Sequence[Message]) -> None:
        """These wait for their lanes."""
        for message in messages:
            if message.lane is not None:
                self._links.note_accepted(message.lane, 1)
        for lane in {message.lane for message in messages}:
            self._links.wake(lane)


def _answered(tx: Tx, keep: KeepAnswer | None) -> Submitted | RequestRefused | None:
    try:
        return None if keep is None else _given(tx, keep)
    except RequestRefused as refused:
        return refused


def _submitted(entered: Entered | RequestRefused) -> Submitted | RequestRefused:
    if isinstance(entered, RequestRefused):
        return entered
    return Submitted(messages=entered.messages, intents=entered.intents)


def _kept(
    tx: Tx,
    draft: Draft,
    keep: KeepAnswer | None,
    result: Submitted | RequestRefused,
) -> Submitted | RequestRefused:
    """With its answer, which is on disk with it where a key was given."""
    if keep is None or isinstance(result, RequestRefused) or result.replayed:
        return result
    status, body = keep.render(result.messages)
    answer = Answer(body_digest=keep.body_digest, status=status, body=body)
    tx.accounts.keep_answer(keep.token_id, keep.key, answer, draft.now)
    return replace(result, answer=answer)


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
