"""Asking a carrier about what it has accepted, over a real socket."""

from datetime import timedelta

import pytest

from gateway.codec.address import Address
from gateway.core.errors import PermanentFailure, TemporaryFailure
from gateway.core.link import RecallLink, ReportKind, SentSegment
from gateway.core.message import CarrierOptions
from smpp import pdu as p
from tests.smpp.site import but, site
from tests.smpp.units import unit

SENT = SentSegment(
    spelled="0A6F-1",
    reference="a6f1",
    sender=Address.parse("2345"),
    destination=Address.parse("+79161234567"),
    carrier=None,
)


async def test_what_a_query_tells_is_a_report() -> None:
    told = p.QuerySmResp(
        message_id="0A6F-1", final_date="", message_state=5, error_code=27
    )
    async with site(but(p.QuerySm, told), inquire_after_s=60.0) as here:
        await here.up()
        link: RecallLink = here.link
        assert isinstance(here.link, RecallLink)
        assert link.inquire_after == timedelta(minutes=1)
        report = await link.inquire(SENT)
        assert (report.reference, report.kind) == ("a6f1", ReportKind.UNDELIVERED)
        assert report.line == "seventy@carrier"
        assert report.status == "query UNDELIVERABLE err:27"
        [asked] = [pdu for pdu in here.peer.received if isinstance(pdu, p.QuerySm)]
        assert (asked.message_id, asked.source_addr) == ("0A6F-1", "2345")
        assert asked.source_addr_ton == 3


async def test_a_query_that_is_refused_is_no_news() -> None:
    async with site(but(p.QuerySm, p.QuerySmResp(status=0x67))) as here:
        await here.up()
        with pytest.raises(PermanentFailure) as caught:
            await here.link.inquire(SENT)
        assert caught.value.carrier_code == "0x00000067 ESME_RQUERYFAIL"


async def test_a_segment_is_taken_back_by_the_carriers_own_name() -> None:
    options = CarrierOptions(source_kind=(5, 0), destination_kind=(2, 1))
    sent = SentSegment(
        spelled="7",
        reference="7",
        sender=Address.parse("Shop"),
        destination=SENT.destination,
        carrier=options,
    )
    refused = p.CancelSmResp(status=0x11)
    async with site(but(p.CancelSm, p.CancelSmResp(), refused), cancel=True) as here:
        await here.up()
        assert here.link.recalls
        await here.link.recall(sent)
        [asked] = [pdu for pdu in here.peer.received if isinstance(pdu, p.CancelSm)]
        assert (asked.message_id, asked.source_addr, asked.source_addr_ton) == (
            "7",
            "Shop",
            5,
        )
        assert (asked.destination_addr, asked.dest_addr_ton) == ("79161234567", 2)
        with pytest.raises(PermanentFailure, match="does not cancel"):
            await here.link.recall(sent)


async def test_a_link_that_is_down_is_asked_later() -> None:
    async with site() as here:
        with pytest.raises(TemporaryFailure):
            await here.link.inquire(SENT)


async def test_the_carriers_spelling_is_kept_beside_ours() -> None:
    answer = p.SubmitSmResp(message_id="00AF-7C")
    async with site(but(p.SubmitSm, answer)) as here:
        await here.up()
        reference = await here.link.submit(unit())
        assert (reference.value, reference.spelled) == ("af7c", "00AF-7C")
