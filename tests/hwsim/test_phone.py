"""A phone's joining, counting and sending."""

from itertools import pairwise

from hwsim.clock import VirtualClock
from hwsim.network import Network
from hwsim.phone import Phone
from hwsim.sending import SendOptions
from hwsim.wire.sms import Address, DeliverTpdu, UserData, segment_octets, segment_text

_SENDER = Address.of("+79160000001")
_TEXT = "".join(f"{number:04d} " for number in range(90))


def _phone() -> Phone:
    return Network(VirtualClock()).phone("+79991234567")


def _receive(phone: Phone, *users: UserData, sender: Address = _SENDER) -> None:
    for user in users:
        phone.receive(DeliverTpdu(originator=sender, user=user, service_time=bytes(7)))


def test_segments_in_any_order_are_one_message() -> None:
    phone = _phone()
    one, two, three = segment_text(_TEXT, reference=1)
    _receive(phone, three, one, two)
    [message] = phone.received
    assert message.text == _TEXT
    assert phone.duplicates == 0


def test_a_gap_is_known_and_filled_late() -> None:
    phone = _phone()
    one, two, three = segment_text(_TEXT, reference=1)
    _receive(phone, one, three)
    [message] = phone.received
    assert message.missing == [2]
    _receive(phone, two)
    assert message.missing == []
    assert message.text == _TEXT


def test_a_repeated_segment_is_counted_and_absorbed() -> None:
    phone = _phone()
    one, two, three = segment_text(_TEXT, reference=1)
    _receive(phone, one, two, two, three, three)
    [message] = phone.received
    assert message.text == _TEXT
    assert phone.duplicates == 2
    assert [segment.duplicate for segment in message.segments] == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_repeated_short_message_is_shown_twice_and_counted() -> None:
    phone = _phone()
    [user] = segment_text("hello")
    _receive(phone, user, user)
    assert [message.duplicate for message in phone.received] == [False, True]
    assert phone.duplicates == 1


def test_the_same_text_under_another_reference_is_a_duplicate() -> None:
    phone = _phone()
    _receive(phone, *segment_text(_TEXT, reference=1))
    _receive(phone, *segment_text(_TEXT, reference=2))
    assert [message.duplicate for message in phone.received] == [False, True]
    assert phone.duplicates == 1


def test_a_reference_that_came_round_starts_a_new_message() -> None:
    phone = _phone()
    _receive(phone, *segment_text(_TEXT, reference=1)[:2])
    _receive(phone, *segment_text(_TEXT[::-1], reference=1))
    assert [message.missing for message in phone.received] == [[3], []]


def test_two_senders_do_not_mix() -> None:
    phone = _phone()
    other = Address.of("+79160000002")
    for mine, theirs in zip(
        segment_text(_TEXT, reference=1),
        segment_text(_TEXT[::-1], reference=1),
        strict=True,
    ):
        _receive(phone, mine)
        _receive(phone, theirs, sender=other)
    assert [message.text for message in phone.received] == [_TEXT, _TEXT[::-1]]


def test_octets_are_kept_as_octets() -> None:
    phone = _phone()
    _receive(phone, *segment_octets(bytes(range(200)), reference=1, ports=(2948, 9200)))
    [message] = phone.received
    assert b"".join(user.body for user in message.by_number.values()) == bytes(
        range(200)
    )


def test_references_of_a_phone_grow_and_wrap() -> None:
    phone = _phone()
    references = []
    for _ in range(300):
        link = phone.send("+79990000000", _TEXT).segments[0].concatenation
        assert link is not None
        references.append(link.reference)
    steps = {(b - a) % 256 for a, b in pairwise(references)}
    assert steps == {1}


def test_the_order_on_the_air_is_as_asked() -> None:
    phone = _phone()
    options = SendOptions(order=(3, 1, 2), duplicate=(1,), reference=77)
    sent = phone.send("+79990000000", _TEXT, options)
    assert sent.on_air == 4
    link = sent.segments[0].concatenation
    assert link is not None
    assert link.reference == 77
