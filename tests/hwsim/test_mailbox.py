"""What waits for a modem."""

from hwsim.clock import VirtualClock
from hwsim.mailbox import Letter, Mailbox
from tests.hwsim.operator import KeepingRadio


class _Post:
    def __init__(self, radio: KeepingRadio) -> None:
        self.clock = VirtualClock()
        self.box = Mailbox(self.clock, "+79160000000", lambda: 1.0, 30.0)
        self.box.radio = radio
        self.settled: list[bytes] = []

    def put(self, tpdu: bytes, *, urgent: bool = False) -> Letter:
        letter = Letter(tpdu=tpdu, settled=lambda: self.settled.append(tpdu))
        self.box.put(letter, urgent=urgent)
        return letter


def test_letters_go_one_by_one_at_the_network_s_pace() -> None:
    radio = KeepingRadio()
    post = _Post(radio)
    for octet in (b"1", b"2", b"3"):
        post.put(octet)
    assert radio.got == [b"1"]
    post.clock.advance(1)
    assert radio.got == [b"1", b"2"]
    post.clock.advance(1)
    assert post.settled == [b"1", b"2", b"3"]


def test_a_modem_without_room_is_tried_again_later() -> None:
    radio = KeepingRadio(room=False)
    post = _Post(radio)
    post.put(b"1")
    radio.room = True
    post.clock.advance(29)
    assert not post.settled
    post.clock.advance(2)
    assert post.settled == [b"1"]


def test_a_modem_off_the_air_is_not_asked() -> None:
    radio = KeepingRadio(reachable=False)
    post = _Post(radio)
    post.put(b"1")
    assert not radio.got
    radio.reachable = True
    post.box.push()
    assert radio.got == [b"1"]


def test_an_urgent_letter_goes_first_and_now() -> None:
    radio = KeepingRadio(room=False)
    post = _Post(radio)
    post.put(b"1")
    radio.room = True
    post.put(b"2", urgent=True)
    assert radio.got == [b"2"]
    post.clock.advance(1)
    assert radio.got == [b"2", b"1"]


def test_a_discarded_letter_never_goes() -> None:
    radio = KeepingRadio(room=False)
    post = _Post(radio)
    letter = post.put(b"1")
    post.box.discard(letter)
    radio.room = True
    post.clock.advance(100)
    assert not radio.got
    assert len(post.box) == 0


def test_a_refused_acknowledgement_leaves_the_letter() -> None:
    radio = KeepingRadio(room=False)
    post = _Post(radio)
    post.put(b"1")
    post.box.acknowledged(b"1", ok=False)
    assert len(post.box) == 1
    post.box.acknowledged(b"1", ok=True)
    assert post.settled == [b"1"]


def test_an_acknowledgement_of_altered_octets_means_the_letter_handed_last() -> None:
    radio = KeepingRadio(room=False)
    post = _Post(radio)
    post.put(b"12")
    post.box.acknowledged(b"102", ok=True)
    assert post.settled == [b"12"]
    post.box.acknowledged(b"102", ok=True)
    assert post.settled == [b"12"]
