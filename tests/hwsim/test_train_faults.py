"""The operator's faults on the segments of a phone's message, one test each."""

from typing import Any

from hwsim.sending import SendOptions
from hwsim.wire.sms import Alphabet, UserData, decode_time, text_of
from tests.hwsim.operator import MODEM, PHONE, Operator

_LONG = "".join(f"{number:04d} " for number in range(90))


async def _arrived(
    kind: str, text: str = _LONG, options: SendOptions | None = None, **values: Any
) -> list[UserData]:
    operator = Operator()
    operator.network.faults.add(kind, **values)
    operator.network.phone(PHONE).send(MODEM, text, options)
    await operator.clock.pass_time(30)
    return [message.user for message in operator.radio.messages]


def _numbers(users: list[UserData]) -> list[int | None]:
    links = [user.concatenation for user in users]
    return [link.number if link else None for link in links]


async def test_segments_come_in_another_order() -> None:
    numbers = _numbers(await _arrived("segments_reordered"))
    assert numbers != [1, 2, 3]
    assert sorted(number or 0 for number in numbers) == [1, 2, 3]


async def test_a_segment_comes_twice() -> None:
    assert _numbers(await _arrived("segment_duplicate", number=2)) == [1, 2, 2, 3]


async def test_a_segment_is_missing() -> None:
    assert _numbers(await _arrived("segment_missing", number=3)) == [1, 2]


async def test_a_message_comes_twice() -> None:
    users = await _arrived("message_duplicate", "short")
    assert [text_of([user]) for user in users] == ["short", "short"]


async def test_two_senders_share_a_reference() -> None:
    operator = Operator()
    operator.network.faults.add("segments_interleaved", sender="+79990000000")
    operator.network.phone(PHONE).send(MODEM, _LONG)
    await operator.clock.pass_time(30)
    messages = operator.radio.messages
    senders = [str(message.originator) for message in messages]
    assert senders == [PHONE, "+79990000000"] * 3
    links = [message.user.concatenation for message in messages]
    assert len({link.reference for link in links if link}) == 1


async def test_a_reference_is_used_again() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    phone.send(MODEM, _LONG)
    operator.network.faults.add("reference_reused")
    phone.send(MODEM, _LONG[::-1])
    await operator.clock.pass_time(30)
    links = [message.user.concatenation for message in operator.radio.messages]
    assert len({link.reference for link in links if link}) == 1
    assert len(links) == 6


async def test_a_segment_calls_itself_zero() -> None:
    users = await _arrived("segment_number_zero", number=2)
    assert users[1].header.hex().endswith("0300")


async def test_a_segment_calls_itself_more_than_there_are() -> None:
    users = await _arrived("segment_number_above_total", number=2)
    assert users[1].header.hex().endswith("0304")


async def test_segments_are_of_mixed_coding_and_the_text_is_the_same() -> None:
    users = await _arrived("segments_mixed_dcs")
    assert {user.alphabet for user in users} == {Alphabet.GSM7, Alphabet.UCS2}
    assert text_of(users) == _LONG


async def test_cyrillic_segments_are_of_mixed_class() -> None:
    text = "Я" * 200
    users = await _arrived("segments_mixed_dcs", text)
    assert len({user.dcs for user in users}) == 2
    assert text_of(users) == text


async def test_an_escape_is_cut() -> None:
    text = "a" * 100 + "€" * 100
    users = await _arrived("escape_cut", text)
    assert any(user.body.endswith(b"\x1b") for user in users)
    assert text_of(users) == text
    assert all(user.length <= 160 for user in users)


async def test_a_surrogate_is_cut() -> None:
    text = "a😀"
    users = await _arrived("surrogate_cut", text)
    assert len(users) == 2
    assert "\ufffd" in text_of(users[:1])
    assert text_of(users) == text


async def test_a_message_has_a_time_that_is_none() -> None:
    operator = Operator()
    operator.network.faults.add("message_bad_time")
    phone = operator.network.phone(PHONE)
    phone.send(MODEM, "one")
    phone.send(MODEM, "two")
    await operator.clock.pass_time(30)
    first, second = operator.radio.messages
    assert first.service_time == bytes(7)
    assert decode_time(second.service_time) < operator.clock.now()


async def test_a_fault_waits_for_a_message_it_can_be_done_to() -> None:
    operator = Operator()
    operator.network.faults.add("segment_missing", number=1)
    phone = operator.network.phone(PHONE)
    phone.send(MODEM, "short")
    phone.send(MODEM, _LONG)
    await operator.clock.pass_time(30)
    assert len(operator.radio.messages) == 3
