"""The operator: store and forward between modems and phones, reports, calls, USSD.

Relies on the clock, a seed, the wire codec and the fault set. A number with a modem
attached is that modem; any other is a phone, made on first use. Nothing is kept over a
restart of the simulator.

Spec: 3GPP TS 23.040 3.2, 9.2.3.15; modem.md 10.8; reliability.md FT-51
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from hwsim.centre import Centre
from hwsim.clock import Clock
from hwsim.faults import FaultSet
from hwsim.ledger import DEFAULT_SIZE, Ledger, LedgerKind
from hwsim.mailbox import Mailbox, Radio
from hwsim.network_faults import NETWORK_KINDS
from hwsim.numbering import number_of, parse_number
from hwsim.phone import Call, Phone, PhoneSettings, SentMessage
from hwsim.phone_book import PhoneBook
from hwsim.sending import SendOptions
from hwsim.stored import Postbox, Stored
from hwsim.switchboard import Switchboard
from hwsim.train_faults import Item, TrainFaults
from hwsim.wire.sms import (
    Address,
    SubmitTpdu,
    TypeOfNumber,
    UserData,
    WireError,
    decode_submit,
    encode_submit,
)

__all__ = ["Network", "Radio", "SubmitRefused"]

DEFAULT_SMSC = "+79160000000"
DEFAULT_RETRY_S = 10.0
DEFAULT_STORE_LIMIT = 100_000
DEFAULT_PHONE_LIMIT = 20_000
DEFAULT_VALIDITY = timedelta(days=2)

# RP causes and failure causes, which +CMS ERROR shows. Spec: 3GPP TS 24.011 8.2.5.4,
# 3GPP TS 23.040 9.2.3.22
_UNIDENTIFIED_SUBSCRIBER = 28
_CONGESTION = 42
_INVALID_MANDATORY_INFORMATION = 96
_DUPLICATE = 197


class SubmitRefused(Exception):
    """The network did not take a submit; ``cms`` is the code of +CMS ERROR."""

    def __init__(self, cms: int, reason: str) -> None:
        super().__init__(f"CMS {cms}: {reason}")
        self.cms = cms
        self.reason = reason


class Network:
    """One operator with one service centre."""

    def __init__(
        self,
        clock: Clock,
        seed: int = 0,
        smsc: str = DEFAULT_SMSC,
        *,
        latency_s: float = 0.0,
        retry_s: float = DEFAULT_RETRY_S,
        store_limit: int = DEFAULT_STORE_LIMIT,
        ledger_size: int = DEFAULT_SIZE,
        phone_limit: int = DEFAULT_PHONE_LIMIT,
    ) -> None:
        self.smsc = smsc
        self.latency_s = latency_s
        self.ledger = Ledger(ledger_size)
        self.faults = FaultSet(clock, seed, NETWORK_KINDS)
        self._clock = clock
        self._retry_s = retry_s
        self._store_limit = store_limit
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._book = PhoneBook(self, seed, phone_limit)
        self._when_reachable: list[Callable[[str], object]] = []
        self._mailboxes: dict[str, Mailbox] = {}
        self._services: dict[str, Postbox] = {}
        self._switchboard = Switchboard(clock, self.changed)
        self._watchers: list[Callable[[], None]] = []
        self._train_faults = TrainFaults(self.faults)
        self._last_message = 0
        self._centre = Centre(
            clock,
            self.ledger,
            self.faults,
            self,
            pace_s=self.pace_s,
            retry_s=retry_s,
        )

    # Modems

    def attach(self, radio: Radio) -> None:
        """From now on the radio's number is this modem's."""
        mailbox = self._mailboxes.get(radio.msisdn)
        if mailbox is None:
            mailbox = Mailbox(self._clock, self.smsc, self.pace_s, self._retry_s)
            self._mailboxes[radio.msisdn] = mailbox
        mailbox.radio = radio
        mailbox.push()
        self.changed()

    def detach(self, radio: Radio) -> None:
        """The SIM is away; its number keeps its mailbox."""
        mailbox = self._mailboxes.get(radio.msisdn)
        if mailbox is not None and mailbox.radio is radio:
            mailbox.radio = None
        self.changed()

    def memory_available(self, radio: Radio) -> None:
        """The modem has room again, or is on the air again."""
        mailbox = self._mailboxes.get(radio.msisdn)
        if mailbox is not None:
            mailbox.push()

    def acknowledged(self, radio: Radio, tpdu: bytes, ok: bool) -> None:
        """The late answer to a TPDU that ``deliver`` did not settle."""
        mailbox = self._mailboxes.get(radio.msisdn)
        if mailbox is not None:
            mailbox.acknowledged(tpdu, ok=ok)

    async def submit(self, radio: Radio, tpdu: bytes) -> int:
        """Take an SMS-SUBMIT; gives its TP-MR once the centre has it.

        Cancelled before it returns, the segment is not accepted.
        """
        try:
            submit = decode_submit(tpdu)
        except WireError as error:
            raise self._refusal(
                radio, tpdu, _INVALID_MANDATORY_INFORMATION, str(error)
            ) from error
        if self.latency_s:
            await self._clock.sleep(self.pace_s())
        recipient = self._recipient(radio, tpdu, submit)
        early = submit.status_report and self._faults_now(recipient)
        self._centre.accept(
            self._stored_submit(radio, submit, recipient), tpdu, at_once=early
        )
        if early and self.latency_s:
            await self._clock.sleep(self.pace_s())
        return submit.reference

    def ussd(self, radio: Radio, code: str) -> str:
        """The operator's answer to a code."""
        answer = {
            "*100#": "Баланс: 123.45 руб.",
            "*103#": f"Your number is {radio.msisdn}",
            "*110#": "1 Balance\n2 Tariff\n3 Services",
        }.get(code, "Unknown service code")
        self._log(LedgerKind.USSD, radio.msisdn, self.smsc, f"{code}: {answer}")
        return answer

    def hang_up(self, radio: Radio) -> None:
        """The modem refuses the call that rings."""
        self._switchboard.refuse(radio.msisdn)
        self.changed()

    # Applications

    def open_service(self, number: str, postbox: Postbox) -> None:
        """From now on what is written to the number goes there."""
        self._services[number] = postbox
        self.changed()

    def close_service(self, number: str) -> None:
        del self._services[number]
        self.changed()

    def accept(self, stored: Stored, octets: bytes, *, at_once: bool = False) -> None:
        """Take a segment from an application; SubmitRefused when there is no room."""
        if self._centre.waiting >= self._store_limit:
            raise SubmitRefused(_CONGESTION, "the centre is full")
        self._centre.accept(stored, octets, at_once=at_once)

    def waits(self, stored: Stored) -> bool:
        return self._centre.waits(stored)

    def withdraw(self, stored: Stored) -> bool:
        """Take a segment back; False when it is gone already."""
        return self._centre.withdraw(stored)

    # Phones

    @property
    def phones(self) -> Mapping[str, Phone]:
        return self._book.phones

    def phone(self, number: str) -> Phone:
        """The phone of that number, made when it is new; WireError for no number."""
        number = parse_number(number)
        if self.mailbox(number) is not None:
            raise WireError(f"{number} is no phone")
        phone = self.phones.get(number)
        if phone is None:
            phone = self._book.make(number)
            self.changed()
        return phone

    def configure_phone(self, phone: Phone, settings: PhoneSettings) -> None:
        was_reachable = phone.settings.reachable
        phone.settings = settings
        if settings.reachable and not was_reachable:
            self._centre.recipient_is_back(phone.msisdn)
            for tell in self._when_reachable:
                tell(phone.msisdn)
        self.changed()

    def on_reachable(self, tell: Callable[[str], object]) -> None:
        """``tell`` gets the number of each phone that comes back."""
        self._when_reachable.append(tell)

    def carry(
        self,
        phone: Phone,
        sent: SentMessage,
        train: list[UserData],
        options: SendOptions,
    ) -> None:
        """Take the segments of a phone's message, ``options.delay_s`` apart."""
        recipient = parse_number(sent.recipient)
        items = self._train_faults.apply(phone.msisdn, train)
        for place, item in enumerate(items):
            own = sent if item.sender == phone.msisdn else None
            take = partial(self._take_from_phone, item, recipient, options, own)
            if place and options.delay_s:
                self._clock.call_later(place * options.delay_s, take)
            else:
                take()

    def call(
        self, phone: Phone, to: str, *, duration_s: float, hidden: bool = False
    ) -> Call:
        """Ring a modem; WireError when no modem has that number."""
        number = parse_number(to)
        mailbox = self._mailboxes.get(number)
        if mailbox is None:
            raise WireError(f"{number} is not a modem's number")
        call = self._switchboard.ring(
            phone, number, mailbox.radio, duration_s=duration_s, hidden=hidden
        )
        self._centre.counters.calls += 1
        self._log(LedgerKind.CALL, phone.msisdn, number, call.state)
        return call

    def stop_calls(self, phone: Phone) -> None:
        """The phone's owner hangs up."""
        self._switchboard.stop(phone)
        self.changed()

    # What phones, centre and control ask

    @property
    def counters(self) -> dict[str, int]:
        centre = self._centre
        return {
            **asdict(centre.counters),
            "reports": centre.reports,
            "waiting": centre.waiting,
            "duplicates": self._book.duplicates,
        }

    def now(self) -> datetime:
        return self._clock.now()

    def mailbox(self, number: str) -> Postbox | None:
        return self._mailboxes.get(number, self._services.get(number))

    def pace_s(self) -> float:
        """The latency, give or take half of it."""
        return self.latency_s * (0.5 + self._chance.random())

    def next_message(self) -> int:
        self._last_message += 1
        return self._last_message

    def changed(self) -> None:
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call back after every change; often, so the watcher should be quick."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        self._watchers.remove(watcher)

    def _faults_now(self, recipient: str) -> bool:
        """Whether the report shall overtake the answer; needs a phone that answers."""
        phone = self.phone(recipient) if self.mailbox(recipient) is None else None
        reachable = phone is not None and phone.settings.reachable
        return reachable and self.faults.take("report_before_ok") is not None

    def _recipient(self, radio: Radio, tpdu: bytes, submit: SubmitTpdu) -> str:
        """Whose the submit is, or SubmitRefused."""
        address = submit.destination
        if not address.digits or address.ton is TypeOfNumber.ALPHANUMERIC:
            reason = "the destination is no number"
            raise self._refusal(radio, tpdu, _UNIDENTIFIED_SUBSCRIBER, reason)
        recipient = number_of(address)
        held = self._centre.holds(radio.msisdn, recipient, submit.reference)
        if submit.reject_duplicates and held:
            reason = "TP-RD, and the centre still has it"
            raise self._refusal(radio, tpdu, _DUPLICATE, reason)
        if self._centre.waiting >= self._store_limit:
            raise self._refusal(radio, tpdu, _CONGESTION, "the centre is full")
        return recipient

    def _refusal(
        self, radio: Radio, tpdu: bytes, cms: int, reason: str
    ) -> SubmitRefused:
        self._centre.counters.refused += 1
        self.ledger.write(
            LedgerKind.REFUSED,
            at=self.now(),
            sender=radio.msisdn,
            recipient="",
            tpdu=tpdu,
            status=cms,
            detail=reason,
        )
        self.changed()
        return SubmitRefused(cms, reason)

    def _stored_submit(
        self, radio: Radio, submit: SubmitTpdu, recipient: str
    ) -> Stored:
        now = self.now()
        match submit.validity:
            case None:
                expires_at = now + DEFAULT_VALIDITY
            case timedelta() as period:
                expires_at = now + period
            case moment:
                expires_at = moment
        return Stored(
            id=self.next_message(),
            sender=radio.msisdn,
            recipient=recipient,
            user=submit.user,
            protocol_id=submit.protocol_id,
            accepted_at=now,
            expires_at=expires_at,
            reference=submit.reference,
            report_wanted=submit.status_report,
        )

    def _take_from_phone(
        self, item: Item, recipient: str, options: SendOptions, sent: SentMessage | None
    ) -> None:
        def arrived() -> None:
            if sent is not None:
                sent.delivered += 1
                self.phone(item.sender).touch()

        submit = SubmitTpdu(
            reference=0,
            destination=Address.of(recipient),
            user=item.user,
            protocol_id=options.protocol_id,
        )
        now = self.now()
        stored = Stored(
            id=self.next_message(),
            sender=item.sender,
            recipient=recipient,
            user=item.user,
            protocol_id=options.protocol_id,
            accepted_at=now,
            expires_at=now + DEFAULT_VALIDITY,
            on_delivered=arrived,
        )
        self._centre.accept(stored, encode_submit(submit))

    def _log(self, kind: LedgerKind, sender: str, recipient: str, detail: str) -> None:
        self.ledger.write(
            kind, at=self.now(), sender=sender, recipient=recipient, detail=detail
        )
        self.changed()
