"""A segment in the service centre's keeping, and who may be asked for a number.

Values shared by ``centre`` and ``reports``; no behaviour of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hwsim.clock import Timer
from hwsim.mailbox import Letter, Mailbox
from hwsim.phone import Phone
from hwsim.wire.sms import UserData


@dataclass(slots=True, kw_only=True, eq=False)
class Stored:
    """A segment in the centre's keeping."""

    id: int
    sender: str
    recipient: str
    user: UserData
    protocol_id: int
    accepted_at: datetime
    expires_at: datetime
    reference: int | None = None  # of the modem that submitted it, None for a phone
    report_wanted: bool = False
    on_delivered: Callable[[], None] | None = None
    tries: int = 0
    letter: Letter | None = None
    timer: Timer | None = field(default=None, repr=False)

    @property
    def from_modem(self) -> bool:
        return self.reference is not None


class Directory(Protocol):
    """Who has which number."""

    def mailbox(self, number: str) -> Mailbox | None: ...

    def phone(self, number: str) -> Phone: ...

    def changed(self) -> None: ...
