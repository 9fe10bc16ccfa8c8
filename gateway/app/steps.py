"""The named steps of a link's work at which a test may end the process.

The links know nothing of them: they are told from what a link tells of itself and from
the door it hands its items to. In production every step is a call that does nothing.
Spec: spec/reliability.md 1.4, C3, I1, I3
"""

from gateway.core.ids import LinkId
from gateway.core.link import Door, InboundItem, LinkStatus
from gateway.engine.crash import CrashPoint
from gateway.metrics import Metrics
from modem.at import Final

# What tells the network or the SIM that its copy may go.
RELEASES = frozenset({"+CMGD", "+CNMA"})


class StepDoor:
    """The door in, with I1 in front of it: read, but not yet kept."""

    def __init__(self, door: Door, crash: CrashPoint) -> None:
        self._door = door
        self._crash = crash

    async def accept(self, item: InboundItem) -> None:
        """Keep it; see `Door.accept`."""
        self._crash("I1")
        await self._door.accept(item)

    def status_changed(self, status: LinkStatus) -> None:
        """See `Door.status_changed`."""
        self._door.status_changed(status)


class MeteredModem:
    """`modem.observer.ModemObserver` on our metrics, with C3 and I3."""

    def __init__(self, metrics: Metrics, crash: CrashPoint) -> None:
        self._metrics = metrics
        self._crash = crash

    def command_timed(
        self, link: LinkId, command: str, seconds: float, outcome: str
    ) -> None:
        """One command ended."""
        self._metrics.commands.labels(link, command, outcome).inc()
        self._metrics.command_seconds.labels(link, command).observe(seconds)
        if command in RELEASES and outcome == Final.OK:
            self._crash("I3")

    def body_written(self, link: LinkId) -> None:
        """The octets may be on the air."""
        self._crash("C3")

    def notice_unknown(self, link: LinkId) -> None:
        """A line in no table."""
        self._metrics.notifications.labels(link, "unknown").inc()

    def recovery_step(self, link: LinkId, step: str) -> None:
        """A step of the ladder."""
        self._metrics.notifications.labels(link, f"recovery_{step}").inc()

    def sweep_imported(self, link: LinkId, count: int) -> None:
        """Items that no notification had told of."""
        self._metrics.notifications.labels(link, "found_by_sweep").inc(count)

    def undecoded(self, link: LinkId) -> None:
        """A PDU went into quarantine."""
        self._metrics.notifications.labels(link, "undecoded").inc()


class MeteredBind:
    """`smpp.observer.SmppObserver` on our metrics, with C3."""

    def __init__(self, metrics: Metrics, crash: CrashPoint) -> None:
        self._metrics = metrics
        self._crash = crash

    def written(self, link: LinkId) -> None:
        """The octets may be with the carrier."""
        self._crash("C3")

    def refused(self, link: LinkId, status: str) -> None:
        """Submissions and binds, by the carrier's status."""
        self._metrics.refusals.labels(link, status).inc()

    def flaw(self, link: LinkId, flaw: str) -> None:
        """What the peer does against the specification."""
        self._metrics.flaws.labels(link, flaw).inc()

    def reachable(self, link: LinkId, address: str) -> None:
        """A handset is back; its number is no label."""
        self._metrics.notifications.labels(link, "alert_notification").inc()
