"""What systemd is told: READY, STOPPING, WATCHDOG, STATUS.

Datagrams to the socket named in the environment, as sd_notify(3) describes; without the
variable every call does nothing, so that the daemon runs the same from a terminal.
"""

import socket
from collections.abc import Mapping
from datetime import timedelta


class Notifier:
    """Tells the service manager how the daemon is."""

    def __init__(self, address: str | None) -> None:
        self._address = address

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Notifier":
        """The manager that started this process, if any."""
        return cls(environment.get("NOTIFY_SOCKET") or None)

    def ready(self, status: str) -> None:
        """The database is open, migrations are done, the listener is bound."""
        self._send(f"READY=1\nSTATUS={_line(status)}")

    def stopping(self, status: str) -> None:
        """The stop has begun."""
        self._send(f"STOPPING=1\nSTATUS={_line(status)}")

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={_line(status)}")

    def watchdog(self) -> None:
        """Everything that has to answer has answered."""
        self._send("WATCHDOG=1")

    def _send(self, text: str) -> None:
        if self._address is None:
            return
        # A leading @ stands for the NUL of an abstract address.
        address = self._address
        if address.startswith("@"):
            address = "\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                # A full manager queue must not stop the loop.
                out.setblocking(False)
                out.sendto(text.encode(), address)
        except OSError:
            # A manager that went away is no reason to stop serving; if it still
            # expects the watchdog, it will act by itself.
            return


def watchdog_interval(environment: Mapping[str, str], pid: int) -> timedelta | None:
    """How long the manager waits for a sign of life; None when it does not."""
    if environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", ""))
    except ValueError:
        return None
    return timedelta(microseconds=microseconds) if microseconds > 0 else None


def _line(text: str) -> str:
    return " ".join(text.split())
