"""`SmppLink`: one account at a carrier as a `Link`, with all its binds.

Relies on `bind` for each connection, on `pacing` for the rate, on `submission` for what
is sent and on `judge` for what the answers say. Refusals for being too fast are met
here and cost a message nothing.

Spec: spec/smpp.md 3.2, 3.3
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NoReturn

from gateway.core.board import StatusBoard
from gateway.core.clock import Clock
from gateway.core.errors import (
    PermanentFailure,
    Scope,
    StoreError,
    TemporaryFailure,
)
from gateway.core.ids import IdSource, LinkId
from gateway.core.link import (
    Capabilities,
    Door,
    InboundReport,
    LateResult,
    LinkState,
    LinkStatus,
    Memory,
    RecentOctets,
    Reference,
    ReportStyle,
    SentSegment,
    Unit,
)
from gateway.engine.waiting import Bell
from smpp import pdu as p
from smpp import status as codes
from smpp.aftermath import mindful_of_crashes
from smpp.bind import BindLoop, Condition
from smpp.config import BindConfig, BindMode, LongText
from smpp.figures import Figures
from smpp.inquiry import Asked, cancel_sm, query_sm, report_of
from smpp.judge import Judge
from smpp.life import Late
from smpp.observer import SilentObserver, SmppObserver
from smpp.outbind import OutbindListener
from smpp.pacing import Pacer
from smpp.parts import Parts
from smpp.receipt import IdBook, IdForm
from smpp.submission import submission

_log = logging.getLogger(__name__)

PATIENCE_S: Final = 60.0  # with an SMSC that says: too fast
_ROOM_S: Final = 5.0
_NO_ERROR: Final = frozenset({None, "connecting", "restarting", "stopped"})


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
        recent: RecentOctets | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._memory = memory
        self._late_result = late_result
        self._recent = recent or _nothing_recent
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
        self._senders = tuple(bind for bind in self._binds if bind.sends)
        self._room = Bell()
        self._without_room = 0
        self._judge = Judge(config, clock, self._parts.book)
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
        self._figures = Figures(self._board, clock, self._read_figures)

    @property
    def id(self) -> LinkId:
        return self._parts.link

    @property
    def capabilities(self) -> Capabilities:
        config = self._config
        return Capabilities(
            window=max(config.window * len(self._senders), 1),
            rate_per_s=config.rate_per_s,
            reports=ReportStyle.RECEIPT if config.receipts else ReportStyle.NONE,
            national_languages=False,
            any_sender=True,
            wide_references=config.long_text in {LongText.UDH16, LongText.SAR},
            whole_messages=config.long_text is LongText.PAYLOAD,
        )

    @property
    def status(self) -> LinkStatus:
        return self._board.status

    async def run(self, door: Door) -> NoReturn:
        """Serve for ever; ends by cancellation only."""
        self._board.tell(door)
        await self._recall_form()
        async with (
            mindful_of_crashes(self._parts, self._memory, self._recent),
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(self._figures.run())
            for bind in self._binds:
                tasks.create_task(bind.run(door))
            if self._config.outbind_listen is not None:
                tasks.create_task(OutbindListener(self._parts).run(door))
        raise AssertionError("a bind came to an end by itself")

    @property
    def recalls(self) -> bool:
        return self._config.cancel

    @property
    def inquire_after(self) -> timedelta | None:
        after_s = self._config.inquire_after_s
        return None if after_s is None else timedelta(seconds=after_s)

    async def submit(self, unit: Unit) -> Reference:
        """Send one segment; see `Link.submit`."""
        pdu = submission(unit, self._config, self._clock.now())
        answer = await self._ask(pdu, lambda late: self._late(unit, late))
        outcome = self._judge.outcome(unit, answer)
        if self._parts.book.form is not self._remembered_form:
            await self._remember_form()
        if isinstance(outcome, Reference):
            return outcome
        raise outcome

    async def recall(self, sent: SentSegment) -> None:
        """Have the carrier drop a segment; see `RecallLink.recall`."""
        answer = await self._ask(cancel_sm(sent, self._config), _too_late)
        if answer.status:
            raise PermanentFailure(
                "the carrier does not cancel it",
                carrier_code=codes.carrier_code(answer.status),
            )

    async def inquire(self, sent: SentSegment) -> InboundReport:
        """What the carrier says of a segment; see `RecallLink.inquire`."""
        answer = await self._ask(query_sm(sent, self._config), _too_late)
        if answer.status:
            raise PermanentFailure(
                "the carrier does not know",
                carrier_code=codes.carrier_code(answer.status),
            )
        asked = Asked(link=self.id, line=self._config.line, at=self._clock.now())
        return report_of(answer, sent, asked)

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

    async def _ask(self, pdu: p.Pdu, late: Late) -> p.Pdu:
        """The answer to a request, sent again while the SMSC says: too fast."""
        give_up_at = self._clock.monotonic() + PATIENCE_S
        while True:
            turn_at = await self._pacer.turn()
            bind = self._free_bind() or await self._bind_with_room()
            try:
                answer = await bind.request(pdu, late)
            finally:
                if self._without_room:
                    self._room.ring()
                self._figures.stir()
            judged = self._judge.verdict(answer.status)
            self._heed(answer, judged, turn_at)
            too_late = self._clock.monotonic() >= give_up_at
            if judged is not codes.Verdict.PACE or too_late:
                return answer

    def _free_bind(self) -> BindLoop | None:
        """The bind with the most room, if any has some."""
        best, most = None, 0
        for bind in self._senders:
            if (room := bind.room) > most:
                best, most = bind, room
        return best

    async def _bind_with_room(self) -> BindLoop:
        """As soon as one has room; `TemporaryFailure` when none is bound."""
        self._without_room += 1
        try:
            while True:
                seen = self._room.rings
                if (best := self._free_bind()) is not None:
                    return best
                if self.status.state is not LinkState.UP:
                    raise TemporaryFailure(
                        self.status.reason or "link_not_up", scope=Scope.LINK
                    )
                await self._room.wait(seen, self._clock, _ROOM_S)
        finally:
            self._without_room -= 1

    def _heed(self, answer: p.Pdu, judged: codes.Verdict, turn_at: float) -> None:
        """Let the rate learn from an answer, and the figures tell a refusal."""
        if judged is codes.Verdict.ACCEPTED:
            self._pacer.accepted(turn_at)
        else:
            self._observer.refused(self.id, codes.name(answer.status))
            self._figures.failed(codes.carrier_code(answer.status))
            if judged is codes.Verdict.PACE:
                self._pacer.refused(turn_at)
        if answer.tlvs and (congestion := answer.find(p.Tag.CONGESTION_STATE)):
            self._pacer.congestion(congestion[-1], turn_at)

    def _late(self, unit: Unit, answer: p.Pdu) -> None:
        """An answer to a submission that was given up as unknown."""
        if self._late_result is not None:
            self._late_result(unit.attempt_id, self._judge.outcome(unit, answer))

    def _moved(self, condition: Condition) -> None:
        """A bind's condition changed: the link's state is their sum."""
        if condition.reason not in _NO_ERROR:
            self._figures.failed(condition.detail or condition.reason or "")
        bound = [bind for bind in self._binds if bind.condition.bound]
        away = [bind.condition for bind in self._binds if not bind.condition.bound]
        worst = away[0] if away else None
        if any(bind.condition.bound for bind in self._senders):
            state, reason = LinkState.UP, None
        elif bound:
            state, reason = LinkState.PAUSED, "receive_only"
        elif away and all(condition.needs_person for condition in away):
            state, reason = LinkState.BLOCKED, away[0].reason
        else:
            state, reason = LinkState.DOWN, worst.reason if worst else None
        first = bound[0].condition if bound else worst
        self._figures.stir()
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

    def _read_figures(self) -> Mapping[str, Any]:
        rate = self._pacer.rate_per_s
        return {
            "window": self.capabilities.window,
            "in_flight": sum(bind.in_flight for bind in self._senders),
            "rate_per_s": None if rate is None else round(rate, 1),
            "id_form": self._parts.book.form.value,
        }

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
        self._remembered_form = form
        _log.info("smpp %s: message ids are %s", self.id, form)
        try:
            await self._memory.remember(self._form_key(), form)
        except StoreError as error:
            # It is learnt again after the next start: no reason to lose an outcome.
            _log.warning("smpp %s: not remembered: %s", self.id, error)

    def _form_key(self) -> str:
        return f"{self._config.line}:id_form"


def _too_late(answer: p.Pdu) -> None:
    """Whoever asked has given up: it changes nothing."""


async def _nothing_recent(_line: str) -> Sequence[bytes]:
    """Nobody keeps what came in: nothing can come again after a crash."""
    return ()
