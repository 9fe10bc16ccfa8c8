"""What the driver tells about its own work; `gateway.app` wires it to metrics."""

from typing import Protocol

from gateway.core.ids import LinkId


class ModemObserver(Protocol):
    """Counts and times; every call is cheap and never blocks."""

    def command_timed(
        self, link: LinkId, command: str, seconds: float, outcome: str
    ) -> None:
        """One command ended; `command` is its name without values, such as `+CSQ`."""
        ...

    def body_written(self, link: LinkId) -> None:
        """A message's octets and its Ctrl-Z went to the port; no answer yet."""
        ...

    def notice_unknown(self, link: LinkId) -> None:
        """A line came that is in no table."""
        ...

    def recovery_step(self, link: LinkId, step: str) -> None:
        """A step of the recovery ladder was taken."""
        ...

    def sweep_imported(self, link: LinkId, count: int) -> None:
        """A listing of the storages found what no notification had told of."""
        ...

    def undecoded(self, link: LinkId) -> None:
        """A PDU went into quarantine."""
        ...


class SilentObserver:
    """Nobody listens."""

    def command_timed(
        self, link: LinkId, command: str, seconds: float, outcome: str
    ) -> None:
        pass

    def body_written(self, link: LinkId) -> None:
        pass

    def notice_unknown(self, link: LinkId) -> None:
        pass

    def recovery_step(self, link: LinkId, step: str) -> None:
        pass

    def sweep_imported(self, link: LinkId, count: int) -> None:
        pass

    def undecoded(self, link: LinkId) -> None:
        pass
