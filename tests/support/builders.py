"""What links hand in, made from few words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet, DataCoding
from gateway.codec.segment import UserData, cut_text
from gateway.core.ids import LinkId
from gateway.core.link import InboundReport, InboundSegment, ReportKind
from tests.support.clock import START

CUSTOMER = "+79161234567"
OWN = "+79160000001"
_DCS = {Alphabet.GSM7: 0, Alphabet.OCTETS: 4, Alphabet.UCS2: 8}


def inbound_segment(
    body: UserData,
    *,
    link: str = "sim1",
    originator: str = CUSTOMER,
    recipient: str | None = OWN,
    at: datetime = START,
    service_time: datetime | None = None,
    protocol_id: int = 0,
    message_class: int | None = None,
) -> InboundSegment:
    """A segment as a modem of that name would decode it."""
    moment = service_time or at
    content = repr((body, originator, moment, protocol_id)).encode()
    return InboundSegment(
        link=LinkId(link),
        line=f"line-{link}",
        originator=Address.parse(originator),
        recipient=recipient,
        body=body,
        coding=DataCoding(
            octet=_DCS[body.alphabet],
            alphabet=body.alphabet,
            message_class=message_class,
        ),
        protocol_id=protocol_id,
        service_time=moment,
        raw=sha256(content).digest(),
        received_at=at,
    )


def inbound_text(
    text: str,
    *,
    reference: int = 7,
    link: str = "sim1",
    originator: str = CUSTOMER,
    at: datetime = START,
) -> list[InboundSegment]:
    """The segments of a text, a few seconds apart."""
    return [
        inbound_segment(
            body,
            link=link,
            originator=originator,
            at=at,
            service_time=at + timedelta(seconds=number),
        )
        for number, body in enumerate(cut_text(text, reference=reference))
    ]


def stop_from(number: str) -> InboundSegment:
    """Somebody wants no more of us."""
    return inbound_text("Стоп!", originator=number)[0]


def inbound_report(
    reference: str,
    *,
    kind: ReportKind = ReportKind.DELIVERED,
    recipient: str = CUSTOMER,
    link: str = "sim1",
    status: str = "0x00",
    service_time: datetime | None = START,
    at: datetime = START,
    salt: Sequence[object] = (),
) -> InboundReport:
    """A status report; `salt` makes one that looks the same another report."""
    content = repr((reference, kind, recipient, status, service_time, *salt)).encode()
    return InboundReport(
        link=LinkId(link),
        line=f"line-{link}",
        reference=reference,
        recipient=Address.parse(recipient),
        kind=kind,
        status=status,
        service_time=service_time,
        discharge_time=service_time,
        raw=sha256(content).digest(),
        received_at=at,
    )
