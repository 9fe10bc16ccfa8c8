"""What the network really accepted, delivered and reported: the oracle of the tests.

A ring of entries with a growing number; the oldest fall out when it is full. It only
records; ``network`` decides.

Spec: modem.md 10.11; reliability.md FT-51
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from hwsim.wire.sms import UserData, text_of

DEFAULT_SIZE = 200_000


class LedgerKind(StrEnum):
    ACCEPTED = "accepted"  # the centre took a segment from a modem or a phone
    REFUSED = "refused"  # the centre refused a submit
    DELIVERED = "delivered"  # a phone or a modem has the segment
    FAILED = "failed"  # the recipient refused it for good
    EXPIRED = "expired"  # validity ended first
    WITHDRAWN = "withdrawn"  # the sender cancelled it
    LOST = "lost"  # a fault made it vanish
    REPORT = "report"  # a modem has the status report, an ESME its receipt
    CALL = "call"
    USSD = "ussd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact; ``message`` is the centre's number for a segment, the same in each."""

    seq: int
    at: datetime
    kind: LedgerKind
    message: int
    sender: str
    recipient: str
    tpdu: bytes
    user: UserData | None
    reference: int | None
    status: int | None
    detail: str

    def describe(self) -> dict[str, object]:
        link = self.user.concatenation if self.user else None
        return {
            "seq": self.seq,
            "time": self.at.isoformat(),
            "kind": self.kind,
            "message": self.message,
            "from": self.sender,
            "to": self.recipient,
            "hex": self.tpdu.hex().upper(),
            "text": text_of([self.user]) if self.user else None,
            "reference": self.reference,
            "status": self.status,
            "concatenation": None
            if link is None
            else {
                "reference": link.reference,
                "total": link.total,
                "number": link.number,
                "wide": link.wide,
            },
            "detail": self.detail,
        }


class Ledger:
    """A ring of ``size`` entries."""

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._last = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 before the first."""
        return self._last

    def write(
        self,
        kind: LedgerKind,
        *,
        at: datetime,
        sender: str,
        recipient: str,
        message: int = 0,
        tpdu: bytes = b"",
        user: UserData | None = None,
        reference: int | None = None,
        status: int | None = None,
        detail: str = "",
    ) -> Entry:
        self._last += 1
        entry = Entry(
            seq=self._last,
            at=at,
            kind=kind,
            message=message,
            sender=sender,
            recipient=recipient,
            tpdu=tpdu,
            user=user,
            reference=reference,
            status=status,
            detail=detail,
        )
        self._entries.append(entry)
        return entry

    def after(
        self, seq: int, limit: int, kind: LedgerKind | None = None
    ) -> list[Entry]:
        """Up to ``limit`` entries numbered above ``seq``, oldest first."""
        fallen_out = self._last - len(self._entries)
        newer = islice(self._entries, max(0, seq - fallen_out), None)
        wanted = (entry for entry in newer if kind is None or entry.kind is kind)
        return list(islice(wanted, limit))
