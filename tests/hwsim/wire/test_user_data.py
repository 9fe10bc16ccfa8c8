"""User data: coding groups, headers, lengths."""

import pytest

from hwsim.wire import WireError
from hwsim.wire.user_data import (
    Alphabet,
    UserData,
    alphabet_of,
    read_user_data,
    relinked,
)


@pytest.mark.parametrize(
    ("dcs", "alphabet"),
    [
        (0x00, Alphabet.GSM7),
        (0x04, Alphabet.OCTETS),
        (0x08, Alphabet.UCS2),
        (0x19, Alphabet.UCS2),
        (0x48, Alphabet.UCS2),
        (0x80, Alphabet.GSM7),
        (0xC8, Alphabet.GSM7),
        (0xE0, Alphabet.UCS2),
        (0xF1, Alphabet.GSM7),
        (0xF5, Alphabet.OCTETS),
    ],
)
def test_each_coding_group_has_its_alphabet(dcs: int, alphabet: Alphabet) -> None:
    assert alphabet_of(dcs) is alphabet


def test_the_last_valid_concatenation_counts() -> None:
    header = bytes.fromhex("10 0003010201 0804123403020003050203")
    link = UserData(dcs=0, header=header, body=b"").concatenation
    assert link is not None
    assert (link.reference, link.total, link.number) == (0x1234, 3, 2)
    assert link.wide


@pytest.mark.parametrize("numbers", ["0200", "0203", "0000"])
def test_a_number_outside_the_total_is_no_concatenation(numbers: str) -> None:
    header = bytes.fromhex(f"05000301{numbers}")
    assert UserData(dcs=0, header=header, body=b"").concatenation is None


def test_a_header_fills_up_to_a_septet() -> None:
    user = UserData(dcs=0, header=bytes.fromhex("050003010201"), body=b"A" * 153)
    assert user.length == 160
    assert len(user.octets) == 140
    read = read_user_data(user.octets, dcs=0, length=160, has_header=True)
    assert read == user


@pytest.mark.parametrize(("length", "octets"), [(161, 141), (5, 4), (5, 6), (0, 1)])
def test_octets_that_do_not_fit_the_length_are_refused(
    length: int, octets: int
) -> None:
    with pytest.raises(WireError):
        read_user_data(bytes(octets), dcs=0, length=length, has_header=False)


def test_a_header_longer_than_the_data_is_refused() -> None:
    with pytest.raises(WireError):
        read_user_data(b"\x09\x00", dcs=4, length=2, has_header=True)


def test_relinking_changes_only_what_is_asked() -> None:
    user = UserData(dcs=0, header=bytes.fromhex("08 0003010201 240101"), body=b"")
    changed = relinked(user, reference=9, number=2)
    link = changed.concatenation
    assert link is not None
    assert (link.reference, link.total, link.number) == (9, 2, 2)
    assert changed.tables == (0, 1)
