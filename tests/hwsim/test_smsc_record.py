"""Receipts: which come, and how they read."""

from collections.abc import AsyncIterator

import pytest

from hwsim.phone import PhoneSettings, ReportMode
from hwsim.smsc_account import IdForm, ReceiptForm
from hwsim.wire.smpp import Command, MessageState, Tag
from tests.hwsim.esme import PHONE, SmscWorld, smsc_world


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


async def test_a_submit_reaches_the_phone_and_its_receipt_comes_back(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    reference = ((Tag.USER_MESSAGE_REFERENCE, b"\x12\x34"),)
    response = await esme.submit(b"hello", reference, source_addr="Bank",
                                 source_addr_ton=5)  # fmt: skip
    message_id = response.text("message_id")
    await site.pass_time()
    receipt = await esme.next()
    assert site.texts == ["hello"]
    assert site.phone.received[0].sender == "Bank"
    assert receipt.command == Command.DELIVER_SM
    assert receipt.number("esm_class") == 0x04
    assert receipt.text("source_addr") == PHONE[1:]
    assert receipt.text("destination_addr") == "Bank"
    assert receipt.tlv(Tag.RECEIPTED_MESSAGE_ID) == message_id.encode() + b"\0"
    assert receipt.tlv_number(Tag.MESSAGE_STATE) == MessageState.DELIVERED
    assert receipt.tlv(Tag.USER_MESSAGE_REFERENCE) == b"\x12\x34"
    text = receipt.octets("short_message").decode()
    assert text.startswith(f"id:{message_id} sub:001 dlvrd:001 submit date:2601150900")
    assert text.endswith(" stat:DELIVRD err:000 text:hello")


@pytest.mark.parametrize(
    ("registered", "mode", "expected"),
    [
        (0, ReportMode.DELIVERED, []),
        (0, ReportMode.PERMANENT, []),
        (1, ReportMode.DELIVERED, ["DELIVRD"]),
        (1, ReportMode.PERMANENT, ["UNDELIV"]),
        (1, ReportMode.NONE, []),
        (1, ReportMode.TEMPORARY, ["DELIVRD"]),
        (0x11, ReportMode.TEMPORARY, ["ENROUTE", "DELIVRD"]),
        (2, ReportMode.DELIVERED, []),
        (2, ReportMode.PERMANENT, ["UNDELIV"]),
    ],
)
async def test_registered_delivery_is_honoured(
    site: SmscWorld, registered: int, mode: ReportMode, expected: list[str]
) -> None:
    esme = await site.bound()
    site.world.network.configure_phone(site.phone, PhoneSettings(report=mode))
    await esme.submit(registered_delivery=registered)
    await site.pass_time(60)
    await esme.ask(Command.ENQUIRE_LINK)
    stats = []
    while not esme.got.empty():
        text = (await esme.next()).octets("short_message").decode()
        stats.append(text.split("stat:")[1][:7])
    assert stats == expected


async def test_a_receipt_is_in_the_forms_of_the_account(site: SmscWorld) -> None:
    site.alter(
        message_id=IdForm.UPPER, receipt_id=IdForm.DECIMAL, receipt=ReceiptForm.TEXT
    )
    esme = await site.bound()
    message_id = (await esme.submit()).text("message_id")
    await site.pass_time()
    receipt = await esme.next()
    assert receipt.octets("short_message").startswith(b"id:%d " % int(message_id, 16))
    assert receipt.tlvs == ()
