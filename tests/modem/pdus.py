"""PDUs as a modem shows them, made with the codec, SMSC address in front."""

from datetime import UTC, datetime

from gateway.codec.address import Address, encode_smsc
from gateway.codec.dcs import decode_dcs, encode_dcs
from gateway.codec.segment import cut_text
from gateway.codec.timestamp import ServiceTime, encode_time
from gateway.codec.tpdu import (
    Deliver,
    StatusReport,
    encode_deliver,
    encode_status_report,
)

MOMENT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SMSC = encode_smsc(Address.parse("+79160000000"))


def _time() -> ServiceTime:
    return ServiceTime(moment=MOMENT, raw=encode_time(MOMENT, 12))


def message(text: str, sender: str = "+79031112233") -> str:
    (body,) = cut_text(text, reference=1)
    deliver = Deliver(
        originator=Address.parse(sender),
        user_data=body,
        coding=decode_dcs(encode_dcs(body.alphabet)),
        service_time=_time(),
    )
    return (SMSC + encode_deliver(deliver)).hex().upper()


def report(reference: int, status: int = 0, recipient: str = "+79161234567") -> str:
    value = StatusReport(
        reference=reference,
        recipient=Address.parse(recipient),
        service_time=_time(),
        discharge_time=_time(),
        status=status,
        user_data=None,
    )
    return (SMSC + encode_status_report(value)).hex().upper()


def tpdu_length(pdu: str) -> int:
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)
