"""Requests about messages: refused, asked for, cancelled, replaced, put off."""

from collections.abc import AsyncIterator

import pytest

from hwsim.phone import PhoneSettings
from hwsim.wire.smpp import Command, MessageState, Status, Tag
from tests.hwsim.esme import CODE, PHONE, Esme, SmscWorld, smsc_world, submit_fields


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


async def _about(esme: Esme, command: int, message_id: str, **more: bytes) -> int:
    fields: dict[str, int | str | bytes] = {
        "message_id": message_id, "source_addr": CODE, **more,
    }  # fmt: skip
    response = await esme.ask(command, fields)
    return response.status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"destination_addr": "Bank"}, Status.INVALID_DESTINATION),
        ({"destination_addr": ""}, Status.INVALID_DESTINATION),
        ({"dest_addr_ton": 5}, Status.INVALID_DESTINATION),
        ({"dest_addr_ton": 9}, Status.INVALID_DESTINATION_TON),
        ({"source_addr_ton": 9}, Status.INVALID_SOURCE_TON),
        ({"source_addr": "Too long a name", "source_addr_ton": 5}, 0x0A),
        ({"priority_flag": 9}, Status.INVALID_PRIORITY),
        ({"validity_period": "260115090000"}, Status.INVALID_EXPIRY),
        ({"schedule_delivery_time": "261315090000000+"}, Status.INVALID_SCHEDULE),
        ({"short_message": b"x" * 161}, Status.INVALID_MESSAGE_LENGTH),
        ({"short_message": b"x" * 141, "data_coding": 4}, 0x01),
        ({"short_message": b"x", "data_coding": 8}, Status.INVALID_MESSAGE_LENGTH),
        ({"short_message": b"\x09abc", "esm_class": 0x40}, Status.INVALID_ESM_CLASS),
        ({"short_message": b"\xff"}, Status.SUBMIT_FAILED),
    ],
)
async def test_a_wrong_submit_is_refused_by_name(
    site: SmscWorld, fields: dict[str, int | str | bytes], status: int
) -> None:
    esme = await site.bound()
    wrong = submit_fields() | fields
    assert (await esme.ask(Command.SUBMIT_SM, wrong)).status == status
    assert site.world.network.counters["submitted"] == 0


async def test_a_sender_that_is_not_the_account_s_is_refused(site: SmscWorld) -> None:
    site.alter(senders=("Bank",))
    esme = await site.bound()
    assert (await esme.submit(source_addr="Bank", source_addr_ton=5)).status == 0
    assert (await esme.submit(source_addr=CODE)).status == 0
    assert (await esme.submit(source_addr="")).status == 0
    other = await esme.submit(source_addr="Shop", source_addr_ton=5)
    assert other.status == Status.INVALID_SOURCE


async def test_parameters_that_contradict_one_another_are_refused(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    payload = ((Tag.MESSAGE_PAYLOAD, b"x"),)
    assert (await esme.submit(b"y", payload)).status == Status.INVALID_TLV_VALUE
    part = ((Tag.SAR_MSG_REF_NUM, b"\0\1"),)
    assert (await esme.submit(b"y", part)).status == Status.MISSING_TLV
    whole = (
        *part, (Tag.SAR_TOTAL_SEGMENTS, b"\2"), (Tag.SAR_SEGMENT_SEQNUM, b"\3"),
    )  # fmt: skip
    assert (await esme.submit(b"y", whole)).status == Status.INVALID_TLV_VALUE
    header = b"\x05\0\3\1\2\1y"
    both = await esme.submit(header, whole, esm_class=0x40)
    assert both.status == Status.INVALID_ESM_CLASS


async def test_a_national_number_and_a_plus_mean_the_same_phone(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    await esme.submit(dest_addr_ton=2, destination_addr=PHONE[2:])
    await esme.submit(dest_addr_ton=0, destination_addr=PHONE)
    await site.pass_time()
    assert len(site.texts) == 2


async def test_query_tells_the_state_before_and_after(site: SmscWorld) -> None:
    esme = await site.bound()
    message_id = (await esme.submit()).text("message_id")
    fields: dict[str, int | str | bytes] = {
        "message_id": message_id, "source_addr": CODE,
    }  # fmt: skip
    before = await esme.ask(Command.QUERY_SM, fields)
    assert before.number("message_state") == MessageState.ENROUTE
    assert before.text("final_date") == ""
    await site.pass_time()
    after = await esme.ask(Command.QUERY_SM, fields)
    assert after.number("message_state") == MessageState.DELIVERED
    assert after.text("final_date") == "260115090000000+"
    assert await _about(esme, Command.QUERY_SM, "1") == Status.INVALID_MESSAGE_ID
    fields["source_addr"] = "9999"
    other = await esme.ask(Command.QUERY_SM, fields)
    assert other.status == Status.QUERY_FAILED


async def test_a_message_is_cancelled_once(site: SmscWorld) -> None:
    esme = await site.bound()
    site.world.network.configure_phone(site.phone, PhoneSettings(reachable=False))
    message_id = (await esme.submit()).text("message_id")
    await site.pass_time()
    assert await _about(esme, Command.CANCEL_SM, message_id) == 0
    await site.pass_time()
    receipt = await esme.next()
    assert b"stat:DELETED" in receipt.octets("short_message")
    again = await _about(esme, Command.CANCEL_SM, message_id)
    assert again == Status.CANCEL_FAILED
    assert site.world.network.counters["waiting"] == 0


async def test_all_messages_between_two_addresses_are_cancelled(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    for _ in range(3):
        await esme.submit(registered_delivery=0)
    fields: dict[str, int | str | bytes] = {
        "source_addr": CODE, "destination_addr": PHONE[1:],
    }  # fmt: skip
    assert (await esme.ask(Command.CANCEL_SM, fields)).status == 0
    await site.pass_time()
    assert site.texts == []


async def test_a_message_is_replaced_while_it_waits(site: SmscWorld) -> None:
    esme = await site.bound()
    message_id = (await esme.submit(b"old")).text("message_id")
    replaced = await _about(esme, Command.REPLACE_SM, message_id, short_message=b"new")
    assert replaced == 0
    await site.pass_time()
    assert site.texts == ["new"]
    late = await _about(esme, Command.REPLACE_SM, message_id, short_message=b"x")
    assert late == Status.REPLACE_FAILED


async def test_a_scheduled_message_leaves_at_its_time(site: SmscWorld) -> None:
    esme = await site.bound()
    response = await esme.submit(schedule_delivery_time="000000001000000R")
    await site.pass_time(599)
    assert site.texts == []
    fields: dict[str, int | str | bytes] = {
        "message_id": response.text("message_id"), "source_addr": CODE,
    }  # fmt: skip
    query = await esme.ask(Command.QUERY_SM, fields)
    assert query.number("message_state") == MessageState.SCHEDULED
    await site.pass_time(2)
    assert site.texts == ["hello"]


async def test_a_message_expires_at_its_validity(site: SmscWorld) -> None:
    esme = await site.bound()
    site.world.network.configure_phone(site.phone, PhoneSettings(reachable=False))
    await esme.submit(validity_period="000000000100000R")
    await site.pass_time(61)
    receipt = await esme.next()
    assert b"stat:EXPIRED err:070" in receipt.octets("short_message")


async def test_a_full_centre_is_a_full_queue(site: SmscWorld) -> None:
    site.world.network._store_limit = 2
    esme = await site.bound()
    payload = ((Tag.MESSAGE_PAYLOAD, b"x" * 400),)
    assert (await esme.submit(b"", payload)).status == Status.QUEUE_FULL
    assert site.world.network.counters["waiting"] == 0


async def test_one_esme_writes_to_another_s_code(site: SmscWorld) -> None:
    esme = await site.bound()
    await esme.submit(dest_addr_ton=0, destination_addr=CODE)
    await site.pass_time()
    message = await esme.next()
    assert message.octets("short_message") == b"hello"
    await esme.ask(Command.ENQUIRE_LINK)
    await site.pass_time()
    assert b"DELIVRD" in (await esme.next()).octets("short_message")
