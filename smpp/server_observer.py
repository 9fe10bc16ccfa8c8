"""What our SMPP server tells about its work; `gateway.app` wires it to metrics."""

from typing import Protocol


class ServerObserver(Protocol):
    """Counts; every call is cheap and never blocks. `account` is its system_id."""

    def bound(self, account: str, binds: int) -> None:
        """An account has so many binds now."""
        ...

    def bind_refused(self, reason: str) -> None:
        """Somebody was not let in."""
        ...

    def wrote(self) -> None:
        """Octets went to a connection: answers, or what an application is owed."""
        ...

    def answered(self, account: str, status: str) -> None:
        """A request was answered, with this status."""
        ...

    def flaw(self, flaw: str) -> None:
        """A PDU of an application's was wrong, and understood all the same or not."""
        ...


class SilentServerObserver:
    """Nobody listens."""

    def bound(self, account: str, binds: int) -> None:
        pass

    def bind_refused(self, reason: str) -> None:
        pass

    def wrote(self) -> None:
        pass

    def answered(self, account: str, status: str) -> None:
        pass

    def flaw(self, flaw: str) -> None:
        pass
