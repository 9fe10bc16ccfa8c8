"""Status reports: made by the centre, changed by faults, sent to the modem that asked.

Relies on ``network_faults`` for the harm and ``mailbox`` for the way. Reports to one
modem keep their order unless a fault says otherwise.

Spec: 3GPP TS 23.040 9.2.2.3, 9.2.3.15; modem.md 10.13 f
"""

from collections.abc import Callable
from functools import partial

from hwsim.clock import Clock, Sequence
from hwsim.faults import FaultSet
from hwsim.ledger import Ledger, LedgerKind
from hwsim.mailbox import Letter
from hwsim.network_faults import ReportItem, report_items
from hwsim.stored import Directory, Postbox, Stored
from hwsim.wire.sms import Address, StatusReportTpdu, encode_time

# A report held back for the next one goes alone when none comes.
_LONGEST_HOLD_S = 60.0


class Reporter:
    """Sends what became of a segment to the modem that submitted it."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        faults: FaultSet,
        directory: Directory,
        pace_s: Callable[[], float],
    ) -> None:
        self.delivered = 0
        self._clock = clock
        self._ledger = ledger
        self._faults = faults
        self._directory = directory
        self._pace_s = pace_s
        self._sequence = Sequence(clock)
        self._held: dict[str, list[Letter]] = {}

    def report(self, stored: Stored, status: int, *, at_once: bool = False) -> None:
        """Nothing when the sender asked for none; an application has its own ways."""
        if stored.on_report is not None:
            stored.on_report(status)
            return
        mailbox = self._directory.mailbox(stored.sender)
        if stored.reference is None or not stored.report_wanted or mailbox is None:
            return
        report = StatusReportTpdu(
            reference=stored.reference,
            recipient=Address.of(stored.recipient),
            service_time=encode_time(stored.accepted_at),
            discharge_time=encode_time(self._clock.now()),
            status=status,
        )
        items = report_items(self._faults, report)
        if not items:
            self._write(LedgerKind.LOST, stored, b"", status)
        for item in items:
            letter = self._letter(stored, item)
            if at_once:
                mailbox.put(letter, urgent=True)
            elif item.delay_s:
                delay_s = item.delay_s + self._pace_s()
                self._clock.call_later(delay_s, partial(mailbox.put, letter))
            else:
                send = partial(self._send, stored.sender, mailbox, letter, item)
                self._sequence.call_later(stored.sender, self._pace_s(), send)

    def _letter(self, stored: Stored, item: ReportItem) -> Letter:
        def settled() -> None:
            self.delivered += 1
            self._write(LedgerKind.REPORT, stored, item.tpdu, item.status)

        return Letter(tpdu=item.tpdu, settled=settled)

    def _send(
        self, sender: str, mailbox: Postbox, letter: Letter, item: ReportItem
    ) -> None:
        if item.after_next:
            self._held.setdefault(sender, []).append(letter)
            release = partial(self._release, sender, mailbox)
            self._clock.call_later(_LONGEST_HOLD_S, release)
            return
        mailbox.put(letter)
        self._release(sender, mailbox)

    def _release(self, sender: str, mailbox: Postbox) -> None:
        for letter in self._held.pop(sender, ()):
            mailbox.put(letter)

    def _write(
        self, kind: LedgerKind, stored: Stored, tpdu: bytes, status: int
    ) -> None:
        self._ledger.write(
            kind,
            at=self._clock.now(),
            message=stored.id,
            sender=stored.recipient,
            recipient=stored.sender,
            tpdu=tpdu,
            reference=stored.reference,
            status=status,
            detail="status report",
        )
        self._directory.changed()
