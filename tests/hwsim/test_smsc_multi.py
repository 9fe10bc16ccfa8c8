"""One message to several."""

from collections.abc import AsyncIterator

import pytest

from hwsim.wire.smpp import Command, Status
from tests.hwsim.esme import CODE, PHONE, SmscWorld, smsc_world

OTHER = "+79991234568"


@pytest.fixture
async def site() -> AsyncIterator[SmscWorld]:
    async with smsc_world() as site:
        yield site


def to(*numbers: str) -> dict[str, int | str | bytes]:
    octets = bytes((len(numbers),))
    for number in numbers:
        octets += b"\1\1\1" + number.removeprefix("+").encode() + b"\0"
    return fields(octets)


def fields(destinations: bytes) -> dict[str, int | str | bytes]:
    return {
        "source_addr": CODE,
        "destinations": destinations,
        "registered_delivery": 1,
        "short_message": b"hello",
    }


async def test_each_of_them_gets_it_and_each_is_reported_under_one_id(
    site: SmscWorld,
) -> None:
    esme = await site.bound()
    answer = await esme.ask(Command.SUBMIT_MULTI, to(PHONE, OTHER))
    assert (answer.status, answer.octets("failures")) == (0, b"\0")
    await site.pass_time()
    receipts = [await esme.next(), await esme.next()]
    assert {one.text("source_addr") for one in receipts} == {PHONE[1:], OTHER[1:]}
    named = answer.text("message_id").encode()
    assert all(b"id:" + named in one.octets("short_message") for one in receipts)
    for number in (PHONE, OTHER):
        phone = site.world.network.phone(number)
        assert [message.text for message in phone.received] == ["hello"]


async def test_who_cannot_be_written_to_is_named(site: SmscWorld) -> None:
    esme = await site.bound()
    answer = await esme.ask(Command.SUBMIT_MULTI, to(PHONE, "Bank"))
    assert answer.status == Status.OK
    assert answer.octets("failures") == b"\1\1\1Bank\0\0\0\0\x0b"


@pytest.mark.parametrize(
    ("destinations", "status"),
    [
        (b"\0", Status.INVALID_DESTINATIONS),
        (b"\1\2friends\0", Status.INVALID_LIST),
        (b"\1\1\1\1Bank\0", Status.INVALID_DESTINATION),
    ],
)
async def test_what_reaches_nobody_is_refused(
    site: SmscWorld, destinations: bytes, status: int
) -> None:
    esme = await site.bound()
    answer = await esme.ask(Command.SUBMIT_MULTI, fields(destinations))
    assert answer.status == status
