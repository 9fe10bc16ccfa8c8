"""The service centre: keeps each segment until it is delivered, refused or expired.

Relies on the clock, the ledger, the fault set and a directory that knows phones and
modems. Order to one recipient is kept. ``reports`` makes the
status reports, ``mailbox`` gets them to the modem.

Spec: 3GPP TS 23.040 3.2, 9.2.3.12, 9.2.3.15; modem.md 10.8
"""

from collections.abc import Callable
from dataclasses import dataclass

from hwsim.clock import Clock, Sequence
from hwsim.faults import FaultSet
from hwsim.ledger import Ledger, LedgerKind
from hwsim.mailbox import Letter
from hwsim.network_faults import STILL_TRYING, bad_time
from hwsim.phone import ReportMode
from hwsim.reports import Reporter
from hwsim.stored import Directory, Postbox, Stored
from hwsim.wire.sms import Address, DeliverTpdu, encode_deliver, encode_time

STATUS_DELIVERED = 0x00
STATUS_NOT_OBTAINABLE = 0x43
STATUS_EXPIRED = 0x46

_LONGEST_RETRY_S = 600.0


@dataclass(slots=True, kw_only=True)
class Counters:
    """Segments, but for ``calls``; ``submitted``, ``delivered`` of modems and ESMEs."""

    submitted: int = 0
    delivered: int = 0
    refused: int = 0
    expired: int = 0
    failed: int = 0
    phone_sent: int = 0
    phone_delivered: int = 0
    calls: int = 0


class Centre:
    """Store and forward."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        faults: FaultSet,
        directory: Directory,
        *,
        pace_s: Callable[[], float],
        retry_s: float,
    ) -> None:
        self.counters = Counters()
        self._clock = clock
        self._ledger = ledger
        self._faults = faults
        self._directory = directory
        self._pace_s = pace_s
        self._retry_s = retry_s
        self._waiting: dict[str, dict[int, Stored]] = {}
        self._count = 0
        self._sequence = Sequence(clock)
        self._reporter = Reporter(clock, ledger, faults, directory, pace_s)

    @property
    def reports(self) -> int:
        """Status reports that modems have."""
        return self._reporter.delivered

    @property
    def waiting(self) -> int:
        return self._count

    def holds(self, sender: str, recipient: str, reference: int) -> bool:
        """Whether it still keeps a submit of that reference. Spec: 9.2.3.25"""
        return any(
            stored.sender == sender and stored.reference == reference
            for stored in self._waiting.get(recipient, {}).values()
        )

    def accept(self, stored: Stored, tpdu: bytes, *, at_once: bool = False) -> None:
        """Take a segment; ``at_once`` tries to deliver it before returning."""
        if stored.from_phone:
            self.counters.phone_sent += 1
        else:
            self.counters.submitted += 1
        self._write(LedgerKind.ACCEPTED, stored, tpdu=tpdu)
        self._waiting.setdefault(stored.recipient, {})[stored.id] = stored
        self._count += 1
        if at_once:
            self._attempt(stored, at_once=True)
            return
        delay_s = self._pace_s()
        if self._directory.mailbox(stored.recipient) is None:
            delay_s += self._directory.phone(stored.recipient).settings.delay_s
        self._schedule(stored, delay_s)

    def waits(self, stored: Stored) -> bool:
        """Whether it is here, and not yet on its way to a modem or an application."""
        here = stored.id in self._waiting.get(stored.recipient, {})
        return here and stored.letter is None

    def withdraw(self, stored: Stored) -> bool:
        """Take a segment back; False when it is gone already."""
        if stored.id not in self._waiting.get(stored.recipient, {}):
            return False
        mailbox = self._directory.mailbox(stored.recipient)
        if mailbox is not None and stored.letter is not None:
            mailbox.discard(stored.letter)
        self._write(LedgerKind.WITHDRAWN, stored)
        self._forget(stored)
        return True

    def recipient_is_back(self, recipient: str) -> None:
        """Try again what waits for a phone that can be reached again."""
        for stored in list(self._waiting.get(recipient, {}).values()):
            self._schedule(stored, self._pace_s())

    def _schedule(self, stored: Stored, delay_s: float) -> None:
        if stored.timer is not None:
            stored.timer.cancel()
        stored.timer = self._sequence.call_later(
            stored.recipient, delay_s, lambda: self._attempt(stored)
        )

    def _attempt(self, stored: Stored, *, at_once: bool = False) -> None:
        if self._clock.now() >= stored.expires_at:
            self._expire(stored)
            return
        mailbox = self._directory.mailbox(stored.recipient)
        if mailbox is not None:
            self._post(stored, mailbox)
            return
        phone = self._directory.phone(stored.recipient)
        settings = phone.settings
        stored.tries += 1
        if not settings.reachable:
            self._retry(stored)
        elif settings.report is ReportMode.TEMPORARY and stored.tries == 1:
            self._reporter.report(stored, STILL_TRYING, at_once=at_once)
            self._retry(stored)
        elif settings.report is ReportMode.PERMANENT:
            status = settings.status or STATUS_NOT_OBTAINABLE
            self._fail(stored, status, at_once=at_once)
        else:
            tpdu = phone.receive(self._deliver_tpdu(stored)).segments[-1].tpdu
            self._delivered(stored, tpdu)
            if settings.report is not ReportMode.NONE:
                status = settings.status or STATUS_DELIVERED
                self._reporter.report(stored, status, at_once=at_once)

    def _retry(self, stored: Stored) -> None:
        backoff_s = min(self._retry_s * 2 ** (stored.tries - 1), _LONGEST_RETRY_S)
        left = stored.expires_at - self._clock.now()
        # Not in sequence: a phone that is back must not wait behind a long retry.
        stored.timer = self._clock.call_later(
            min(backoff_s, left.total_seconds()), lambda: self._attempt(stored)
        )

    def _post(self, stored: Stored, mailbox: Postbox) -> None:
        """Give a segment to a modem's mailbox and take it back when it expires."""
        if stored.letter is not None:
            return
        deliver = self._deliver_tpdu(stored)
        tpdu = encode_deliver(deliver)
        letter = stored.letter = Letter(
            tpdu=tpdu, settled=lambda: self._modem_took(stored, tpdu)
        )

        def expire() -> None:
            mailbox.discard(letter)
            self._expire(stored)

        left = stored.expires_at - self._clock.now()
        stored.timer = self._clock.call_later(left.total_seconds(), expire)
        mailbox.put(letter)

    def _modem_took(self, stored: Stored, tpdu: bytes) -> None:
        self._delivered(stored, tpdu)
        self._reporter.report(stored, STATUS_DELIVERED)

    def _delivered(self, stored: Stored, tpdu: bytes) -> None:
        if stored.from_phone:
            self.counters.phone_delivered += 1
        else:
            self.counters.delivered += 1
        if stored.on_delivered is not None:
            stored.on_delivered()
        self._write(LedgerKind.DELIVERED, stored, tpdu=tpdu)
        self._forget(stored)

    def _expire(self, stored: Stored) -> None:
        self.counters.expired += 1
        self._write(LedgerKind.EXPIRED, stored)
        self._forget(stored)
        self._reporter.report(stored, STATUS_EXPIRED)

    def _fail(self, stored: Stored, status: int, *, at_once: bool) -> None:
        self.counters.failed += 1
        self._write(LedgerKind.FAILED, stored, status=status)
        self._forget(stored)
        self._reporter.report(stored, status, at_once=at_once)

    def _forget(self, stored: Stored) -> None:
        if stored.timer is not None:
            stored.timer.cancel()
        waiting = self._waiting[stored.recipient]
        del waiting[stored.id]
        self._count -= 1
        if not waiting:
            del self._waiting[stored.recipient]

    def _deliver_tpdu(self, stored: Stored) -> DeliverTpdu:
        service_time = encode_time(stored.accepted_at)
        if stored.from_phone and (fault := self._faults.take("message_bad_time")):
            service_time = bad_time(fault)
        return DeliverTpdu(
            originator=Address.of(stored.sender),
            user=stored.user,
            protocol_id=stored.protocol_id,
            service_time=service_time,
        )

    def _write(
        self,
        kind: LedgerKind,
        stored: Stored,
        *,
        tpdu: bytes = b"",
        status: int | None = None,
    ) -> None:
        self._ledger.write(
            kind,
            at=self._clock.now(),
            message=stored.id,
            sender=stored.sender,
            recipient=stored.recipient,
            tpdu=tpdu,
            user=stored.user,
            reference=stored.reference,
            status=status,
            detail=stored.detail,
        )
        self._directory.changed()
