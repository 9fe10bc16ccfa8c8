"""The SMSC's counter: takes submits, remembers them, answers questions, makes receipts.

Relies on the network for the way to phones and modems, on ``smsc_text`` for octets and
on the accounts' outboxes for what goes back. Faults of requests and receipts fall here.

Spec: SMPP 3.4 4.4, 4.7 to 4.10; PRODUCT.md 8
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hwsim.clock import Clock, Sequence
from hwsim.faults import FaultSet
from hwsim.ledger import LedgerKind
from hwsim.network import DEFAULT_VALIDITY, Network, SubmitRefused
from hwsim.smsc_account import Account
from hwsim.smsc_alerts import Alerts
from hwsim.smsc_host import Answer
from hwsim.smsc_multi import read_destinations, single, write_failures
from hwsim.smsc_outbox import Outbox, Outgoing
from hwsim.smsc_record import Record, SmppAddress, make_receipt, state_of
from hwsim.smsc_request import Request, read_address, read_request
from hwsim.smsc_text import read_segment
from hwsim.smsc_time import read_time, write_time
from hwsim.stored import Stored
from hwsim.wire.smpp import (
    Command,
    MessageState,
    Pdu,
    SmppRefusal,
    Status,
    Tag,
    command_name,
    encode_pdu,
)
from hwsim.wire.sms import text_of

MAX_RECORDS = 200_000
SUBMITS = (Command.SUBMIT_SM, Command.DATA_SM, Command.SUBMIT_MULTI)
_NOT_REACHED = (MessageState.EXPIRED, MessageState.UNDELIVERABLE)
# Ids of ten decimal digits whose hexadecimal form has letters.
FIRST_NUMBER = 0x6AF00000


class Desk:
    """One for all accounts; ``outbox`` gives an account's by its system_id."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        faults: FaultSet,
        account: Callable[[str], Account | None],
        outbox: Callable[[str], Outbox],
        alerts: Alerts,
    ) -> None:
        self._network = network
        self._clock = clock
        self._faults = faults
        self._account = account
        self._outbox = outbox
        self._alerts = alerts
        self._sequence = Sequence(clock)
        self._records: OrderedDict[tuple[str, str], Record] = OrderedDict()
        self.submitted = 0
        self.receipts = 0

    def handle(self, account: Account, pdu: Pdu) -> Answer:
        """SmppRefusal when the answer is another than ESME_ROK."""
        subject = _subject(pdu, account)
        self._refuse(pdu, subject)
        match pdu.command:
            case Command.SUBMIT_SM | Command.DATA_SM:
                return self._submit(account, pdu, subject)
            case Command.SUBMIT_MULTI:
                return self._submit_to_several(account, pdu, subject)
            case Command.QUERY_SM:
                return self._query(account, pdu, subject)
            case Command.CANCEL_SM:
                return self._cancel(account, pdu, subject)
            case Command.REPLACE_SM:
                return self._replace(account, pdu, subject)
            case _:
                reason = f"{command_name(pdu.command)} is not served"
                raise SmppRefusal(Status.INVALID_COMMAND, reason)

    def _refuse(self, pdu: Pdu, subject: str) -> None:
        faults = self._faults
        if pdu.command in SUBMITS:
            if faults.take("throttle", subject):
                raise SmppRefusal(Status.THROTTLED, "throttled by a fault")
            if faults.take("queue_full", subject):
                raise SmppRefusal(Status.QUEUE_FULL, "full by a fault")
        if fault := faults.take("status", subject):
            status = fault.whole("status", Status.SYSTEM_ERROR)
            raise SmppRefusal(status, "refused by a fault")

    # Submits

    def _submit_to_several(self, account: Account, pdu: Pdu, subject: str) -> Answer:
        """One id for all, so that a query of it tells of the last."""
        number = FIRST_NUMBER + self._network.next_message()
        answers: list[Answer] = []
        failures: list[tuple[SmppAddress, int]] = []
        for destination in read_destinations(pdu):
            one = single(pdu, destination)
            try:
                answers.append(self._submit(account, one, subject, number))
            except SmppRefusal as refusal:
                failures.append((destination, refusal.status))
        if not answers:
            raise SmppRefusal(failures[0][1], "no destination was taken")
        fields = {**answers[0].fields, "failures": write_failures(failures)}
        return replace(answers[0], fields=fields)

    def _submit(
        self, account: Account, pdu: Pdu, subject: str, number: int | None = None
    ) -> Answer:
        now = self._clock.now()
        if number is None:
            number = FIRST_NUMBER + self._network.next_message()
        request = read_request(pdu, account, number, now)
        record = Record(
            number=number,
            id=account.message_id.write(number),
            system_id=account.system_id,
            service_type=pdu.text("service_type"),
            source=request.source,
            destination=request.destination,
            registered=pdu.number("registered_delivery"),
            data_coding=pdu.number("data_coding"),
            text=text_of(request.users),
            submitted_at=now,
            reference=request.reference,
            wants_alert=pdu.tlv_number(Tag.SET_DPF) == 1,
        )
        record.segments = [
            self._stored(record, request, place) for place in range(len(request.users))
        ]
        early = None
        if record.registered:
            early = self._faults.take("report_before_answer", subject)
        self._remember(record)
        record.early = early is not None
        accept = partial(self._accept, record, encode_pdu(pdu))
        if request.scheduled_at is not None and request.scheduled_at > now:
            record.state = MessageState.SCHEDULED
            delay_s = (request.scheduled_at - now).total_seconds()
            record.timer = self._clock.call_later(delay_s, accept)
        else:
            accept()
        record.early = False
        self.submitted += 1
        return Answer(
            fields={"message_id": record.id},
            delay_s=early.number("delay_s", 0.5) if early else self._network.pace_s(),
            subject=subject,
        )

    def _stored(self, record: Record, request: Request, place: int) -> Stored:
        return Stored(
            id=self._network.next_message(),
            sender=request.sender,
            recipient=request.recipient,
            user=request.users[place],
            protocol_id=request.protocol_id,
            accepted_at=record.submitted_at,
            expires_at=request.expires_at or record.submitted_at + DEFAULT_VALIDITY,
            on_delivered=lambda: record.arrived(self._clock.now()),
            on_report=partial(self._reported, record),
            detail=f"{record.system_id} {record.id}",
        )

    def _accept(self, record: Record, octets: bytes) -> None:
        record.timer = None
        scheduled = record.state is MessageState.SCHEDULED
        record.state = MessageState.ENROUTE
        try:
            for stored in record.segments:
                self._network.accept(stored, octets, at_once=record.early)
        except SubmitRefused as refused:
            for stored in record.segments:
                self._network.withdraw(stored)
            if not scheduled:
                raise SmppRefusal(Status.QUEUE_FULL, refused.reason) from refused
            self._final(record, MessageState.REJECTED)

    def _remember(self, record: Record) -> None:
        self._records[record.system_id, record.id] = record
        while len(self._records) > MAX_RECORDS:
            self._records.popitem(last=False)

    # What became of them

    def _reported(self, record: Record, status: int) -> None:
        state = state_of(status)
        if state is MessageState.ENROUTE:
            if record.wants_intermediate:
                self._send_receipt(record, state)
            return
        error = 0 if state is MessageState.DELIVERED else status
        last = record.settle(state, error, self._clock.now())
        if last and record.wants_receipt:
            self._send_receipt(record, record.state)
        if last and record.wants_alert and record.state in _NOT_REACHED:
            msisdn = record.segments[0].recipient
            self._alerts.wish(
                msisdn, record.system_id, record.source, record.destination
            )

    def _final(self, record: Record, state: MessageState) -> None:
        record.state, record.final_at = state, self._clock.now()
        if record.wants_receipt:
            self._send_receipt(record, state)

    def _send_receipt(self, record: Record, state: MessageState) -> None:
        account = self._account(record.system_id)
        if account is None:
            return
        faults = self._faults
        subject = f"receipt {record.system_id} {record.source.text} {record.id}"
        if faults.take("report_missing", subject):
            self._log(LedgerKind.LOST, record, state, b"")
            return
        pdu = make_receipt(record, state, account, faults, self._clock.now())
        settled = partial(self._receipt_has_come, record, state, encode_pdu(pdu))
        items = [Outgoing(pdu=pdu, settled=settled)]
        if faults.take("report_duplicate", subject):
            items.append(Outgoing(pdu=pdu))
        outbox = self._outbox(record.system_id)
        delayed = faults.take("report_delayed", subject)
        delay_s = delayed.number("delay_s", 30.0) if delayed else 0.0
        for item in items:
            if record.early:
                outbox.add(item, urgent=True)
            elif delay_s:
                self._clock.call_later(delay_s, partial(outbox.add, item))
            else:
                pace_s = self._network.pace_s()
                send = partial(outbox.add, item)
                self._sequence.call_later(record.system_id, pace_s, send)

    def _receipt_has_come(
        self, record: Record, state: MessageState, octets: bytes
    ) -> None:
        self.receipts += 1
        self._log(LedgerKind.REPORT, record, state, octets)

    def _log(
        self, kind: LedgerKind, record: Record, state: MessageState, octets: bytes
    ) -> None:
        first = record.segments[0]
        self._network.ledger.write(
            kind,
            at=self._clock.now(),
            message=first.id,
            sender=first.recipient,
            recipient=first.sender,
            tpdu=octets,
            status=record.error,
            detail=f"{first.detail} {state.name.lower()}",
        )
        self._network.changed()

    # Questions about them

    def _query(self, account: Account, pdu: Pdu, subject: str) -> Answer:
        record = self._find(account, pdu, Status.QUERY_FAILED)
        final_at = None if record.timer else record.final_at
        fields: dict[str, int | str | bytes] = {
            "message_id": pdu.text("message_id"),
            "final_date": write_time(final_at) if final_at else "",
            "message_state": int(record.state),
            "error_code": record.error,
        }
        return Answer(fields=fields, delay_s=self._network.pace_s(), subject=subject)

    def _cancel(self, account: Account, pdu: Pdu, subject: str) -> Answer:
        if pdu.text("message_id"):
            records = [self._find(account, pdu, Status.CANCEL_FAILED)]
        else:
            records = self._named_by_addresses(account, pdu)
        gone = [record for record in records if self._withdraw(record)]
        if not gone:
            raise SmppRefusal(Status.CANCEL_FAILED, "nothing is left to cancel")
        for record in gone:
            self._final(record, MessageState.DELETED)
        return Answer(delay_s=self._network.pace_s(), subject=subject)

    def _withdraw(self, record: Record) -> bool:
        if record.timer is not None:
            record.timer.cancel()
            record.timer = None
            return True
        return any([self._network.withdraw(stored) for stored in record.segments])

    def _replace(self, account: Account, pdu: Pdu, subject: str) -> Answer:
        record = self._find(account, pdu, Status.REPLACE_FAILED)
        waits = record.timer is not None
        if not waits and not all(map(self._network.waits, record.segments)):
            raise SmppRefusal(Status.REPLACE_FAILED, "it has left already")
        if len(record.segments) != 1 or record.segments[0].user.header:
            reason = "a message of several segments is not replaced"
            raise SmppRefusal(Status.REPLACE_FAILED, reason)
        [stored] = record.segments
        octets = pdu.octets("short_message")
        user = read_segment(octets, record.data_coding, account, has_header=False)
        now = self._clock.now()
        expires_at = read_time(pdu.text("validity_period"), now, Status.INVALID_EXPIRY)
        stored.user = user
        stored.expires_at = expires_at or stored.expires_at
        record.text = text_of([user])
        record.registered = pdu.number("registered_delivery")
        return Answer(delay_s=self._network.pace_s(), subject=subject)

    def _find(self, account: Account, pdu: Pdu, mismatch: Status) -> Record:
        """By id, and the source has to be what it was."""
        record = self._records.get((account.system_id, pdu.text("message_id")))
        if record is None:
            reason = f"no message {pdu.text('message_id')!r}"
            raise SmppRefusal(Status.INVALID_MESSAGE_ID, reason)
        if read_address(pdu, "source").text != record.source.text:
            raise SmppRefusal(mismatch, "the source is another")
        return record

    def _named_by_addresses(self, account: Account, pdu: Pdu) -> list[Record]:
        wanted = (read_address(pdu, "source").text, read_address(pdu, "dest").text)
        return [
            record
            for record in self._records.values()
            if record.system_id == account.system_id
            and (record.source.text, record.destination.text) == wanted
        ]


def _subject(pdu: Pdu, account: Account) -> str:
    source, destination = pdu.text("source_addr"), pdu.text("destination_addr")
    name = command_name(pdu.command)
    return f"{name} {account.system_id} {source} {destination}"
