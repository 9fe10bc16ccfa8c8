"""The named steps of a link's work at which a test may end the process.

The links know nothing of them: they are told from what a link tells of itself and from
the door it hands its items to. In production every step is a call that does nothing.
Spec: spec/reliability.md 1.4, C3, I1, I3
"""

from collections.abc import Sequence

from gateway.core.application import (
    Account,
    ApplicationDesk,
    Notice,
    NoticeEnd,
    Submission,
    Taken,
)
from gateway.core.errors import StoreError
from gateway.core.ids import LinkId
from gateway.core.link import Door, InboundItem, InboundReport, LinkStatus
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

    async def accept_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[StoreError | None]:
        """Keep them; see `Door.accept_all`."""
        for _ in reports:
            self._crash("I1")
        return await self._door.accept_all(reports)

    def status_changed(self, status: LinkStatus) -> None:
        """See `Door.status_changed`."""
        self._door.status_changed(status)


class StepDesk:
    """The desk of applications, with A1, A2 and A4 to A6 around it."""

    def __init__(self, desk: ApplicationDesk, crash: CrashPoint) -> None:
        self.admit = desk.admit
        self.query = desk.query
        self.cancel = desk.cancel
        self.replace = desk.replace
        self.wait_owed = desk.wait_owed
        self._desk = desk
        self._crash = crash

    async def submit(self, account: Account, submission: Submission) -> Taken:
        """Keep a submission; see `ApplicationDesk.submit`."""
        self._crash("A1")
        taken = await self._desk.submit(account, submission)
        self._crash("A2")
        return taken

    async def owed(self, account: Account, after: int, limit: int) -> Sequence[Notice]:
        """What is due now; see `ApplicationDesk.owed`."""
        notices = await self._desk.owed(account, after, limit)
        if notices:
            self._crash("A4")
        return notices

    async def settle(self, ends: Sequence[tuple[Notice, NoticeEnd]]) -> None:
        """Write down what became of notices; see `ApplicationDesk.settle`."""
        self._crash("A5")
        await self._desk.settle(ends)
        self._crash("A6")


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
    """`smpp.observer.SmppObserver` on our metrics, with C3 and I3."""

    def __init__(self, metrics: Metrics, crash: CrashPoint) -> None:
        self._metrics = metrics
        self._crash = crash

    def written(self, link: LinkId) -> None:
        """The octets may be with the carrier."""
        self._crash("C3")

    def thanked(self, link: LinkId) -> None:
        """The carrier may forget its copies."""
        self._crash("I3")

    def refused(self, link: LinkId, status: str) -> None:
        """Submissions and binds, by the carrier's status."""
        self._metrics.refusals.labels(link, status).inc()

    def flaw(self, link: LinkId, flaw: str) -> None:
        """What the peer does against the specification."""
        self._metrics.flaws.labels(link, flaw).inc()

    def reachable(self, link: LinkId, address: str) -> None:
        """A handset is back; its number is no label."""
        self._metrics.notifications.labels(link, "alert_notification").inc()


class MeteredServer:
    """`smpp.server_observer.ServerObserver` on our metrics, with A3."""

    def __init__(self, metrics: Metrics, crash: CrashPoint) -> None:
        self._metrics = metrics
        self._crash = crash

    def bound(self, account: str, binds: int) -> None:
        """An account has so many binds now."""
        self._metrics.application_binds.labels(account).set(binds)

    def bind_refused(self, reason: str) -> None:
        """Somebody was not let in."""
        self._metrics.application_binds_refused.labels(reason).inc()

    def wrote(self) -> None:
        """An application may know."""
        self._crash("A3")

    def answered(self, account: str, status: str) -> None:
        """A request was answered, with this status."""
        self._metrics.application_requests.labels(account, status).inc()

    def flaw(self, flaw: str) -> None:
        """A PDU of an application's was wrong."""
        self._metrics.application_flaws.labels(flaw).inc()
