"""One command at a time over one port, reading before sending.

Joins a `Port` and an `AtSession`: a queue by urgency, notifications handed on as they
come, and the way back into step after a command timed out. Bring-up and meaning are
the driver's.
"""

import asyncio
import contextlib
import heapq
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NoReturn, Protocol

from gateway.core.clock import Clock
from gateway.core.errors import LinkLost
from gateway.core.ids import LinkId
from modem.at import (
    Answer,
    AtEvent,
    AtSession,
    EchoSeen,
    Final,
    Finished,
    LateAnswer,
    Unclaimed,
)
from modem.commands import CTRL_Z, Command, attention, probes
from modem.errors import is_busy
from modem.notice import Notice
from modem.observer import ModemObserver
from modem.port import Port
from modem.timing import Timing

_log = logging.getLogger(__name__)


class ModemSilent(LinkLost):
    """The modem answers nothing, whatever was tried on this port."""


class Urgency(IntEnum):
    """Who goes first; what arrives passes what leaves."""

    ACKNOWLEDGE = 0
    RECEIVE = 1
    CONTROL = 2
    SEND = 3


@dataclass(order=True, slots=True, kw_only=True)
class _Job:
    urgency: int
    turn: int
    command: Command = field(compare=False)
    future: "asyncio.Future[Answer]" = field(compare=False)
    key: str | None = field(compare=False, default=None)


class ChannelOwner(Protocol):
    """Who hears what no command asked for."""

    def heard(self, news: Notice | EchoSeen | Unclaimed) -> None:
        """A notification came; must not block."""
        ...

    def late(self, key: str, answer: Answer) -> None:
        """The end of a keyed command that nobody waits for any more."""
        ...

    def in_step_again(self) -> None:
        """A command timed out and the modem was found again."""
        ...

    async def rescue(self, channel: "Channel") -> bool:
        """Nothing is answered; whatever may help, by `exchange`. True: it does now."""
        ...


class Channel:
    """The modem's one mouth; `serve` has to run while it is used."""

    def __init__(
        self,
        port: Port,
        *,
        link: LinkId,
        clock: Clock,
        timing: Timing,
        observer: ModemObserver,
        owner: ChannelOwner,
    ) -> None:
        self._port = port
        self._link = link
        self._clock = clock
        self._timing = timing
        self._observer = observer
        self._owner = owner
        self._session = AtSession()
        self._session.dirty = True  # nobody knows what was said here before
        self.greeted = False
        self._gave_up = False  # a command got no answer at all
        self._queue: list[_Job] = []
        self._turn = 0
        self._probe = 0
        self._running: dict[int, asyncio.Future[Answer]] = {}
        self._jobs: dict[int, _Job] = {}
        self._last_key: tuple[int, str] | None = None
        self._receiving = 0
        self._lost: str | None = None
        self._moved = asyncio.Event()  # the session's deadlines may have changed
        self._queued = asyncio.Event()
        self._heard = asyncio.Event()
        self.heard_at = clock.monotonic()

    @property
    def port_name(self) -> str:
        return self._port.name

    @property
    def is_lost(self) -> bool:
        return self._lost is not None

    async def serve(self) -> NoReturn:
        """Move octets and commands until the port is gone; raises `LinkLost`."""
        self._port.start(self._on_octets, self._end)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._dispatch())
                tasks.create_task(self._keep_time())
        finally:
            self._end("closed")
            self._port.close()
        raise AssertionError("both tasks end by exception only")

    async def run(
        self,
        command: Command,
        *,
        urgency: Urgency = Urgency.CONTROL,
        key: str | None = None,
    ) -> Answer:
        """Say `command` in its turn; the answer is a value, also when it failed.

        Cancelling before its turn takes it back; later, the command is finished and,
        when it had a `key`, its answer goes to the late handler.
        """
        if self._lost is not None:
            return Answer(final=Final.LOST)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._turn += 1
        job = _Job(
            urgency=urgency, turn=self._turn, command=command, future=future, key=key
        )
        heapq.heappush(self._queue, job)
        self._queued.set()
        return await future

    async def run_patiently(
        self, command: Command, *, urgency: Urgency = Urgency.CONTROL
    ) -> Answer:
        """Like `run`, asking again a few times while the modem or SIM is busy."""
        answer = await self.run(command, urgency=urgency)
        for delay_s in self._timing.busy_delays_s:
            if not is_busy(answer):
                break
            await self._clock.sleep(delay_s)
            answer = await self.run(command, urgency=urgency)
        return answer

    async def exchange(self, command: Command, job: _Job | None = None) -> Answer:
        """Say `command` now; only for the dispatcher and a rescue within it."""
        if self._lost is not None:
            return Answer(final=Final.LOST)
        started = self._clock.monotonic()
        if command.body is None:
            limit_s = min(command.timeout_s, self._timing.command_limit_s)
            command = command.within(limit_s)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tag = self._session.send(command, started)
        self._running[tag] = future
        if job is not None:
            self._jobs[tag] = job
            if job.key is not None:
                self._last_key = (tag, job.key)
        _log.debug("> %s", command.shown)
        self._flush()
        self._moved.set()
        answer = await future
        seconds = self._clock.monotonic() - started
        self._observer.command_timed(
            self._link, _name_of(command), seconds, answer.final
        )
        return answer

    async def find_step(self) -> bool:
        """Come back into step: leave message entry, drain, ask until it is answered.

        The probes' answers are unlike one another's, so a late answer of the command
        that was given up cannot be taken for theirs.
        """
        choices = probes()
        silence_from = self.heard_at
        for attempt in range(len(choices)):
            if attempt % 2 == 0:
                self._session.escape()
                self._flush()
            await self._drain()
            probe = choices[self._probe % len(choices)]
            self._probe += 1
            answer = await self.exchange(probe.within(self._timing.probe_s))
            if answer.ok:
                self._session.dirty = False
                return True
            if self._lost is not None:
                return False
        if self.heard_at == silence_from:
            return False
        # It talks, but knows none of the queries: a quiet, then a plain OK, will do.
        await self._drain()
        self._session.dirty = not (await self.exchange(attention())).ok
        return not self._session.dirty

    async def _drain(self) -> None:
        """Let late octets come; ends after a short quiet, or a limit."""
        end = self._clock.monotonic() + self._timing.drain_limit_s
        while self._clock.monotonic() < end and self._lost is None:
            self._heard.clear()
            try:
                async with asyncio.timeout(self._timing.drain_s):
                    await self._heard.wait()
            except TimeoutError:
                return

    async def _dispatch(self) -> NoReturn:
        while True:
            if self._session.dirty:
                await self._revive()
            job = self._next_job()
            if job is None:
                self._queued.clear()
                await self._queued.wait()
                continue
            if job.future.done():
                continue
            await self.exchange(job.command, job)

    async def _revive(self) -> None:
        gave_up, self._gave_up = self._gave_up, False
        if await self.find_step():
            self.greeted = True
            if gave_up:
                self._owner.in_step_again()
            return
        if self._lost is not None or not await self._owner.rescue(self):
            raise ModemSilent(f"{self._port.name}: the modem does not answer")
        self.greeted = True
        self._session.dirty = False

    @contextlib.contextmanager
    def receiving(self) -> Iterator[None]:
        """Hold submissions back while something is being read step by step."""
        self._receiving += 1
        try:
            yield
        finally:
            self._receiving -= 1
            self._queued.set()

    def _next_job(self) -> _Job | None:
        if not self._queue:
            return None
        if self._receiving and self._queue[0].urgency == Urgency.SEND:
            return None
        return heapq.heappop(self._queue)

    async def _keep_time(self) -> NoReturn:
        while True:
            self._moved.clear()
            self._take(self._session.expire(self._clock.monotonic()))
            self._flush()
            if self._lost is not None:
                raise LinkLost(self._lost)
            deadline = self._session.deadline
            wait_s = (
                None
                if deadline is None
                else max(0.0, deadline - self._clock.monotonic())
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._moved.wait()

    def _on_octets(self, octets: bytes) -> None:
        now = self._clock.monotonic()
        self.heard_at = now
        self._heard.set()
        self._take(self._session.receive(octets, now))
        self._flush()
        self._moved.set()

    def _end(self, reason: str) -> None:
        if self._lost is not None:
            return
        self._lost = reason
        self._take(self._session.lose())
        for job in self._queue:
            if not job.future.done():
                job.future.set_result(Answer(final=Final.LOST))
        self._queue.clear()
        self._moved.set()
        self._heard.set()

    def _flush(self) -> None:
        octets = self._session.take_output()
        if octets and self._lost is None:
            self._port.write(octets)
            if octets.endswith(CTRL_Z):
                self._observer.body_written(self._link)

    def _take(self, events: list[AtEvent]) -> None:
        for event in events:
            match event:
                case Finished(tag=tag, answer=answer):
                    future = self._running.pop(tag, None)
                    if future is not None and not future.done():
                        future.set_result(answer)
                    if answer.final in (Final.TIMEOUT, Final.NO_PROMPT):
                        self._gave_up = True
                    self._hand_over(self._jobs.pop(tag, None), answer)
                case LateAnswer(tag=tag, answer=answer):
                    if self._last_key is not None and self._last_key[0] == tag:
                        self._owner.late(self._last_key[1], answer)
                case Unclaimed(line=line):
                    _log.debug("< %s", _masked(line))
                    self._owner.heard(event)
                case Notice() | EchoSeen():
                    self._owner.heard(event)

    def _hand_over(self, job: _Job | None, answer: Answer) -> None:
        if job is None:
            return
        if not job.future.done():
            job.future.set_result(answer)
        elif job.key is not None:
            self._owner.late(job.key, answer)


def _name_of(command: Command) -> str:
    """`+CMGS` of `AT+CMGS=23`: bounded, fit for a label."""
    match = re.match(r"AT([+^*#$%&!]?[A-Z]*)", command.line)
    return match.group(1) if match else "AT"


def _masked(line: str) -> str:
    return re.sub(r"\d{5,}", "…", line)[:80]
