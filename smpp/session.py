"""One SMPP session of ours as ESME, without I/O: states, window, numbers, deadlines.

Octets and time come in as arguments; what happened comes out as events, what is to be
written by `take_output`. Relies on `smpp.wire`. Does not interpret messages, does not
reconnect.

Spec: SMPP 3.4 chapter 2; spec/smpp.md 13, 16, 18, 19, 21
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway.codec import DecodeError
from smpp import pdu as p
from smpp.wire import (
    Flaw,
    Frame,
    Framer,
    FramingError,
    UnknownCommand,
    decode,
    encode,
)

LAST_SEQUENCE: Final = 0x7FFFFFFF


class State(Enum):
    """Where a session is; it never goes back."""

    OPEN = auto()
    BINDING = auto()
    BOUND = auto()
    UNBINDING = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Windows and waits of one session, in requests and seconds."""

    window: int = 10
    bind_s: float = 10.0
    request_s: float = 30.0
    enquire_every_s: float = 30.0
    enquire_answer_s: float = 10.0
    unbind_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The SMSC took our bind."""

    answer: p.BindResp


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The SMSC did not."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request has its answer; `late` when it was given up before."""

    sequence: int
    answer: p.Pdu
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """A request was given up; its answer may still come."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request of the SMSC that is for others to answer, by `answer`."""

    frame: Frame
    pdu: p.Pdu


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbled:
    """A PDU that could not be read; it has been answered."""

    frame: Frame
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerated:
    """A PDU was read in spite of its flaws."""

    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The connection is of no use any more: write what is left, then close."""

    reason: str


Event = Bound | Refused | Answered | TimedOut | Arrived | Garbled | Tolerated | Ended

_RESPONSE_OF: Final[dict[int, type[p.Pdu]]] = {
    p.Command.DELIVER_SM: p.DeliverSmResp,
    p.Command.DATA_SM: p.DataSmResp,
    p.Command.UNBIND: p.UnbindResp,
    p.Command.ENQUIRE_LINK: p.EnquireLinkResp,
}
_MOST_ABANDONED: Final = 1000


class WindowFull(Exception):
    """As many requests as allowed are waiting for their answers."""


class Session:
    """One connection's worth of SMPP."""

    def __init__(self, limits: Limits, now: float, *, first_sequence: int = 1) -> None:
        self.state = State.OPEN
        self._limits = limits
        self._framer = Framer()
        self._output = bytearray()
        self._next = first_sequence
        self._waiting: dict[int, float] = {}  # by sequence; deadlines never decrease
        self._unwritten: set[int] = set()
        self._abandoned: dict[int, None] = {}
        self._last_received = now
        self._probe: tuple[int, float] | None = None
        self._control: tuple[int, float] | None = None  # a bind or unbind of ours

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do; None: never."""
        times: list[float] = []
        if self._control is not None:
            times.append(self._control[1])
        if self._probe is not None:
            times.append(self._probe[1])
        elif self.state is State.BOUND:
            times.append(self._last_received + self._limits.enquire_every_s)
        if self._waiting:
            times.append(next(iter(self._waiting.values())))
        return min(times, default=None)

    @property
    def has_unwritten(self) -> bool:
        """Whether the next `take_output` has requests in it."""
        return bool(self._unwritten)

    @property
    def in_flight(self) -> int:
        """Requests that wait for their answer."""
        return len(self._waiting)

    def bind(self, pdu: p.Bind, now: float) -> None:
        """Ask to be let in; `Bound` or `Refused` or `Ended` follows."""
        assert self.state is State.OPEN  # noqa: S101 -- a promise of the caller's
        self.state = State.BINDING
        sequence = self._put(pdu)
        self._control = sequence, now + self._limits.bind_s

    def send(self, pdu: p.Pdu, now: float) -> int:
        """Put a request on its way; its sequence number, by which it is answered."""
        if len(self._waiting) >= self._limits.window:
            raise WindowFull
        sequence = self._put(pdu)
        self._waiting[sequence] = now + self._limits.request_s
        self._unwritten.add(sequence)
        return sequence

    def answer(self, sequence: int, pdu: p.Pdu) -> None:
        """Answer a request that `Arrived`."""
        if self.state is not State.CLOSED:
            self._output += encode(pdu, sequence)

    def unbind(self, now: float) -> None:
        """Say goodbye; `Ended` follows."""
        if self.state is State.BOUND:
            self.state = State.UNBINDING
            self._control = self._put(p.Unbind()), now + self._limits.unbind_s

    def take_output(self) -> bytes:
        """What is to be written now; from here on its requests may have been sent."""
        output = bytes(self._output)
        self._output.clear()
        self._unwritten.clear()
        return output

    def lose(self) -> dict[int, bool]:
        """The connection is gone: each waiting request, and whether it was written."""
        self.state = State.CLOSED
        left = {sequence: sequence not in self._unwritten for sequence in self._waiting}
        self._waiting.clear()
        return left

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Octets of the SMSC, cut anywhere."""
        events: list[Event] = []
        self._last_received = now
        try:
            while self.state is not State.CLOSED and (
                frames := self._framer.feed(data)
            ):
                data = b""
                for frame in frames:
                    self._take(frame, events)
        except FramingError as error:
            nack = p.GenericNack(status=p.Status.INVALID_COMMAND_LENGTH)
            self._output += encode(nack, min(error.sequence, LAST_SEQUENCE))
            self._end(f"framing lost: {error}", events)
        return events

    def expire(self, now: float) -> list[Event]:
        """What time has brought."""
        events: list[Event] = []
        while self._waiting:
            sequence, until = next(iter(self._waiting.items()))
            if until > now:
                break
            del self._waiting[sequence]
            self._abandon(sequence)
            events.append(TimedOut(sequence=sequence))
        if self._control is not None and self._control[1] <= now:
            what = "bind" if self.state is State.BINDING else "unbind"
            self._end(f"no answer to {what}", events)
        elif self._probe is not None and self._probe[1] <= now:
            self._end("no answer to enquire_link", events)
        elif (
            self.state is State.BOUND
            and self._probe is None
            and self._last_received + self._limits.enquire_every_s <= now
        ):
            sequence = self._put(p.EnquireLink())
            self._probe = sequence, now + self._limits.enquire_answer_s
        return events

    def _put(self, pdu: p.Pdu) -> int:
        sequence = self._next
        octets = encode(pdu, sequence)
        while True:
            self._next = 1 if self._next >= LAST_SEQUENCE else self._next + 1
            if self._next not in self._waiting and self._next not in self._abandoned:
                break
        self._output += octets
        return sequence

    def _abandon(self, sequence: int) -> None:
        self._abandoned[sequence] = None
        if len(self._abandoned) > _MOST_ABANDONED:
            del self._abandoned[next(iter(self._abandoned))]

    def _end(self, reason: str, events: list[Event]) -> None:
        self.state = State.CLOSED
        self._control = self._probe = None
        events.append(Ended(reason=reason))

    def _take(self, frame: Frame, events: list[Event]) -> None:
        if self.state is State.CLOSED:
            return
        if self._probe is not None:
            # Whatever was received is life.
            self._probe = None
        try:
            pdu, flaws = decode(frame)
        except DecodeError as error:
            self._refuse(frame, error, events)
            return
        if flaws:
            events.append(Tolerated(flaws=flaws))
        if pdu.command & p.RESPONSE_BIT:
            self._take_answer(frame.sequence, pdu, events)
        else:
            self._take_request(frame, pdu, events)

    def _refuse(self, frame: Frame, error: DecodeError, events: list[Event]) -> None:
        """Answer it, lest it comes back for ever; but never answer an answer."""
        events.append(Garbled(frame=frame, reason=str(error)))
        sequence = frame.sequence
        if frame.command & p.RESPONSE_BIT:
            if self._waiting.pop(sequence, None) is not None:
                # That it was answered is all we know of it.
                self._abandon(sequence)
                events.append(TimedOut(sequence=sequence))
            return
        response = _RESPONSE_OF.get(frame.command)
        if isinstance(error, UnknownCommand) or response is None:
            self.answer(sequence, p.GenericNack(status=p.Status.INVALID_COMMAND_ID))
        else:
            self.answer(sequence, response(status=p.Status.SYSTEM_ERROR))

    def _take_answer(self, sequence: int, pdu: p.Pdu, events: list[Event]) -> None:
        if self._control is not None and sequence == self._control[0]:
            self._take_control(pdu, events)
        elif self._waiting.pop(sequence, None) is not None:
            events.append(Answered(sequence=sequence, answer=pdu))
        elif sequence in self._abandoned:
            del self._abandoned[sequence]
            events.append(Answered(sequence=sequence, answer=pdu, late=True))

    def _take_control(self, pdu: p.Pdu, events: list[Event]) -> None:
        self._control = None
        if self.state is State.UNBINDING:
            self._end("unbound", events)
        elif pdu.status == p.Status.OK and isinstance(pdu, p.BindResp):
            self.state = State.BOUND
            events.append(Bound(answer=pdu))
        else:
            self.state = State.CLOSED
            events.append(Refused(status=pdu.status))

    def _take_request(self, frame: Frame, pdu: p.Pdu, events: list[Event]) -> None:
        match pdu:
            case p.EnquireLink():
                self.answer(frame.sequence, p.EnquireLinkResp())
            case p.Unbind():
                self.answer(frame.sequence, p.UnbindResp())
                self._end("the SMSC unbound us", events)
            case p.DeliverSm() | p.DataSm() | p.AlertNotification():
                # Some begin to deliver before they have answered the bind.
                if self.state is not State.OPEN:
                    events.append(Arrived(frame=frame, pdu=pdu))
                elif not isinstance(pdu, p.AlertNotification):
                    response = _RESPONSE_OF[frame.command]
                    self.answer(
                        frame.sequence, response(status=p.Status.INVALID_BIND_STATE)
                    )
            case _:
                # An operation that only we may ask for.
                self.answer(
                    frame.sequence, p.GenericNack(status=p.Status.INVALID_COMMAND_ID)
                )
