"""What the SMSC remembers of a submitted message, and the receipts it makes of it.

Relies on an account for forms and on the fault set for what goes wrong with them.

Spec: SMPP 3.4 5.2.17, 5.2.28, appendix B; smpp.md 3.5
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from hwsim.clock import Timer
from hwsim.faults import FaultSet
from hwsim.smsc_account import Account, IdForm, ReceiptForm
from hwsim.stored import Stored
from hwsim.wire.smpp import Command, MessageState, Pdu, Tag

RECEIPT_CLASS = 0x04
INTERMEDIATE_CLASS = 0x20
_WANTS = 0x03
_WANTS_INTERMEDIATE = 0x10
_TEXT_CHARACTERS = 20
_GSM_NETWORK = 3

_WORDS = {
    MessageState.SCHEDULED: "SCHEDLD",
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
}
_FINAL_STATES = {0x42: MessageState.REJECTED, 0x46: MessageState.EXPIRED}
_DELETED_STATUSES = (0x47, 0x48)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppAddress:
    """As it stood in the PDU."""

    ton: int
    npi: int
    text: str


@dataclass(slots=True, kw_only=True, eq=False)
class Record:
    """One submit with the segments it became; ``id`` is what the ESME was told."""

    number: int
    id: str
    system_id: str
    service_type: str
    source: SmppAddress
    destination: SmppAddress
    registered: int
    data_coding: int
    text: str
    submitted_at: datetime
    reference: bytes | None = None
    wants_alert: bool = False  # when its phone is back, should it fail
    segments: list[Stored] = field(default_factory=list)
    delivered: int = 0
    reported: int = 0
    failure: tuple[MessageState, int] | None = None
    state: MessageState = MessageState.ENROUTE
    error: int = 0
    final_at: datetime | None = None
    early: bool = False  # its receipt does not wait for the answer
    timer: Timer | None = None  # until the scheduled time

    def arrived(self, at: datetime) -> None:
        """A segment is there; when all are, the message is, reported or not."""
        self.delivered += 1
        if self.delivered == len(self.segments):
            self.state, self.final_at = MessageState.DELIVERED, at

    def settle(self, state: MessageState, error: int, at: datetime) -> bool:
        """One segment's fate; True when it was the last. The first failure counts."""
        self.reported += 1
        if state is not MessageState.DELIVERED and self.failure is None:
            self.failure = (state, error)
        if self.reported != len(self.segments):
            return False
        self.state, self.error = self.failure or (MessageState.DELIVERED, 0)
        self.final_at = at
        return True

    @property
    def wants_receipt(self) -> bool:
        delivered = self.state is MessageState.DELIVERED
        match self.registered & _WANTS:
            case 1:
                return True
            case 2:
                return not delivered
            case 3:
                return delivered
            case _:
                return False

    @property
    def wants_intermediate(self) -> bool:
        return bool(self.registered & _WANTS_INTERMEDIATE)


def state_of(status: int) -> MessageState:
    """Of a TP-Status. Spec: 3GPP TS 23.040 9.2.3.15"""
    if status < 0x20:
        return MessageState.DELIVERED
    if status < 0x40:
        return MessageState.ENROUTE
    if status in _DELETED_STATUSES:
        return MessageState.DELETED
    return _FINAL_STATES.get(status, MessageState.UNDELIVERABLE)


def make_receipt(
    record: Record,
    state: MessageState,
    account: Account,
    faults: FaultSet,
    at: datetime,
) -> Pdu:
    """A deliver_sm, or what a fault makes of it; its number comes with sending."""
    subject = f"receipt {record.system_id} {record.source.text} {record.id}"
    receipt_id = _receipt_id(record, account, faults, subject)
    esm_class = INTERMEDIATE_CLASS if state is MessageState.ENROUTE else RECEIPT_CLASS
    if faults.take("report_as_message", subject):
        esm_class = 0
    tlvs: tuple[tuple[int, bytes], ...] = ()
    if record.reference is not None:
        tlvs = ((Tag.USER_MESSAGE_REFERENCE, record.reference),)
    if account.receipt is not ReceiptForm.TEXT:
        tlvs += _receipt_tlvs(receipt_id, state, record.error)
    text = b""
    if account.receipt is not ReceiptForm.TLV:
        text = _receipt_text(record, receipt_id, state, at).encode("ascii", "replace")
    source, destination = record.destination, record.source
    receipt = Pdu(
        command=Command.DELIVER_SM,
        sequence=0,
        fields={
            "service_type": record.service_type,
            "source_addr_ton": source.ton,
            "source_addr_npi": source.npi,
            "source_addr": source.text,
            "dest_addr_ton": destination.ton,
            "dest_addr_npi": destination.npi,
            "destination_addr": destination.text,
            "esm_class": esm_class,
            "short_message": text,
        },
        tlvs=tlvs,
    )
    if faults.take("report_as_data_sm", subject):
        receipt = replace(
            receipt,
            command=Command.DATA_SM,
            tlvs=(*tlvs, (Tag.MESSAGE_PAYLOAD, text)),
        )
    return receipt


def _receipt_id(record: Record, account: Account, faults: FaultSet, about: str) -> str:
    number = record.number
    form = account.receipt_id or account.message_id
    if other := faults.take("report_other_base", about):
        usual = IdForm.DECIMAL if form is not IdForm.DECIMAL else IdForm.HEX
        form = IdForm(other.text("base", usual))
    if unknown := faults.take("report_unknown_id", about):
        number += unknown.whole("offset", 1_000_000)
    return form.write(number)


def _receipt_tlvs(
    receipt_id: str, state: MessageState, error: int
) -> tuple[tuple[int, bytes], ...]:
    network_error = bytes((_GSM_NETWORK,)) + error.to_bytes(2, "big")
    return (
        (Tag.RECEIPTED_MESSAGE_ID, receipt_id.encode("ascii") + b"\0"),
        (Tag.MESSAGE_STATE, bytes((state,))),
        (Tag.NETWORK_ERROR_CODE, network_error),
    )


def _receipt_text(
    record: Record, receipt_id: str, state: MessageState, at: datetime
) -> str:
    """Spec: SMPP 3.4 appendix B"""
    total = max(1, len(record.segments))
    delivered = total if state is MessageState.DELIVERED else record.delivered
    return (
        f"id:{receipt_id} sub:{total:03d} dlvrd:{delivered:03d}"
        f" submit date:{record.submitted_at:%y%m%d%H%M} done date:{at:%y%m%d%H%M}"
        f" stat:{_WORDS[state]} err:{record.error:03d}"
        f" text:{record.text[:_TEXT_CHARACTERS]}"
    )
