"""Each fault of the SMSC, seen by an ESME."""

from collections.abc import AsyncIterator

import pytest

from hwsim.smsc_account import IdForm
from hwsim.smsc_faults import LINE_FAULTS, SMSC_KINDS
from hwsim.wire.smpp import Command, Status, Tag
from tests.hwsim.esme import CODE, Esme, SmscWorld, smsc_world, submit_fields


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


async def _settled(esme: Esme) -> None:
    """All that the SMSC had to say so far is here."""
    await esme.ask(Command.ENQUIRE_LINK)


async def test_the_link_drops_now_and_can_be_made_anew(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("link_drop")
    await esme.ended()
    assert site.smsc.faults.describe() == []
    await site.bound()


@pytest.mark.parametrize(("at", "accepted"), [("request", 0), ("accepted", 1)])
async def test_the_link_drops_before_or_after_a_submit_is_taken(
    site: SmscWorld, at: str, accepted: int
) -> None:
    esme = await site.bound()
    site.smsc.faults.add("link_drop", at=at)
    esme.send(Command.SUBMIT_SM, submit_fields())
    await esme.ended()
    assert esme.responses.empty()
    assert site.world.network.counters["submitted"] == accepted


async def test_a_half_open_link_neither_reads_nor_answers(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("half_open", match="transceiver")
    esme.send(Command.SUBMIT_SM, submit_fields())
    esme.send(Command.ENQUIRE_LINK)
    other = await site.connect()
    await other.bind(Command.BIND_TRANSMITTER)
    await _settled(other)
    assert esme.responses.empty()
    assert not esme.closed.is_set()
    assert site.world.network.counters["submitted"] == 0
    site.smsc.faults.remove_all()
    await _settled(esme)


async def test_connections_are_refused_while_it_is_wanted(site: SmscWorld) -> None:
    fault = site.smsc.faults.add("refuse_connection")
    await (await site.connect()).ended()
    site.smsc.faults.remove(fault)
    await site.bound()


async def test_a_bind_is_refused_with_the_status_given(site: SmscWorld) -> None:
    site.smsc.faults.add("bind_refused", status=0x0D, count=1)
    esme = await site.connect()
    assert (await esme.bind()).status == 0x0D
    assert (await esme.bind()).status == 0


async def test_the_smsc_unbinds_and_ends_with_the_answer(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("unbind")
    assert (await esme.next()).command == Command.UNBIND
    await esme.ended()


async def test_enquire_link_is_not_answered(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("no_enquire_answer")
    esme.send(Command.ENQUIRE_LINK)
    assert (await esme.submit()).command == 0x80000004


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("throttle", Status.THROTTLED),
        ("queue_full", Status.QUEUE_FULL),
        ("status", Status.SYSTEM_ERROR),
    ],
)
async def test_a_submit_is_refused_so_often(
    site: SmscWorld, kind: str, status: int
) -> None:
    esme = await site.bound()
    site.smsc.faults.add(kind, count=2)
    assert [(await esme.submit()).status for _ in range(3)] == [status, status, 0]
    assert site.world.network.counters["submitted"] == 1


async def test_a_status_falls_on_the_request_it_names(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("status", status=0x45, match="^query_sm")
    message_id = (await esme.submit()).text("message_id")
    fields: dict[str, int | str | bytes] = {
        "message_id": message_id, "source_addr": CODE,
    }  # fmt: skip
    assert (await esme.ask(Command.QUERY_SM, fields)).status == 0x45


async def test_a_slow_answer_comes_later_in_its_order(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("slow_answer", delay_s=2, count=1)
    first = esme.send(Command.SUBMIT_SM, submit_fields())
    await _settled(esme)
    assert esme.responses.empty()
    await site.pass_time(2)
    assert (await esme.response()).sequence == first


async def test_a_late_answer_lets_others_pass(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("late_answer", delay_s=40)
    late = esme.send(Command.SUBMIT_SM, submit_fields())
    assert (await esme.submit()).status == 0
    await site.pass_time(40)
    assert (await esme.response()).sequence == late
    assert site.world.network.counters["submitted"] == 2


async def test_a_message_is_taken_and_never_answered(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("no_answer")
    esme.send(Command.SUBMIT_SM, submit_fields())
    await _settled(esme)
    assert esme.responses.empty()
    assert site.world.network.counters["submitted"] == 1


async def test_an_answer_has_a_wrong_number(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("wrong_sequence", offset=5)
    sequence = esme.send(Command.SUBMIT_SM, submit_fields())
    assert (await esme.response()).sequence == sequence + 5


async def test_an_answer_comes_in_pieces_and_the_next_behind_it(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    before = len(esme.octets)
    site.smsc.faults.add("partial", octets=3, pause_s=5)
    first = esme.send(Command.SUBMIT_SM, submit_fields())
    second = esme.send(Command.ENQUIRE_LINK)
    await esme.came(before + 3)
    assert esme.responses.empty()
    await site.pass_time(5)
    assert (await esme.response()).sequence == first
    assert (await esme.response()).sequence == second


@pytest.mark.parametrize("kind", LINE_FAULTS)
async def test_garbage_comes_now_and_before_an_answer(
    site: SmscWorld, kind: str
) -> None:
    esme = await site.bound()
    now = len(esme.octets) + 16
    site.smsc.faults.add(kind)
    await esme.came(now)
    site.smsc.faults.add(kind, at="answer")
    before_answer = len(esme.octets) + 16
    esme.send(Command.SUBMIT_SM, submit_fields())
    await esme.came(before_answer + 16)
    assert site.smsc.faults.describe() == []


async def test_the_octets_of_garbage_can_be_given(site: SmscWorld) -> None:
    esme = await site.bound()
    before = len(esme.octets)
    site.smsc.faults.add("over_long", octets=100_000)
    site.smsc.faults.add("short_length")
    site.smsc.faults.add("garbage", hex="DEADBEEF")
    await esme.came(before + 36)
    assert b"\x00\x01\x86\xa0\x00\x00\x00\x05" in esme.octets


async def test_the_receipt_comes_before_the_answer(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("report_before_answer")
    esme.send(Command.SUBMIT_SM, submit_fields())
    receipt = await esme.next()
    assert esme.responses.empty()
    await site.pass_time(1)
    message_id = (await esme.response()).text("message_id")
    assert receipt.tlv(Tag.RECEIPTED_MESSAGE_ID) == message_id.encode() + b"\0"


async def test_a_receipt_comes_twice_late_or_never(site: SmscWorld) -> None:
    esme = await site.bound()
    faults = site.smsc.faults
    for kind, expected in (
        ("report_duplicate", [2, 2]),
        ("report_missing", [0, 0]),
        ("report_delayed", [0, 1]),
    ):
        faults.add(kind)
        await esme.submit()
        counts = []
        for seconds in (1, 60):
            await site.pass_time(seconds)
            await _settled(esme)
            counts.append(esme.got.qsize())
        assert counts == expected
        while not esme.got.empty():
            esme.got.get_nowait()


@pytest.mark.parametrize("base", list(IdForm))
async def test_a_receipt_s_id_is_in_another_base(site: SmscWorld, base: IdForm) -> None:
    esme = await site.bound()
    site.smsc.faults.add("report_other_base", base=base.value)
    number = int((await esme.submit()).text("message_id"))
    await site.pass_time()
    found = (await esme.next()).tlv(Tag.RECEIPTED_MESSAGE_ID)
    assert found == base.write(number).encode() + b"\0"


async def test_a_receipt_comes_in_odd_ways(site: SmscWorld) -> None:
    esme = await site.bound()
    message_ids = []
    for kind in ("report_unknown_id", "report_as_data_sm", "report_as_message"):
        site.smsc.faults.add(kind)
        message_ids.append((await esme.submit()).text("message_id"))
        await site.pass_time()
    unknown, data, message = [await esme.next() for _ in range(3)]
    assert unknown.tlv(Tag.RECEIPTED_MESSAGE_ID) != message_ids[0].encode() + b"\0"
    assert data.command == Command.DATA_SM
    assert (data.tlv(Tag.MESSAGE_PAYLOAD) or b"").startswith(b"id:")
    assert message.number("esm_class") == 0


async def test_a_message_to_a_short_code_comes_twice(site: SmscWorld) -> None:
    esme = await site.bound()
    site.smsc.faults.add("message_duplicate")
    site.phone.send(CODE, "x")
    await site.pass_time()
    first, second = await esme.next(), await esme.next()
    assert first.fields == second.fields


def test_every_kind_says_what_it_does() -> None:
    assert all(kind.description for kind in SMSC_KINDS.values())
