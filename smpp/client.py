"""`SmppLink`: one account at a carrier as a `Link`, with all its binds.

Relies on `bind` for each connection, on `pacing` for the rate, on `convert` for what is
sent. Refusals for being too fast are met here and cost a message nothing.

Spec: spec/smpp.md 3.2, 3.3
"""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import Final, NoReturn

from gateway.core.board import StatusBoard
from gateway.core.clock import Clock
from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    StoreError,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import IdSource, LinkId, SegmentId
from gateway.core.link import (
    Capabilities,
    Door,
    LateResult,
    LinkState,
    LinkStatus,
    Memory,
    Reference,
    ReportStyle,
    Unit,
)
from gateway.engine.waiting import Bell
from smpp import pdu as p
from smpp import status as codes
from smpp.bind import BindLoop
from smpp.config import BindConfig, BindMode
from smpp.convert import submit_sm
from smpp.observer import SilentObserver, SmppObserver
from smpp.pacing import Pacer
from smpp.parts import Parts
from smpp.receipt import IdBook, IdForm

_log = logging.getLogger(__name__)

PATIENCE_S: Final = 60.0  # with an SMSC that says: too fast
RETRY_THROTTLED: Final = timedelta(seconds=5)
_ROOM_S: Final = 5.0
_MOST_REFUSED: Final = 1000


class SmppLink:
    """A carrier account; implements `Link`."""

    def __init__(
        self,
        config: BindConfig,
        *,
        clock: Clock,
        ids: IdSource,
        memory: Memory,
        observer: SmppObserver | None = None,
        late_result: LateResult | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._memory = memory
        self._late_result = late_result
        self._observer = observer or SilentObserver()
        self._parts = Parts(
            link=LinkId(config.name),
            config=config,
            clock=clock,
            ids=ids,
            observer=self._observer,
            book=IdBook(config.id_form),
        )
        self._pacer = Pacer(clock, config.rate_per_s)
        self._binds = self._make_binds()
        self._room = Bell()
        self._refusals: dict[SegmentId, int] = {}
        self._remembered_form = config.id_form
        self._board = StatusBoard(
            LinkStatus(
                link=self._parts.link,
                kind="smpp",
                state=LinkState.STARTING,
                since=clock.now(),
                line=config.line,
                msisdn=config.msisdn,
                port=f"{config.host}:{config.port}",
            ),
            clock,
        )

    @property
    def id(self) -> LinkId:
        return self._parts.link

    @property
    def capabilities(self) -> Capabilities:
        senders = sum(1 for bind in self._binds if bind.sends)
        return Capabilities(
            window=max(self._config.window * senders, 1),
            rate_per_s=self._config.rate_per_s,
            reports=ReportStyle.RECEIPT if self._config.receipts else ReportStyle.NONE,
            national_languages=False,
            any_sender=True,
        )

    @property
    def status(self) -> LinkStatus:
        return self._board.status

    async def run(self, door: Door) -> NoReturn:
        """Serve for ever; ends by cancellation only."""
        self._board.tell(door)
        await self._recall_form()
        async with asyncio.TaskGroup() as tasks:
            for bind in self._binds:
                tasks.create_task(bind.run(door))
        raise AssertionError("a bind came to an end by itself")

    async def submit(self, unit: Unit) -> Reference:
        """Send one segment; see `Link.submit`."""
        pdu = submit_sm(unit, self._config, self._clock.now())
        give_up_at = self._clock.monotonic() + PATIENCE_S
        while True:
            turn_at = await self._pacer.turn()
            bind = await self._bind_with_room()
            try:
                answer = await bind.request(pdu, lambda late: self._late(unit, late))
            finally:
                self._room.ring()
            self._heed(answer, turn_at)
            judged = self._verdict(answer.status)
            too_late = self._clock.monotonic() >= give_up_at
            if judged is not codes.Verdict.PACE or too_late:
                break
        outcome = self._outcome(unit, answer)
        await self._remember_form()
        if isinstance(outcome, Reference):
            return outcome
        raise outcome

    async def restart(self) -> None:
        """Close all connections and begin from the first step."""
        for bind in self._binds:
            bind.restart()

    def _make_binds(self) -> tuple[BindLoop, ...]:
        mode = self._config.bind
        modes = (
            (BindMode.TRANSMITTER, BindMode.RECEIVER)
            if mode is BindMode.PAIR
            else (mode,)
        )
        return tuple(
            BindLoop(self._parts, each, moved=self._moved)
            for _ in range(self._config.binds)
            for each in modes
        )

    async def _bind_with_room(self) -> BindLoop:
        """The bind with the most room; waits for it while any is bound."""
        while True:
            seen = self._room.rings
            best = max(self._binds, key=lambda bind: bind.room)
            if best.room > 0:
                return best
            if self.status.state is not LinkState.UP:
                raise TemporaryFailure(
                    self.status.reason or "link_not_up", scope=Scope.LINK
                )
            await self._room.wait(seen, self._clock, _ROOM_S)

    def _heed(self, answer: p.Pdu, turn_at: float) -> None:
        """Let the rate learn from an answer."""
        match self._verdict(answer.status):
            case codes.Verdict.PACE:
                self._observer.refused(self.id, codes.name(answer.status))
                self._pacer.refused(turn_at)
            case codes.Verdict.ACCEPTED:
                self._pacer.accepted()
            case _:
                self._observer.refused(self.id, codes.name(answer.status))
        if congestion := answer.find(p.Tag.CONGESTION_STATE):
            self._pacer.congestion(congestion[-1], turn_at)

    def _verdict(self, status: int) -> codes.Verdict:
        return codes.verdict(
            status,
            permanent=self._config.permanent_statuses,
            temporary=self._config.temporary_statuses,
        )

    def _outcome(self, unit: Unit, answer: p.Pdu) -> Reference | SubmitFailure:
        """What an answer says of a segment."""
        judged = self._verdict(answer.status)
        if judged is codes.Verdict.ACCEPTED:
            if not isinstance(answer, p.SmResp) or not answer.message_id:
                return OutcomeUnknown("accepted without a message id")
            self._refusals.pop(unit.segment_id, None)
            value = self._parts.book.reference(
                answer.message_id, unit.destination.digits
            )
            return Reference(
                line=self._config.line, value=value, accepted_at=self._clock.now()
            )
        text = answer.find(p.Tag.ADDITIONAL_STATUS_INFO_TEXT) or b""
        said = text.rstrip(b"\0").decode("latin-1")
        failure = codes.failure(
            answer.status, judged, text=said, retry_after=RETRY_THROTTLED
        )
        if judged is codes.Verdict.VENDOR and self._is_enough(unit.segment_id):
            return PermanentFailure(failure.reason, carrier_code=failure.carrier_code)
        return failure

    def _is_enough(self, segment: SegmentId) -> bool:
        """Whether a refusal that each carrier means otherwise was met often enough."""
        tries = self._refusals.pop(segment, 0) + 1
        if tries > codes.VENDOR_RETRIES:
            return True
        self._refusals[segment] = tries
        if len(self._refusals) > _MOST_REFUSED:
            del self._refusals[next(iter(self._refusals))]
        return False

    def _late(self, unit: Unit, answer: p.Pdu) -> None:
        """An answer to a submission that was given up as unknown."""
        if self._late_result is not None:
            self._late_result(unit.attempt_id, self._outcome(unit, answer))

    def _moved(self) -> None:
        """A bind's condition changed: the link's state is their sum."""
        senders = [bind for bind in self._binds if bind.sends]
        bound = [bind for bind in self._binds if bind.condition.bound]
        away = [bind.condition for bind in self._binds if not bind.condition.bound]
        worst = away[0] if away else None
        if any(bind.condition.bound for bind in senders):
            state, reason = LinkState.UP, None
        elif bound:
            state, reason = LinkState.PAUSED, "receive_only"
        elif away and all(condition.needs_person for condition in away):
            state, reason = LinkState.BLOCKED, away[0].reason
        else:
            state, reason = LinkState.DOWN, worst.reason if worst else None
        first = bound[0].condition if bound else worst
        self._board.state(
            state,
            reason,
            self._detail(len(bound), worst.detail if worst else None),
            smsc=first.smsc if first else None,
            port=first.place if first else None,
            recoveries=sum(bind.recoveries for bind in self._binds),
        )
        self._room.ring()

    def _detail(self, bound: int, trouble: str | None) -> str | None:
        """What a person should know, in plain words."""
        words: list[str] = []
        if trouble:
            words.append(trouble)
        if bound < len(self._binds) and bound:
            words.append(f"{bound} of {len(self._binds)} binds up")
        if self._config.tls_insecure:
            words.append("TLS without checking the certificate")
        return "; ".join(words) or None

    async def _recall_form(self) -> None:
        """What was learnt of message ids before is known at once."""
        if self._config.id_form is not IdForm.AUTO:
            return
        known = await self._memory.recall(self._form_key())
        with contextlib.suppress(ValueError):
            self._parts.book.learn(IdForm(known or ""))
            self._remembered_form = self._parts.book.form

    async def _remember_form(self) -> None:
        form = self._parts.book.form
        if form is self._remembered_form:
            return
        self._remembered_form = form
        _log.info("smpp %s: message ids are %s", self.id, form)
        try:
            await self._memory.remember(self._form_key(), form)
        except StoreError as error:
            # It is learnt again after the next start: no reason to lose an outcome.
            _log.warning("smpp %s: not remembered: %s", self.id, error)

    def _form_key(self) -> str:
        return f"{self._config.line}:id_form"
