"""One connection to an SMSC from its making to its end: requests, answers, deadlines.

Joins `session`, which knows SMPP, with `transport`, which has the octets; hands in what
comes by `incoming`. Whoever waits for an answer when it ends is told what is known.

Spec: spec/smpp.md 13, 16 to 21, 30
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.link import Door
from gateway.engine.waiting import Bell, within
from smpp import pdu as p
from smpp import session as s
from smpp.incoming import Incoming
from smpp.parts import Parts
from smpp.repeats import Repeats
from smpp.transport import Connection, connect
from smpp.wire import FieldError

_log = logging.getLogger(__name__)

DRAIN_S: Final = 10.0
_FOREVER_S: Final = 3600.0
_LOOK_AGAIN_S: Final = 1.0
_MOST_LATE: Final = 1000

Late = Callable[[p.Pdu], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why it is over; `refused` is the status of a refused bind."""

    reason: str
    detail: str
    refused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """Somebody who waits for the answer to a request."""

    answer: asyncio.Future[p.Pdu]
    late: Late


class Life:
    """A session on a connection."""

    def __init__(
        self,
        parts: Parts,
        *,
        door: Door,
        bound: Callable[[p.BindResp], None],
    ) -> None:
        self.ending: Ending | None = None
        self._parts = parts
        self._clock = parts.clock
        self._door = door
        self._bound = bound
        self._session = s.Session(parts.limits, parts.clock.monotonic())
        self._request_s = parts.limits.request_s
        self._connection = Connection(
            sink=self._receive,
            source=self._take_output,
            wrote=self._wrote,
            lost=lambda why: self.end(Ending(reason="connection_lost", detail=why)),
        )
        self._incoming = Incoming(
            parts,
            Repeats(parts.doubts),
            hold=lambda: self._connection.hold("intake"),
            release=lambda: self._connection.release("intake"),
        )
        self._tasks = asyncio.TaskGroup()
        self._calls: dict[int, _Call] = {}
        self._late: dict[int, Late] = {}
        self._arrived: list[s.Arrived] = []
        self._has_submissions = False
        self._has_thanks = False
        self._ended = asyncio.Event()
        self._alarm = Bell()
        self._wakes_at = float("-inf")
        self._activity = Bell()
        self._leaving = False
        self._outbind: tuple[p.Bind, Callable[[p.Outbind], bool]] | None = None

    @property
    def room(self) -> int:
        """How many more requests it may send now."""
        if self._session.state is not s.State.BOUND or self.ending is not None:
            return 0
        return self._parts.config.window - self._session.in_flight

    @property
    def in_flight(self) -> int:
        """Requests without answer."""
        return self._session.in_flight

    @property
    def connection(self) -> Connection:
        """Its octets' way, for who makes the connection."""
        return self._connection

    async def live(self, host: str, port: int, bind: p.Bind) -> Ending:
        """Connect, bind, serve; returns why it ended."""
        try:
            await connect(self._parts.config, host, port, self._connection)
        except (OSError, UnicodeError) as error:
            said = str(error) or type(error).__name__
            return Ending(reason="unreachable", detail=f"{host}:{port}: {said}")
        self._session.bind(bind, self._clock.monotonic())
        return await self._live_on()

    async def live_when_called(
        self, bind: p.Bind, knows: Callable[[p.Outbind], bool]
    ) -> Ending:
        """Bind on a connection that the SMSC made, if its outbind is to be believed."""
        self._outbind = bind, knows
        self._session.await_outbind(self._clock.monotonic())
        return await self._live_on()

    async def _live_on(self) -> Ending:
        try:
            await self._serve()
        finally:
            self._give_up()
            await self._connection.close()
        if self.ending is None:
            raise AssertionError("served to the end without a reason")
        return self.ending

    async def request(self, pdu: p.Pdu, late: Late) -> p.Pdu:
        """Send a request and wait for its answer; `late` hears of it afterwards."""
        now = self._clock.monotonic()
        try:
            sequence = self._session.send(pdu, now)
        except FieldError as error:
            raise PermanentFailure(str(error)) from error
        call = _Call(answer=asyncio.get_running_loop().create_future(), late=late)
        self._calls[sequence] = call
        self._connection.flush_soon()
        if now + self._request_s < self._wakes_at:
            self._alarm.ring()
        return await call.answer

    def end(self, ending: Ending) -> None:
        """It is over; what comes first is the reason."""
        if self.ending is None:
            self.ending = ending
            self._ended.set()
            self._connection.shut()

    async def _serve(self) -> None:
        async with self._tasks as tasks:
            self._connection.start()
            self._connection.flush_soon()
            ticker = tasks.create_task(self._tick())
            try:
                await self._ended.wait()
            except asyncio.CancelledError:
                await self._say_goodbye()
                raise
            finally:
                ticker.cancel()
                self._give_up()

    async def _tick(self) -> None:
        """Do what is due, when it is due."""
        while True:
            seen, now = self._alarm.rings, self._clock.monotonic()
            deadline = self._session.deadline
            self._wakes_at = now + _FOREVER_S if deadline is None else deadline
            if self._wakes_at > now:
                await self._alarm.wait(seen, self._clock, self._wakes_at - now)
            elif self._incoming.is_full:
                # What the SMSC says is not read: its silence is ours.
                await self._clock.sleep(_LOOK_AGAIN_S)
            else:
                self._handle(self._session.expire(now))

    def _mind_the_deadline(self) -> None:
        deadline = self._session.deadline
        if deadline is not None and deadline < self._wakes_at:
            self._alarm.ring()

    async def _say_goodbye(self) -> None:
        """Let what is under way end, unbind, and wait for the answer."""

        async def quiet() -> None:
            while not self._ended.is_set() and (
                self._incoming.taking or self._session.in_flight
            ):
                seen = self._activity.rings
                await self._activity.wait(seen, self._clock, DRAIN_S)

        self._leaving = True
        try:
            await within(self._clock, DRAIN_S, quiet)
            self._session.unbind(self._clock.monotonic())
            self._connection.flush()
            if self._session.state is s.State.UNBINDING:
                limit_s = self._parts.limits.unbind_s
                await within(self._clock, limit_s, self._ended.wait)
        except TimeoutError:
            _log.warning("smpp %s: the SMSC did not let us go", self._parts.link)

    def _take_output(self) -> bytes:
        self._has_submissions = self._session.has_unwritten
        return self._session.take_output()

    def _wrote(self) -> None:
        if self._has_submissions:
            self._parts.observer.written(self._parts.link)
        if self._has_thanks:
            self._has_thanks = False
            self._parts.observer.thanked(self._parts.link)

    def _receive(self, data: bytes) -> None:
        if self.ending is None:
            self._handle(self._session.receive(data, self._clock.monotonic()))

    def _handle(self, events: list[s.Event]) -> None:
        for event in events:
            self._react(event)
        if self._arrived:
            arrived, self._arrived = self._arrived, []
            self._incoming.take(
                arrived, door=self._door, tasks=self._tasks, answer=self._answer
            )
        self._connection.flush_soon()
        self._mind_the_deadline()
        if self._leaving:
            self._activity.ring()

    def _react(self, event: s.Event) -> None:
        match event:
            case s.Answered():
                self._answered(event)
            case s.Arrived():
                self._arrived.append(event)
            case s.TimedOut():
                self._timed_out(event.sequence)
            case s.Bound():
                self._bound(event.answer)
            case s.Called():
                self._called(event.outbind)
            case s.Refused():
                self.end(Ending(reason="bind_refused", detail="", refused=event.status))
            case s.Garbled():
                self._incoming.quarantine(
                    event.frame, event.reason, door=self._door, tasks=self._tasks
                )
            case s.Tolerated():
                for flaw in event.flaws:
                    self._parts.observer.flaw(self._parts.link, flaw)
            case s.Ended():
                self.end(Ending(reason="connection_lost", detail=event.reason))
            case _:
                assert_never(event)

    def _called(self, outbind: p.Outbind) -> None:
        """The SMSC asks us to bind on the connection it made."""
        if self._outbind is None:
            raise AssertionError("nobody waited for an outbind")
        bind, knows = self._outbind
        if knows(outbind):
            self._session.bind(bind, self._clock.monotonic())
        else:
            self.end(Ending(reason="outbind_refused", detail=outbind.system_id))

    def _answer(self, sequence: int, pdu: p.Pdu) -> None:
        self._session.answer(sequence, pdu)
        self._has_thanks = True
        self._connection.flush_soon()
        if self._leaving:
            self._activity.ring()

    def _answered(self, event: s.Answered) -> None:
        if event.late:
            late = self._late.pop(event.sequence, None)
            if late is not None:
                late(event.answer)
            return
        call = self._calls.pop(event.sequence)
        if call.answer.done():
            # Who asked has given up; what came of it is news all the same.
            call.late(event.answer)
        else:
            call.answer.set_result(event.answer)

    def _timed_out(self, sequence: int) -> None:
        call = self._calls.pop(sequence)
        self._late[sequence] = call.late
        if len(self._late) > _MOST_LATE:
            del self._late[next(iter(self._late))]
        _fail(call, OutcomeUnknown("the SMSC did not answer in time"))

    def _give_up(self) -> None:
        """Whoever still waits is told what can be known."""
        written = self._session.lose()
        calls, self._calls = self._calls, {}
        for sequence, call in calls.items():
            if written.get(sequence, True):
                _fail(call, OutcomeUnknown("the connection was lost before the answer"))
            else:
                _fail(call, TemporaryFailure("not_bound", scope=Scope.LINK))
        self._incoming.connection_ended()


def _fail(call: _Call, error: OutcomeUnknown | TemporaryFailure) -> None:
    if not call.answer.done():
        call.answer.set_exception(error)
