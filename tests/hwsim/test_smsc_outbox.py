"""What waits for an account, and in which order it comes."""

from collections.abc import AsyncIterator

import pytest

from hwsim.smsc_account import LongForm
from hwsim.wire.smpp import Command, Status, Tag
from tests.hwsim.esme import CODE, SmscWorld, smsc_world


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


async def test_what_is_not_acknowledged_comes_again_on_the_next_bind(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    esme.acknowledge = None
    for text in (b"one", b"two"):
        await esme.submit(text)
        await site.pass_time()
    first = [await esme.next() for _ in range(2)]
    await esme.close()
    again = await site.bound(Command.BIND_RECEIVER)
    second = [await again.next() for _ in range(2)]
    assert [pdu.fields for pdu in first] == [pdu.fields for pdu in second]


async def test_receipts_wait_while_nobody_is_bound_to_receive(site: SmscWorld) -> None:
    transmitter = await site.bound(Command.BIND_TRANSMITTER)
    await transmitter.submit()
    await site.pass_time()
    assert site.smsc.describe()["counters"] == {
        "binds": 1, "submitted": 1, "receipts": 0, "waiting": 1,
    }  # fmt: skip
    receiver = await site.bound(Command.BIND_RECEIVER)
    assert (await receiver.next()).number("esm_class") == 0x04


async def test_an_esme_that_refuses_is_asked_again_later(site: SmscWorld) -> None:
    site.alter(window=1)
    esme = await site.bound()
    esme.acknowledge = Status.QUEUE_FULL
    site.phone.send(CODE, "one")
    site.phone.send(CODE, "two")
    await site.pass_time(1)
    first = await esme.next()
    await esme.ask(Command.ENQUIRE_LINK)
    esme.acknowledge = 0
    await site.pass_time(5)
    again = await esme.next()
    assert again.fields == first.fields
    assert again.octets("short_message") == b"one"
    assert (await esme.next()).octets("short_message") == b"two"
    await esme.ask(Command.ENQUIRE_LINK)
    assert [sent.delivered for sent in site.phone.sent] == [1, 1]


@pytest.mark.parametrize("form", list(LongForm))
async def test_a_long_message_comes_in_the_form_of_the_account(
    site: SmscWorld, form: LongForm
) -> None:
    site.alter(long_messages=form)
    esme = await site.bound()
    text = "0123456789" * 40
    site.phone.send(CODE, text)
    await site.pass_time()
    if form is LongForm.PAYLOAD:
        message = await esme.next()
        assert message.tlv(Tag.MESSAGE_PAYLOAD) == text.encode()
        return
    messages = [await esme.next() for _ in range(3)]
    if form is LongForm.UDH:
        assert all(message.number("esm_class") == 0x40 for message in messages)
        bodies = [message.octets("short_message") for message in messages]
        assert [body[:3] + body[4:6] for body in bodies] == [
            bytes((5, 0, 3, 3, number)) for number in (1, 2, 3)
        ]
        assert b"".join(body[6:] for body in bodies).decode() == text
    else:
        numbers = [m.tlv_number(Tag.SAR_SEGMENT_SEQNUM) for m in messages]
        assert numbers == [1, 2, 3]
        assert {m.tlv_number(Tag.SAR_TOTAL_SEGMENTS) for m in messages} == {3}
        assert all(message.number("esm_class") == 0 for message in messages)
        bodies = [message.octets("short_message") for message in messages]
        assert b"".join(bodies).decode() == text


async def test_a_message_waits_in_the_centre_until_its_validity_ends(
    site: SmscWorld,
) -> None:
    site.phone.send(CODE, "too late")
    await site.pass_time(3 * 86_400)
    esme = await site.bound()
    await esme.ask(Command.ENQUIRE_LINK)
    assert esme.got.empty()
    assert site.world.network.counters["expired"] == 1


async def test_what_comes_back_takes_its_old_place(site: SmscWorld) -> None:
    site.alter(window=3, retry_s=1.0)
    esme = await site.bound()
    esme.acknowledge = None
    for text in ("one", "two", "three", "four"):
        site.phone.send(CODE, text)
    await site.pass_time()
    first = [await esme.next() for _ in range(3)]
    for pdu in (first[2], first[0], first[1]):
        esme.respond(pdu, Status.SYSTEM_ERROR)
    await esme.ask(Command.ENQUIRE_LINK)
    esme.acknowledge = 0
    await site.pass_time()
    again = [(await esme.next()).octets("short_message") for _ in range(4)]
    assert again == [b"one", b"two", b"three", b"four"]


async def test_a_message_that_expired_on_its_way_is_not_sent_again(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    esme.acknowledge = None
    site.phone.send(CODE, "old")
    await site.pass_time()
    await esme.next()
    await site.pass_time(3 * 86_400)
    await esme.close()
    again = await site.bound()
    await again.ask(Command.ENQUIRE_LINK)
    assert again.got.empty()
