"""The octets to one peer: written at once, in pieces, or not at all.

Relies on an asyncio transport. While a fault holds back the rest of a PDU, what
follows it waits too, so that the stream stays in step.

Spec: smpp.md 3.1
"""

import asyncio

from hwsim.clock import Clock
from hwsim.faults import Fault, FaultSet


class SmscLine:
    """The writing side of a connection."""

    def __init__(
        self, transport: asyncio.Transport, faults: FaultSet, clock: Clock
    ) -> None:
        self._transport = transport
        self._faults = faults
        self._clock = clock
        self._held: bytearray | None = None

    @property
    def closing(self) -> bool:
        return self._transport.is_closing()

    def write(self, octets: bytes, subject: str) -> None:
        """Nothing leaves while the peer is to see a half-open connection."""
        if self._held is not None:
            self._held += octets
        elif not self.closing and not self._faults.active("half_open", subject):
            self._transport.write(octets)

    def write_in_pieces(self, octets: bytes, subject: str, fault: Fault) -> None:
        if self._held is not None:
            self._held += octets
            return
        cut = fault.whole("octets", 10)
        self.write(octets[:cut], subject)
        self._held = bytearray(octets[cut:])
        pause_s = fault.number("pause_s", 1.0)
        self._clock.call_later(pause_s, lambda: self._write_rest(subject))

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def _write_rest(self, subject: str) -> None:
        rest, self._held = self._held, None
        if rest:
            self.write(bytes(rest), subject)
