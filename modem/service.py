"""A modem that is set up: receiving, health and calls, until it has to begin anew.

Relies on what bring-up found. It watches registration and signal, checks that the
settings still hold when there is doubt, and decides whether the line may send.

Spec: 3GPP TS 27.007 7.2, 8.5; spec/modem.md 9.10, 9.16, 9.22.
"""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import NoReturn

from gateway.codec.address import Address
from gateway.core.errors import (
    OutcomeUnknown,
    Scope,
    StoreError,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.link import Door, InboundCall, LinkState
from modem import answers, commands
from modem.answers import Registration, SimState, UssdText
from modem.at import EchoSeen, Unclaimed
from modem.bring_up import Setup
from modem.cancellation import contained
from modem.channel import Channel
from modem.errors import LINE_REASONS
from modem.incoming import Line
from modem.inquiry import ask_registration
from modem.notice import CALL, Notice
from modem.parts import Parts
from modem.receive import Receiver
from modem.recovery import Step
from modem.storage import Storage
from modem.submit import Sender
from modem.vocabulary import Vocabulary
from modem.voice import CallWatch, Rang

_log = logging.getLogger(__name__)

_REGISTERED = frozenset({"+CREG", "+CEREG", "+CGREG"})
_SIM_NEWS = frozenset({"+QUSIM", "^SIMST", "#QSS", "+SIM", "+CFUN", "SMS READY"})
_SLOW_CHECK_EVERY = 15
_SIM_REASONS = frozenset({"sim_missing", "sim_pin", "sim_puk", "sim_failure"})
_FULL_SHARE = 0.8


class _Over(Exception):
    """The served time ends; bring-up comes next."""


class Service:
    """One served time of one modem."""

    def __init__(
        self,
        parts: Parts,
        *,
        channel: Channel,
        vocabulary: Vocabulary,
        storage: Storage,
        setup: Setup,
        door: Door,
        where: Line,
    ) -> None:
        self._parts = parts
        self._channel = channel
        self._vocabulary = vocabulary
        self._storage = storage
        self._setup = setup
        self._door = door
        self._where = where
        self.receiver = self._make_receiver(door)
        self.sender = Sender(
            config=parts.config,
            channel=channel,
            line=where.line,
            clock=parts.clock,
            timing=parts.timing,
            make_room=lambda: self.receiver.look_again(0.0),
        )
        self._calls = CallWatch(
            clip_s=parts.timing.clip_s, ring_gap_s=parts.timing.ring_gap_s
        )
        self._rings: asyncio.Queue[Rang] = asyncio.Queue(maxsize=64)
        self._ringing = asyncio.Event()
        self._check_now = asyncio.Event()
        self._over = asyncio.Event()
        self._doubt = False
        self._checks = 0
        self._registration: Registration | None = None
        self._lost_since: float | None = None
        self._refusals = 0
        self._paused_until: float | None = None
        self._pause_reason = ""
        self._help_itself: Step | None = None

    async def run(self) -> None:
        """Serve until something asks for a new bring-up."""
        self.receiver.look_again(0.0)
        try:
            await contained(self._tasks())
        except* _Over:
            pass

    def begin_again(self) -> None:
        """End this served time."""
        self._over.set()

    def doubt(self) -> None:
        """The settings may be lost: look soon."""
        self._doubt = True
        self._check_now.set()

    def take(self, news: Notice | EchoSeen | Unclaimed) -> None:
        """One thing the modem said by itself."""
        match news:
            case EchoSeen():
                self.doubt()
            case Unclaimed():
                self._parts.observer.notice_unknown(self._parts.link)
            case Notice():
                self._take_notice(news)

    async def ussd(self, code: str) -> UssdText | None:
        """Run one USSD code; None when no answer came."""
        return await self._vocabulary.ussd(code)

    def sent(self) -> None:
        """A segment was accepted."""
        self._refusals = 0
        self._parts.ladder.sent_well()

    def failed(self, failure: SubmitFailure) -> None:
        """A segment was not: is it the line's fault, or the modem's?"""
        if isinstance(failure, TemporaryFailure) and failure.scope is Scope.LINK:
            if failure.reason in _SIM_REASONS:
                self.doubt()
            if failure.reason in LINE_REASONS:
                self._pause_line(failure)
            self._check_now.set()
        strange = failure.reason in ("no_prompt", "link_lost", "unassigned_number")
        if strange or isinstance(failure, OutcomeUnknown):
            step = self._parts.ladder.trouble()
            if step is not None:
                self._help_itself = step
                self.doubt()

    def _make_receiver(self, door: Door) -> Receiver:
        parts = self._parts
        receiver = Receiver(
            channel=self._channel,
            storage=self._storage,
            door=door,
            where=self._where,
            clock=parts.clock,
            timing=parts.timing,
            observer=parts.observer,
            on_doubt=self.doubt,
        )
        receiver.acknowledging = self._setup.acknowledging
        period_s = parts.timing.sweep_period_s or parts.config.sweep_period_s
        if self._setup.notifications is None:
            period_s = min(period_s, parts.timing.blind_sweep_period_s)
        receiver.sweep_period_s = period_s
        return receiver

    async def _tasks(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.receiver.work())
            tasks.create_task(self._watch_health())
            tasks.create_task(self._follow_calls())
            tasks.create_task(self._tell_calls())
            tasks.create_task(self._until_over())

    async def _until_over(self) -> NoReturn:
        await self._over.wait()
        raise _Over

    def _take_notice(self, notice: Notice) -> None:
        if self.receiver.take(notice):
            return
        if notice.name in CALL:
            now = self._parts.clock.monotonic()
            self._rang(self._calls.notice(notice, now))
            self._ringing.set()
        elif notice.name == "+CUSD":
            self._vocabulary.notice(notice)
        elif notice.name in _REGISTERED:
            self._check_now.set()
        elif notice.name == "+CPIN" and notice.head.strip('" ').upper() != "READY":
            self.begin_again()
        elif notice.name in _SIM_NEWS or notice.name == "+CPIN":
            self.doubt()

    async def _watch_health(self) -> NoReturn:
        timing = self._parts.timing
        while True:
            self._check_now.clear()
            await self._check()
            await self._parts.clock.sleep(timing.check_gap_s)
            served = self._parts.board.status.state is LinkState.UP
            wait_s = timing.health_period_s if served else timing.registration_poll_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._check_now.wait()

    async def _check(self) -> None:
        if self._help_itself is not None:
            await self._help()
        if self._doubt:
            self._doubt = False
            if not await self._settings_hold():
                self.begin_again()
                return
        elif not await self._notifications_hold():
            self.begin_again()
            return
        self._registration = await ask_registration(self._channel)
        signal_dbm = await self._vocabulary.signal_dbm()
        self._parts.board.learn(
            registration=self._registration,
            signal_dbm=signal_dbm,
            recoveries=self._parts.ladder.count,
        )
        if self._checks % _SLOW_CHECK_EVERY == 0:
            self._parts.board.learn(operator=await self._vocabulary.operator())
        self._checks += 1
        await self._check_space()
        self._decide()
        await self._mind_registration()

    async def _help(self) -> None:
        """Too many strange ends: what gentler steps could not see."""
        step, self._help_itself = self._help_itself, None
        if step is None:
            return
        self._parts.ladder.took(step)
        if step is Step.RESET:
            await self._channel.run(commands.restart_modem())
            await self._parts.clock.sleep(self._parts.timing.boot_settle_s)
        else:
            for line in self._setup.profile.reset:
                await self._channel.run(commands.vendor(line))
        self.begin_again()

    async def _settings_hold(self) -> bool:
        """Is the SIM open and are format and notifications as we set them?"""
        sim = await self._channel.run_patiently(commands.pin_state())
        if answers.sim_state(sim.lines) not in (SimState.READY, None):
            return False
        if sim.code == 10:
            return False
        await self._channel.run(commands.echo_off())
        told = await self._channel.run(commands.message_format())
        mode = answers.first_number(told.lines, "+CMGF")
        if mode not in (0, None):
            return False
        if not await self._notifications_hold():
            return False
        imsi = await self._vocabulary.imsi()
        return imsi is None or imsi == self._setup.imsi

    async def _notifications_hold(self) -> bool:
        """A modem drops direct routing by itself when one answer came too late."""
        wanted = self._setup.notifications
        if wanted is None:
            return True
        told = await self._channel.run(commands.notifications())
        held = answers.notifications(told.lines)[:4]
        return not held or held == wanted

    async def _check_space(self) -> None:
        spaces = await self._storage.space()
        if not spaces:
            return
        fullest = max(spaces, key=lambda space: space.used / max(1, space.total))
        board = self._parts.board
        board.learn(storage_used=fullest.used, storage_total=fullest.total)
        if fullest.total and fullest.used >= fullest.total * _FULL_SHARE:
            _log.warning("modem %s: its storage is nearly full", self._parts.link)
            self.receiver.look_again(0.0)

    def _pause_line(self, failure: TemporaryFailure) -> None:
        pauses = self._parts.timing.line_pause_s
        pause_s = pauses[min(self._refusals, len(pauses) - 1)]
        self._refusals += 1
        self._paused_until = self._parts.clock.monotonic() + pause_s
        self._pause_reason = failure.reason
        _log.error(
            "modem %s: the SIM may not send (%s), waiting %s",
            self._parts.link,
            failure.carrier_code,
            timedelta(seconds=pause_s),
        )
        self._decide()

    def _decide(self) -> None:
        board = self._parts.board
        now = self._parts.clock.monotonic()
        if self._paused_until is not None and now < self._paused_until:
            board.state(
                LinkState.PAUSED,
                self._pause_reason,
                "the carrier refuses this SIM: check its tariff, service and SMSC",
            )
        elif self._registration is None or self._registration.serves_sms:
            self._paused_until = None
            board.state(LinkState.UP)
        else:
            board.state(
                LinkState.PAUSED,
                "no_registration",
                f"the network does not serve the SIM: {self._registration}",
            )

    async def _mind_registration(self) -> None:
        """After a long time without network a reset may help; then again later."""
        now = self._parts.clock.monotonic()
        if self._registration is None or self._registration.serves_sms:
            self._lost_since = None
            return
        if self._lost_since is None:
            self._lost_since = now
        ladder = self._parts.ladder
        overdue = now - self._lost_since >= self._parts.timing.unregistered_reset_s
        if overdue and ladder.may(Step.RESET):
            self._lost_since = now
            self._help_itself = Step.RESET
            await self._help()

    def _rang(self, rang: Rang | None) -> None:
        if rang is not None and not self._rings.full():
            self._rings.put_nowait(rang)

    async def _follow_calls(self) -> NoReturn:
        while True:
            self._ringing.clear()
            now = self._parts.clock.monotonic()
            self._rang(self._calls.expire(now))
            deadline = self._calls.deadline
            wait_s = None if deadline is None else max(0.0, deadline - now)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._ringing.wait()

    async def _tell_calls(self) -> NoReturn:
        while True:
            rang = await self._rings.get()
            if self._parts.config.hang_up_calls:
                await self._vocabulary.hang_up()
            call = InboundCall(
                link=self._parts.link,
                line=self._where.line,
                caller=Address.parse(rang.caller) if rang.caller else None,
                recipient=self._where.msisdn,
                received_at=self._parts.clock.now(),
            )
            try:
                await self._door.accept(call)
            except StoreError as problem:
                _log.error("a call could not be kept: %s", problem)
