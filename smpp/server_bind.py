"""One connection of an application, from its making to its end.

Joins `server_session`, which knows SMPP, with `transport`, which has the octets, and
with the desk. Requests are worked on at once and answered in the order they came.
Bounded: too many, too fast or too much at a time is refused or not read.

Spec: SMPP 3.4 chapter 2; spec/smpp.md 2, 17, 60 to 63
"""

import asyncio
import logging
from typing import Final, assert_never

from gateway.core.application import Account, AdmissionFault, NotAdmitted
from gateway.core.errors import StoreError
from gateway.core.ids import AccountId
from gateway.engine.waiting import Bell
from smpp import exchange as x
from smpp import pdu as p
from smpp.layout import LIMITS
from smpp.server_answers import Answers, Slot
from smpp.server_config import MOST_DELIVERED
from smpp.server_parts import ServerParts
from smpp.server_pump import Silence, Told
from smpp.server_request import Operation, Requests
from smpp.server_roll import Client, Roll
from smpp.server_session import ServerSession
from smpp.server_status import Fault, Unacceptable, status_of_admission
from smpp.transport import Connection
from smpp.wire import Frame

_log = logging.getLogger(__name__)

_MOST_UNWRITTEN: Final = 65_536  # octets, before one more deliver_sm
_SLICE_OCTETS: Final = 16_384
_PENALTY_S: Final = 2.0
_SPARED_S: Final = 1.0
_FOREVER_S: Final = 3600.0
_MOST_LATE: Final = 100
_LONGEST_LOGGED: Final = 512
_IN_HAND: Final = "in hand"
_TOO_MANY: Final = Unacceptable(Fault.THROTTLED, "too many without answer")
_TOO_FAST: Final = Unacceptable(Fault.THROTTLED, "too fast")
_STOPPING: Final = Unacceptable(Fault.QUEUE_FULL, "this gateway is stopping")


class ServerBind:
    """A session on a connection; a `Receiver` for its account's pump."""

    def __init__(self, parts: ServerParts, roll: Roll) -> None:
        self._parts = parts
        self._roll = roll
        self._clock = parts.clock
        self._session = ServerSession(parts.config.limits, parts.clock.monotonic())
        self.connection = Connection(
            sink=self._receive,
            source=self._session.take_output,
            wrote=self._wrote,
            lost=self.end,
            relieved=self._may_have_room,
        )
        self._tasks = asyncio.TaskGroup()
        self._admission: asyncio.Task[None] | None = None
        self._client: Client | None = None
        self._requests: Requests | None = None
        self._answers = Answers(hold=self._stop_reading, release=self._read_on)
        self._told: dict[int, Told] = {}
        self._told_late: dict[int, Told] = {}
        self._ending: str | None = None
        self._leaving = False
        self._complained = False
        self._spared_until = float("-inf")
        self._alarm = Bell()
        self._wakes_at = float("-inf")

    @property
    def account_id(self) -> AccountId | None:
        """Whose it is; None before it is bound."""
        return self._client.account.id if self._client else None

    @property
    def room(self) -> int:
        """See `Receiver`."""
        session = self._session
        if self._client is None or self._leaving or not session.delivers:
            return 0
        if self.connection.is_congested or session.unwritten_octets > _MOST_UNWRITTEN:
            return 0
        window = min(self._client.account.deliver_window, MOST_DELIVERED)
        return window - session.in_flight

    @property
    def takes_tlvs(self) -> bool:
        """See `Receiver`."""
        return self._session.takes_tlvs

    def deliver(self, pdu: p.DeliverSm, told: Told) -> None:
        """See `Receiver`."""
        sequence = self._session.send(pdu, self._clock.monotonic())
        self._told[sequence] = told
        self.connection.flush_soon()
        self._mind_the_deadline()

    async def live(self) -> None:
        """Serve until it is over."""
        try:
            async with self._tasks:
                self.connection.start()
                try:
                    await self._tick()
                finally:
                    self.end("this gateway is stopping")
        finally:
            await self.connection.close()

    def leave(self) -> None:
        """Take nothing more, answer what was taken, unbind; it ends by itself."""
        self._leaving = True
        if self._session.state in (x.State.OPEN, x.State.BINDING):
            self.end("this gateway is stopping")
        self._part_when_done()

    def end(self, reason: str) -> None:
        """It is over; what comes first is the reason."""
        if self._ending is None:
            self._ending = reason
            # Before the peer can know of it: it may bind again at once.
            self._give_up()
            self._alarm.ring()
            self.connection.shut()

    async def _tick(self) -> None:
        """Do what is due, when it is due, until the end."""
        while self._ending is None:
            seen, now = self._alarm.rings, self._clock.monotonic()
            deadline = self._session.deadline
            self._wakes_at = now + _FOREVER_S if deadline is None else deadline
            # While it is not read, its silence is ours.
            self._wakes_at = max(
                self._wakes_at, min(self._spared_until, now + _SPARED_S)
            )
            if self._wakes_at > now:
                await self._alarm.wait(seen, self._clock, self._wakes_at - now)
            else:
                self._handle(self._session.expire(now))

    def _wrote(self) -> None:
        self._parts.observer.wrote()
        self._may_have_room()

    def _may_have_room(self) -> None:
        if self._client is not None and self._session.delivers:
            self._client.pump.news()

    def _mind_the_deadline(self) -> None:
        deadline = self._session.deadline
        if deadline is not None and deadline < self._wakes_at:
            self._alarm.ring()

    def _receive(self, data: bytes) -> None:
        now = self._clock.monotonic()
        # In slices, so that what one holds is bounded whatever was read at once.
        for start in range(0, len(data), _SLICE_OCTETS):
            if self._ending is None:
                piece = data[start : start + _SLICE_OCTETS]
                self._handle(self._session.receive(piece, now))

    def _handle(self, events: list[x.Event]) -> None:
        for event in events:
            self._react(event)
        self.connection.flush_soon()
        self._mind_the_deadline()

    def _react(self, event: x.Event) -> None:
        match event:
            case x.Arrived():
                self._arrived(event.frame, event.pdu)
            case x.Answered():
                tellers = self._told_late if event.late else self._told
                if told := tellers.pop(event.sequence, None):
                    told(event.answer.status)
            case x.TimedOut():
                self._timed_out(event.sequence)
            case x.Garbled():
                self._garbled(event)
            case x.Tolerated():
                for flaw in event.flaws:
                    self._parts.observer.flaw(flaw)
            case x.Ended():
                self.end(event.reason)
            case x.Bound() | x.Refused() | x.Called():
                raise AssertionError("we do not bind here")
            case _:
                assert_never(event)

    def _garbled(self, event: x.Garbled) -> None:
        """It has been answered; said once, and each time to who looks closely."""
        self._parts.observer.flaw("garbled")
        level = logging.DEBUG if self._complained else logging.WARNING
        self._complained = True
        _log.log(level, "smpp server: %s: %s", self._name(), event.reason)
        # The octets may be somebody's words.
        octets = event.frame.octets[:_LONGEST_LOGGED].hex()
        _log.debug("smpp server: %s: < %s", self._name(), octets)

    def _arrived(self, frame: Frame, pdu: p.Pdu) -> None:
        match pdu:
            case p.Bind():
                self._admission = self._tasks.create_task(
                    self._admit(frame.sequence, pdu)
                )
            case p.Unbind():
                slot = self._answers.begin(frame.sequence, 0)
                self._answer(slot, p.UnbindResp())
            case (
                p.SubmitSm()
                | p.SubmitMulti()
                | p.DataSm()
                | p.QuerySm()
                | p.CancelSm()
                | p.ReplaceSm()
            ):
                self._asked(frame, pdu)
            case _:
                raise AssertionError(f"{pdu.command.name} is not for here")

    def _asked(self, frame: Frame, pdu: Operation) -> None:
        """Begin to work on a request, or refuse it at once."""
        client, requests = self._client, self._requests
        if client is None or requests is None:
            raise AssertionError("bound, but by nobody")
        against: Unacceptable | None = None
        if self._leaving:
            against = _STOPPING
        elif len(self._answers) >= client.account.window:
            against = _TOO_MANY
        elif not isinstance(pdu, p.QuerySm | p.CancelSm) and not client.may_submit():
            against = _TOO_FAST
        if against is not None:
            self._session.answer(frame.sequence, requests.refusal(pdu, against))
            return
        slot = self._answers.begin(frame.sequence, len(frame.body))
        self._tasks.create_task(self._serve(requests, slot, pdu))

    async def _serve(self, requests: Requests, slot: Slot, pdu: Operation) -> None:
        self._answer(slot, await requests.serve(pdu))

    def _answer(self, slot: Slot, answer: p.Pdu) -> None:
        """Answer it, and those after it that waited for it only."""
        for sequence, ready in self._answers.settle(slot, answer):
            if isinstance(ready, p.UnbindResp):
                self._session.part(sequence)
                self.end("the application unbound")
            else:
                self._session.answer(sequence, ready)
        self.connection.flush_soon()
        self._part_when_done()

    def _stop_reading(self) -> None:
        self._spared_until = float("inf")
        self.connection.hold(_IN_HAND)

    def _read_on(self) -> None:
        if self._spared_until == float("inf"):
            self._spared_until = self._clock.monotonic() + _SPARED_S
            self.connection.release(_IN_HAND)

    def _part_when_done(self) -> None:
        if self._leaving and not self._answers:
            self._session.unbind(self._clock.monotonic())
            self.connection.flush_soon()
            self._mind_the_deadline()

    def _timed_out(self, sequence: int) -> None:
        told = self._told.pop(sequence)
        self._told_late[sequence] = told
        if len(self._told_late) > _MOST_LATE:
            del self._told_late[next(iter(self._told_late))]
        told(Silence.TIMED_OUT)

    async def _admit(self, sequence: int, pdu: p.Bind) -> None:
        """Let it in, or say why not; the connection is served meanwhile."""
        try:
            account = await self._ask_in(pdu)
        except NotAdmitted as error:
            if error.fault is AdmissionFault.TOO_MANY_FAILURES:
                await self._clock.sleep(_PENALTY_S)
            distinct = self._parts.config.distinct_bind_errors
            status = status_of_admission(error.fault, distinct=distinct)
            self._turn_away(sequence, pdu, status, error.fault)
        except StoreError as error:
            _log.warning("smpp server: %s: %s", self._name(), error)
            self._turn_away(sequence, pdu, Fault.SYSTEM, "store_error")
        else:
            self._let_in(sequence, pdu, account)
        self.connection.flush_soon()
        self._mind_the_deadline()

    async def _ask_in(self, pdu: p.Bind) -> Account:
        if len(pdu.system_id) > LIMITS["system_id"]:
            # Nobody is called so; what is that long need not be remembered.
            raise NotAdmitted(AdmissionFault.UNKNOWN_ACCOUNT)
        if len(pdu.password) > LIMITS["password"]:
            raise NotAdmitted(AdmissionFault.WRONG_PASSWORD)
        source = self.connection.peer or ""
        return await self._parts.desk.admit(pdu.system_id, pdu.password, source)

    def _let_in(self, sequence: int, pdu: p.Bind, account: Account) -> None:
        if self._session.state is not x.State.BINDING:
            return
        receiver = None if isinstance(pdu, p.BindTransmitter) else self
        client = self._roll.enter(account, receiver)
        if client is None:
            status = p.Status.ALREADY_BOUND
            self._turn_away(sequence, pdu, status, "too_many_binds")
            return
        self._client = client
        self._requests = Requests(self._parts, client, pdu.interface_version)
        now = self._clock.monotonic()
        self._session.admit(sequence, pdu, self._parts.config.system_id, now)
        client.pump.news()
        _log.info("smpp server: %s: %s", self._name(), pdu.command.name.lower())

    def _turn_away(self, sequence: int, pdu: p.Bind, status: int, reason: str) -> None:
        self._parts.observer.bind_refused(reason)
        _log.warning(
            "smpp server: %s: bind of %r refused: %s",
            *(self._name(), pdu.system_id[: LIMITS["system_id"]], reason),
        )
        self._session.refuse(sequence, pdu, status)
        self.end(f"bind refused: {reason}")

    def _give_up(self) -> None:
        """What was sent and not answered is told to be lost."""
        if self._admission is not None:
            self._admission.cancel()
        self._session.lose()
        if self._client is not None:
            _log.info("smpp server: %s: ended: %s", self._name(), self._ending)
            delivers = self._session.bound_by != p.Command.BIND_TRANSMITTER
            self._roll.leave(self._client, self if delivers else None)
        told, self._told = self._told, {}
        for teller in told.values():
            teller(Silence.LOST)

    def _name(self) -> str:
        """Who it is, for the log."""
        who = self._client.account.system_id if self._client else "unbound"
        return f"{who} from {self.connection.peer}"
