"""What a session and the SMSC behind it say to one another: values and one protocol.

No behaviour of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from hwsim.smsc_account import Account
from hwsim.smsc_outbox import Outgoing
from hwsim.wire.smpp import Pdu, SmppRefusal

if TYPE_CHECKING:
    from hwsim.smsc_session import Session


class BindMode(StrEnum):
    RECEIVER = "receiver"
    TRANSMITTER = "transmitter"
    TRANSCEIVER = "transceiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response of ESME_ROK; ``delay_s`` is the network's pace."""

    fields: Mapping[str, int | str | bytes] = field(default_factory=dict)
    delay_s: float = 0.0
    subject: str = ""


@dataclass(slots=True, kw_only=True)
class LinkCounters:
    """Of one connection; ``garbage`` are lengths that cannot be."""

    pdus_in: int = 0
    pdus_out: int = 0
    submitted: int = 0
    refused: int = 0
    delivered: int = 0
    garbage: int = 0


class SessionHost(Protocol):
    """What a session asks of the SMSC."""

    def opened(self, session: "Session") -> None: ...

    def closed(self, session: "Session", unanswered: list[Outgoing]) -> None: ...

    def authenticate(self, pdu: Pdu) -> Account:
        """The account of a bind, or SmppRefusal."""

    def bound(self, account: Account) -> None: ...

    def request(self, session: "Session", account: Account, pdu: Pdu) -> None:
        """Answer it by ``session.answer``, or SmppRefusal."""

    def refused(self, session: "Session", command: int, refusal: SmppRefusal) -> None:
        """A request got another answer than ESME_ROK."""

    def delivered(self, account: Account, item: Outgoing, status: int) -> None:
        """The ESME's answer."""

    def undelivered(self, account: Account, item: Outgoing) -> None:
        """The ESME did not answer in time."""
