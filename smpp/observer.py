"""What a link tells about its own work; `gateway.app` wires it to metrics."""

from typing import Protocol

from gateway.core.ids import LinkId


class SmppObserver(Protocol):
    """Counts; every call is cheap and never blocks."""

    def written(self, link: LinkId) -> None:
        """Submissions went to the connection; no answer yet."""
        ...

    def thanked(self, link: LinkId) -> None:
        """Answers for what was taken went to the connection."""
        ...

    def refused(self, link: LinkId, status: str) -> None:
        """A submission or a bind was answered with an error."""
        ...

    def flaw(self, link: LinkId, flaw: str) -> None:
        """A PDU of the peer's was wrong, and understood all the same or answered."""
        ...

    def reachable(self, link: LinkId, address: str) -> None:
        """An alert_notification: this handset can be reached again."""
        ...


class SilentObserver:
    """Nobody listens."""

    def written(self, link: LinkId) -> None:
        pass

    def thanked(self, link: LinkId) -> None:
        pass

    def refused(self, link: LinkId, status: str) -> None:
        pass

    def flaw(self, link: LinkId, flaw: str) -> None:
        pass

    def reachable(self, link: LinkId, address: str) -> None:
        pass
