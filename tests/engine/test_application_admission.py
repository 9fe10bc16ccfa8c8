"""Who is let in."""

import pytest

from gateway.core.application import Account, AdmissionFault, NotAdmitted
from gateway.engine.application_admission import is_within
from gateway.engine.growing_pause import FIRST_PAUSE_S, LONGEST_PAUSE_S
from tests.support.application import open_account
from tests.support.password import cheap_hash
from tests.support.rooms import Rooms

PASSWORD = "s3cret"
HERE = "192.0.2.7"


async def opened(rooms: Rooms, system_id: str = "crm", **fields: object) -> Account:
    return await open_account(
        rooms,
        system_id,
        password_hash=cheap_hash(PASSWORD),
        **fields,
    )


async def fault(
    rooms: Rooms, password: str, *, system_id: str = "crm", source: str = HERE
) -> AdmissionFault | None:
    try:
        await rooms.desk.admit(system_id, password, source)
    except NotAdmitted as error:
        return error.fault
    return None


async def test_the_right_password_opens_the_account(rooms: Rooms) -> None:
    made = await opened(rooms)
    assert await rooms.desk.admit("crm", PASSWORD, HERE) == made


async def test_every_reason_has_its_name(rooms: Rooms) -> None:
    await opened(rooms)
    await opened(rooms, "off", disabled_at=rooms.clock.now())
    await opened(rooms, "near", sources=("192.0.2.0/28", "2001:db8::/32"))
    assert await fault(rooms, "wrong") is AdmissionFault.WRONG_PASSWORD
    assert await fault(rooms, PASSWORD, system_id="no") is (
        AdmissionFault.UNKNOWN_ACCOUNT
    )
    assert await fault(rooms, PASSWORD, system_id="off") is AdmissionFault.DISABLED
    assert await fault(rooms, PASSWORD, system_id="near") is None
    far = await fault(rooms, PASSWORD, system_id="near", source="192.0.2.16")
    assert far is AdmissionFault.SOURCE


async def test_who_does_not_know_the_password_learns_nothing_else(
    rooms: Rooms,
) -> None:
    await opened(rooms, disabled_at=rooms.clock.now(), sources=("203.0.113.0/24",))
    assert await fault(rooms, "wrong") is AdmissionFault.WRONG_PASSWORD


async def test_after_five_failures_not_even_the_right_one_is_looked_at(
    rooms: Rooms,
) -> None:
    await opened(rooms)
    for _ in range(5):
        assert await fault(rooms, "wrong") is AdmissionFault.WRONG_PASSWORD
    assert await fault(rooms, PASSWORD) is AdmissionFault.TOO_MANY_FAILURES
    assert await fault(rooms, PASSWORD, source="192.0.2.8") is None
    rooms.clock.pass_time(FIRST_PAUSE_S)
    assert await fault(rooms, PASSWORD) is None
    assert await fault(rooms, "wrong") is AdmissionFault.WRONG_PASSWORD
    assert await fault(rooms, PASSWORD) is None


async def test_the_pause_grows_with_each_failure_and_has_an_end(rooms: Rooms) -> None:
    await opened(rooms)
    for _ in range(5):
        await fault(rooms, "wrong")
    pauses = []
    for _ in range(8):
        pause_s = 0.0
        while await fault(rooms, "wrong") is AdmissionFault.TOO_MANY_FAILURES:
            rooms.clock.pass_time(10)
            pause_s += 10
        pauses.append(pause_s)
    assert pauses == [10, 20, 40, 80, 160, 320, 640, LONGEST_PAUSE_S]


async def test_old_failures_are_forgotten(rooms: Rooms) -> None:
    await opened(rooms)
    for _ in range(4):
        await fault(rooms, "wrong")
    rooms.clock.pass_time(61)
    for _ in range(4):
        assert await fault(rooms, "wrong") is AdmissionFault.WRONG_PASSWORD
    assert await fault(rooms, PASSWORD) is None


@pytest.mark.parametrize(
    ("source", "is_inside"),
    [
        ("192.0.2.1", True),
        ("::ffff:192.0.2.1", True),
        ("2001:db8::1", True),
        ("fe80::1%eth0", False),
        ("198.51.100.1", False),
        ("somewhere", False),
        ("", False),
    ],
)
def test_an_address_is_inside_a_network(source: str, is_inside: bool) -> None:
    assert is_within(source, ("192.0.2.0/24", "2001:db8::/32")) is is_inside
