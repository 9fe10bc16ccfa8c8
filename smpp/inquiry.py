"""Asking a carrier about what it has accepted: query_sm and cancel_sm, and the answers.

Pure. The source has to be what it was when the segment was submitted.

Spec: SMPP 3.4 4.8, 4.9; spec/smpp.md 30, 57
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.errors import PermanentFailure
from gateway.core.ids import LinkId
from gateway.core.link import InboundReport, SentSegment
from smpp import pdu as p
from smpp.config import BindConfig
from smpp.receipt import Receipt
from smpp.status import kind_of
from smpp.submission import destination_of, source_of
from smpp.wire import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which link asked, and when it was answered."""

    link: LinkId
    line: str
    at: datetime


def query_sm(sent: SentSegment, config: BindConfig) -> p.QuerySm:
    """What became of it?"""
    kind = sent.carrier.source_kind if sent.carrier else None
    source = source_of(sent.sender, config, kind)
    return p.QuerySm(
        message_id=sent.spelled,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
    )


def cancel_sm(sent: SentSegment, config: BindConfig) -> p.CancelSm:
    """Do not deliver it."""
    options = sent.carrier
    source = source_of(sent.sender, config, options.source_kind if options else None)
    destination = destination_of(
        sent.destination, config, options.destination_kind if options else None
    )
    return p.CancelSm(
        message_id=sent.spelled,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
        dest_addr_ton=destination.ton,
        dest_addr_npi=destination.npi,
        destination_addr=destination.text,
    )


def report_of(answer: p.Pdu, sent: SentSegment, asked: Asked) -> InboundReport:
    """What the carrier answered, as if a receipt had said it."""
    if not isinstance(answer, p.QuerySmResp):
        raise PermanentFailure("the carrier did not answer the query")
    state = answer.message_state
    error = str(answer.error_code) if answer.error_code else None
    said = Receipt(
        message_id=sent.spelled,
        state=state,
        word=None,
        error=error,
        submitted_at=None,
        done_at=None,
    )
    return InboundReport(
        link=asked.link,
        line=asked.line,
        reference=sent.reference,
        recipient=sent.destination,
        kind=kind_of(state),
        status=f"query {said.status}",
        service_time=None,
        discharge_time=None,
        # The state and the time of asking: what is told again later is news.
        raw=encode(answer, 0) + asked.at.isoformat().encode(),
        received_at=asked.at,
        unique=True,
    )
