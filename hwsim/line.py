"""A serial line: octets both ways with their time, and what goes wrong with them.

Relies on the clock and the faults. It orders and delays octets; the descriptor or
socket at its end is a Transport's, and their meaning is the session's.

Spec: modem.md 10.11, 10.13 a
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hwsim.clock import Clock, Timer
from hwsim.faults import Fault, FaultSet

_LOG_ENTRIES = 8_000
_NOISE_PIECE_OCTETS = 8192
_NOISE_PAUSE_S = 0.005
# A timer may fire so much before its moment.
_TIMER_GRAIN_S = 1e-6
_BITS_PER_OCTET = 10  # with start and stop bit


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """Octets that passed; ``to_host`` is the modem speaking."""

    time: datetime
    port: str
    to_host: bool
    octets: bytes

    def describe(self) -> dict[str, object]:
        return {
            "time": self.time.isoformat(),
            "port": self.port,
            "direction": "to_host" if self.to_host else "from_host",
            "hex": self.octets.hex(),
            "text": self.octets.decode("latin-1"),
        }


class OctetLog:
    """The last octets of all lines of one modem."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[LogEntry] = deque(maxlen=_LOG_ENTRIES)

    def add(self, port: str, octets: bytes, *, to_host: bool) -> None:
        self._entries.append(
            LogEntry(time=self._clock.now(), port=port, to_host=to_host, octets=octets)
        )

    def entries(self) -> list[LogEntry]:
        return list(self._entries)


class Transport(Protocol):
    """What carries a line's octets to the host."""

    def write(self, octets: bytes) -> None: ...


class Line:
    """One line between a session and its transport."""

    def __init__(
        self, name: str, clock: Clock, faults: FaultSet, log: OctetLog
    ) -> None:
        self.name = name
        self.transport: Transport | None = None
        self.subject = ""
        self._clock = clock
        self._faults = faults
        self._log = log
        self._receiver: Callable[[bytes], None] | None = None
        self._free_at = 0.0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._timer: Timer | None = None
        self._glued = b""

    def connect(self, receiver: Callable[[bytes], None]) -> None:
        self._receiver = receiver

    @property
    def stuck(self) -> bool:
        return self._faults.active("stuck") is not None

    def received(self, octets: bytes) -> None:
        """The transport has octets from the host."""
        self._log.add(self.name, octets, to_host=False)
        if self._receiver is not None and not self.stuck:
            self._receiver(octets)

    def write(self, octets: bytes, pause_s: float = 0.0) -> None:
        """Send to the host, after all that was written before and a pause."""
        if self.stuck:
            return
        if noise := self._faults.take("noise", self._about(octets)):
            self._make_noise(noise)
        octets = self._glued + self._spoiled(octets)
        self._glued = b""
        if self._faults.take("glue", self._about(octets)):
            self._glued = octets
            return
        piece = self._faults.take("partial_write", self._about(octets))
        if piece is None:
            self._send_after(octets, pause_s)
            return
        size = max(1, piece.whole("octets", 1))
        for start in range(0, len(octets), size):
            self._send_after(octets[start : start + size], pause_s)
            pause_s = piece.number("pause_s", 0.1)

    def drop(self) -> None:
        """Forget what was not sent yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        self._free_at = 0.0
        self._glued = b""

    def _make_noise(self, fault: Fault) -> None:
        """In pieces that a host who reads can keep up with."""
        left = fault.whole("octets", 100_000)
        while left > 0:
            piece = min(left, _NOISE_PIECE_OCTETS)
            self._send_after(b"~" * piece, _NOISE_PAUSE_S)
            left -= piece

    def _send_after(self, octets: bytes, pause_s: float) -> None:
        now = self._clock.monotonic()
        due = max(now, self._free_at) + pause_s
        slow = self._faults.active("slow_baud")
        if slow is not None:
            baud = max(1.0, slow.number("baud", 9600))
            due += len(octets) * _BITS_PER_OCTET / baud
        if due <= now and not self._queue:
            self._send(octets)
            return
        self._free_at = due
        self._queue.append((due, octets))
        if self._timer is None:
            self._timer = self._clock.call_later(due - now, self._send_due)

    def _send_due(self) -> None:
        self._timer = None
        now = self._clock.monotonic()
        while self._queue and self._queue[0][0] <= now + _TIMER_GRAIN_S:
            self._send(self._queue.popleft()[1])
        if self._queue:
            wait_s = self._queue[0][0] - now
            self._timer = self._clock.call_later(wait_s, self._send_due)

    def _send(self, octets: bytes) -> None:
        if self.transport is None or not octets:
            return
        self._log.add(self.name, octets, to_host=True)
        self.transport.write(octets)

    def _about(self, octets: bytes) -> str:
        return f"{self.subject}\n{octets.decode('latin-1')}"

    def _spoiled(self, octets: bytes) -> bytes:
        about = self._about(octets)
        take = self._faults.take
        chance = self._faults.chance
        if fault := take("garbage", about):
            octets = chance.randbytes(fault.whole("octets", 16)) + octets
        if take("nul", about):
            octets = b"\x00".join(octets[i : i + 3] for i in range(0, len(octets), 3))
        if take("bit_flip", about) and octets:
            place = chance.randrange(len(octets))
            flipped = octets[place] ^ (1 << chance.randrange(8))
            octets = octets[:place] + bytes((flipped,)) + octets[place + 1 :]
        if fault := take("output_overflow", about):
            octets = octets[: fault.whole("octets", 16)]
        return octets
