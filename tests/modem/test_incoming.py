"""From digits to items: total, whatever the digits are."""

import random
from datetime import UTC, datetime

from gateway.core.ids import LinkId
from gateway.core.link import (
    InboundReport,
    InboundSegment,
    InboundUndecoded,
    ReportKind,
)
from modem.incoming import Line, inbound_item, is_outgoing
from tests.modem.pdus import MOMENT, message, report, tpdu_length

WHERE = Line(link=LinkId("sim1"), line="8970199", msisdn="+79160000001")
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_a_message_is_an_item_with_its_tpdu() -> None:
    pdu = message("привет")
    item = inbound_item(pdu, tpdu_length(pdu), WHERE, NOW)
    assert isinstance(item, InboundSegment)
    assert item.raw == bytes.fromhex(pdu)[-tpdu_length(pdu) :]
    assert item.service_time == MOMENT
    assert (item.line, item.recipient) == ("8970199", "+79160000001")


def test_padding_behind_a_pdu_changes_nothing() -> None:
    pdu = message("hello")
    plain = inbound_item(pdu, tpdu_length(pdu), WHERE, NOW)
    assert inbound_item(pdu + "FFFF", tpdu_length(pdu), WHERE, NOW) == plain


def test_the_kinds_of_a_report() -> None:
    kinds = {
        status: inbound_item(report(9, status), None, WHERE, NOW)
        for status in (0x00, 0x01, 0x20, 0x25, 0x40, 0x46, 0x60)
    }
    told = {
        status: item.kind
        for status, item in kinds.items()
        if isinstance(item, InboundReport)
    }
    assert told == {
        0x00: ReportKind.DELIVERED,
        0x01: ReportKind.DELIVERED,
        0x20: ReportKind.TRYING,
        0x25: ReportKind.TRYING,
        0x40: ReportKind.UNDELIVERED,
        0x46: ReportKind.EXPIRED,
        0x60: ReportKind.UNDELIVERED,
    }


def test_what_waits_to_be_sent_is_outgoing() -> None:
    assert is_outgoing("0011000B919761214365F70000A705E8329BFD06")
    assert not is_outgoing(message("hello"))
    assert not is_outgoing("FF")
    assert not is_outgoing("")


def test_any_octets_are_an_item() -> None:
    chance = random.Random(9)
    good = [bytes.fromhex(message("hello")), bytes.fromhex(report(3))]
    for _ in range(10_000):
        octets = bytearray(chance.choice(good))
        for _ in range(chance.randrange(4)):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        cut = octets[: chance.randrange(len(octets) + 1)]
        text = cut.hex()[chance.randrange(2) :]
        item = inbound_item(text, chance.choice([None, 5, 30]), WHERE, NOW)
        if isinstance(item, InboundUndecoded):
            assert item.raw in (bytes(cut), text.encode())
