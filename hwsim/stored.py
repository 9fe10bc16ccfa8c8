"""A segment in the service centre's keeping, and who may be asked for a number.

Values shared by ``centre`` and ``reports``; no behaviour of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hwsim.clock import Timer
from hwsim.mailbox import Letter
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
    reference: int | None = None  # of the modem that submitted it
    report_wanted: bool = False
    on_delivered: Callable[[], None] | None = None
    on_report: Callable[[int], None] | None = None  # of the application that did
    detail: str = ""
    tries: int = 0
    letter: Letter | None = None
    timer: Timer | None = field(default=None, repr=False)

    @property
    def from_phone(self) -> bool:
        return self.reference is None and self.on_report is None


class Postbox(Protocol):
    """What gets letters to one number that is no phone."""

    def put(self, letter: Letter, *, urgent: bool = False) -> None: ...

    def discard(self, letter: Letter) -> None: ...


class Directory(Protocol):
    """Who has which number."""

    def mailbox(self, number: str) -> Postbox | None: ...

    def phone(self, number: str) -> Phone: ...

    def changed(self) -> None: ...
