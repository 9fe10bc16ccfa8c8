"""The SMSC and the phones behind it, over real sockets."""

from collections.abc import AsyncIterator

import pytest

from hwsim.ledger import LedgerKind
from hwsim.smsc import CodeTaken
from hwsim.wire.smpp import Command, Status, Tag
from tests.hwsim.esme import CODE, PHONE, SmscWorld, smsc_world, submit_fields


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


async def test_a_phone_writes_to_a_short_code_and_is_answered(site: SmscWorld) -> None:
    esme = await site.bound()
    sent = site.phone.send(CODE, "Привет 😀")
    await site.pass_time()
    message = await esme.next()
    assert message.text("source_addr") == PHONE[1:]
    assert (message.number("source_addr_ton"), message.number("source_addr_npi")) == (
        1, 1,
    )  # fmt: skip
    assert message.text("destination_addr") == CODE
    assert message.number("data_coding") == 8
    assert message.octets("short_message").decode("utf-16-be") == "Привет 😀"
    answer = await esme.submit(message.octets("short_message"), data_coding=8)
    assert answer.status == 0
    await site.pass_time()
    assert site.texts == ["Привет 😀"]
    assert sent.delivered == 1


async def test_a_long_message_is_submitted_in_each_of_three_ways(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    text = b"0123456789" * 30
    for number, piece in ((1, text[:153]), (2, text[153:])):
        header = bytes((5, 0, 3, 77, 2, number))
        await esme.submit(header + piece, esm_class=0x40)
    for number, piece in ((1, text[:152]), (2, text[152:])):
        sar = (
            (Tag.SAR_MSG_REF_NUM, b"\x12\x34"),
            (Tag.SAR_TOTAL_SEGMENTS, b"\x02"),
            (Tag.SAR_SEGMENT_SEQNUM, bytes((number,))),
        )
        await esme.submit(piece, sar)
    await esme.submit(b"", ((Tag.MESSAGE_PAYLOAD, text),))
    await site.pass_time()
    assert [message.text for message in site.phone.received] == [text.decode()] * 3
    receipts = [await esme.next() for _ in range(5)]
    assert b"sub:002 dlvrd:002" in receipts[-1].octets("short_message")


async def test_data_sm_is_a_submit(site: SmscWorld) -> None:
    esme = await site.bound()
    fields = submit_fields()
    del fields["short_message"]
    payload = ((Tag.MESSAGE_PAYLOAD, b"by data sm"),)
    assert (await esme.ask(Command.DATA_SM, fields, payload)).text("message_id")
    await site.pass_time()
    assert site.texts == ["by data sm"]
    assert (await esme.next()).number("esm_class") == 0x04


async def test_rate_and_window_are_answered_with_throttled(site: SmscWorld) -> None:
    site.alter(rate_per_s=1.0, burst=2)
    esme = await site.bound()
    statuses = [(await esme.submit()).status for _ in range(3)]
    assert statuses == [0, 0, Status.THROTTLED]
    await site.pass_time(1)
    assert (await esme.submit()).status == 0
    site.alter(rate_per_s=0.0, unanswered=1)
    site.world.network.latency_s = 10.0
    esme.send(Command.SUBMIT_SM, submit_fields())
    assert (await esme.submit()).status == Status.THROTTLED


async def test_the_ledger_names_the_message_id(site: SmscWorld) -> None:
    esme = await site.bound()
    message_id = (await esme.submit()).text("message_id")
    await site.pass_time()
    await esme.next()
    await esme.ask(Command.ENQUIRE_LINK)
    entries = {entry.kind: entry.detail for entry in site.world.network.ledger}
    assert entries[LedgerKind.ACCEPTED] == f"esme {message_id}"
    assert entries[LedgerKind.REPORT] == f"esme {message_id} delivered"


async def test_a_short_code_has_one_owner(site: SmscWorld) -> None:
    taken = (CODE, site.phone.msisdn)
    with pytest.raises(CodeTaken):
        site.alter(short_codes=taken)
    site.alter(short_codes=("7777",))
    assert site.world.network.mailbox(CODE) is None
    assert site.world.network.mailbox("7777") is not None
    site.smsc.remove_account("esme")
    assert site.world.network.mailbox("7777") is None
