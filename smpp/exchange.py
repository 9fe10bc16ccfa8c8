"""What both sides of an SMPP connection do alike, without I/O.

Framing, sequence numbers, the window of requests without answer, enquire_link, and the
end. Octets and time come in as arguments; what happened comes out as events, what is
to be written by `take_output`. Relies on `smpp.wire`. Who may ask for what, and how a
bind goes, is for `session` (ours as ESME) and `server_session` (ours as SMSC).

Spec: SMPP 3.4 chapter 2; spec/smpp.md 1 to 3, 16, 18, 19
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum, auto
from typing import ClassVar, Final

from gateway.codec import DecodeError
from gateway.codec.value import value
from smpp import pdu as p
from smpp.reader import Flaw
from smpp.wire import (
    Frame,
    Framer,
    FramingError,
    UnknownCommand,
    decode,
    encode,
)

LAST_SEQUENCE: Final = 0x7FFFFFFF
_MOST_ABANDONED: Final = 1000


class State(Enum):
    """Where a session is; it never goes back."""

    OPEN = auto()
    BINDING = auto()
    BOUND = auto()
    UNBINDING = auto()
    CLOSED = auto()


@value(frozen=True, slots=True, kw_only=True)
class Limits:
    """Windows and waits of one session, in requests and seconds."""

    window: int = 10
    bind_s: float = 10.0
    request_s: float = 30.0
    enquire_every_s: float = 30.0
    enquire_answer_s: float = 10.0
    unbind_s: float = 5.0


@value(frozen=True, slots=True, kw_only=True)
class Bound:
    """The SMSC took our bind."""

    answer: p.BindResp


@value(frozen=True, slots=True, kw_only=True)
class Called:
    """The SMSC connected to us and asks us to bind."""

    outbind: p.Outbind


@value(frozen=True, slots=True, kw_only=True)
class Refused:
    """The SMSC did not."""

    status: int


@value(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request has its answer; `late` when it was given up before."""

    sequence: int
    answer: p.Pdu
    late: bool = False


@value(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """A request was given up; its answer may still come."""

    sequence: int


@value(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request of the peer that is for others to answer, by `answer`."""

    frame: Frame
    pdu: p.Pdu


@value(frozen=True, slots=True, kw_only=True)
class Garbled:
    """A PDU that could not be read; it has been answered."""

    frame: Frame
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class Tolerated:
    """A PDU was read in spite of its flaws."""

    flaws: tuple[Flaw, ...]


@value(frozen=True, slots=True, kw_only=True)
class Ended:
    """The connection is of no use any more: write what is left, then close."""

    reason: str


Event = (
    Bound
    | Called
    | Refused
    | Answered
    | TimedOut
    | Arrived
    | Garbled
    | Tolerated
    | Ended
)


class WindowFull(Exception):
    """As many requests as allowed are waiting for their answers."""


@value(frozen=True, slots=True, kw_only=True)
class Control:
    """What ends the session unless it happens in time; by an answer, if by any."""

    what: str
    until: float
    sequence: int | None = None


class Exchange(ABC):
    """One connection's worth of SMPP, whichever side is ours."""

    responses: ClassVar[Mapping[int, type[p.Pdu]]]  # to what the peer may ask for

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
        self._control: Control | None = None

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do; None: never."""
        times: list[float] = []
        if self._control is not None:
            times.append(self._control.until)
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
    def unwritten_octets(self) -> int:
        """How much the next `take_output` is."""
        return len(self._output)

    @property
    def in_flight(self) -> int:
        """Requests that wait for their answer."""
        return len(self._waiting)

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
            until = now + self._limits.unbind_s
            sequence = self._put(p.Unbind())
            self._control = Control(
                what="answer to unbind", until=until, sequence=sequence
            )

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
        """Octets of the peer, cut anywhere."""
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
        if self._control is not None and self._control.until <= now:
            self._end(f"no {self._control.what}", events)
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

    @abstractmethod
    def _take_request(self, frame: Frame, pdu: p.Pdu, events: list[Event]) -> None:
        """A request of the peer."""

    @abstractmethod
    def _take_control(self, pdu: p.Pdu, events: list[Event]) -> None:
        """The answer that `_control` waited for."""

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
        response = self.responses.get(frame.command)
        if isinstance(error, UnknownCommand) or response is None:
            self.answer(sequence, p.GenericNack(status=p.Status.INVALID_COMMAND_ID))
        else:
            self.answer(sequence, response(status=p.Status.SYSTEM_ERROR))

    def _take_answer(self, sequence: int, pdu: p.Pdu, events: list[Event]) -> None:
        if self._control is not None and sequence == self._control.sequence:
            self._control = None
            self._take_control(pdu, events)
        elif self._waiting.pop(sequence, None) is not None:
            events.append(Answered(sequence=sequence, answer=pdu))
        elif sequence in self._abandoned:
            del self._abandoned[sequence]
            events.append(Answered(sequence=sequence, answer=pdu, late=True))
        elif not isinstance(pdu, p.EnquireLinkResp):
            events.append(Tolerated(flaws=(Flaw.UNASKED,)))
