"""3GPP TS 23.038 clause 4: all 256 data coding schemes."""

import pytest

from gateway.codec.dcs import (
    Alphabet,
    DataCoding,
    IndicationKind,
    decode_dcs,
    encode_dcs,
)

GSM7, OCTETS, UCS2 = Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2


def test_every_octet_has_a_meaning_and_keeps_its_value() -> None:
    for octet in range(256):
        assert decode_dcs(octet).octet == octet


@pytest.mark.parametrize(
    ("octet", "alphabet", "message_class"),
    [
        (0x00, GSM7, None),
        (0x03, GSM7, None),
        (0x04, OCTETS, None),
        (0x08, UCS2, None),
        (0x0C, GSM7, None),
        (0x10, GSM7, 0),
        (0x15, OCTETS, 1),
        (0x1A, UCS2, 2),
        (0x80, GSM7, None),
        (0xBF, GSM7, None),
        (0xF0, GSM7, 0),
        (0xF3, GSM7, 3),
        (0xF5, OCTETS, 1),
        (0xF7, OCTETS, 3),
    ],
)
def test_groups_give_alphabet_and_class(
    octet: int, alphabet: Alphabet, message_class: int | None
) -> None:
    coding = decode_dcs(octet)
    assert coding == DataCoding(
        octet=octet, alphabet=alphabet, message_class=message_class
    )


def test_the_automatic_deletion_group_is_coded_as_the_general_one() -> None:
    for octet in range(0x40):
        general, deleted = decode_dcs(octet), decode_dcs(octet | 0x40)
        assert (deleted.alphabet, deleted.message_class, deleted.compressed) == (
            general.alphabet,
            general.message_class,
            general.compressed,
        )
        assert deleted.auto_delete
        assert not general.auto_delete


def test_compressed_user_data_are_octets_whatever_the_alphabet() -> None:
    for octet in (0x20, 0x24, 0x28, 0x35, 0x60):
        coding = decode_dcs(octet)
        assert coding.compressed
        assert coding.alphabet is OCTETS


@pytest.mark.parametrize(
    ("octet", "alphabet", "kind", "active", "store"),
    [
        (0xC0, GSM7, IndicationKind.VOICEMAIL, False, False),
        (0xC9, GSM7, IndicationKind.FAX, True, False),
        (0xD2, GSM7, IndicationKind.EMAIL, False, True),
        (0xDB, GSM7, IndicationKind.OTHER, True, True),
        (0xE8, UCS2, IndicationKind.VOICEMAIL, True, True),
    ],
)
def test_indication_groups_say_what_waits_and_whether_to_keep_the_text(
    octet: int, alphabet: Alphabet, kind: IndicationKind, active: bool, store: bool
) -> None:
    assert decode_dcs(octet) == DataCoding(
        octet=octet,
        alphabet=alphabet,
        indication=kind,
        indication_active=active,
        store=store,
    )


@pytest.mark.parametrize("alphabet", Alphabet)
@pytest.mark.parametrize("message_class", [None, 0, 1, 2, 3])
def test_an_encoded_scheme_is_read_back(
    alphabet: Alphabet, message_class: int | None
) -> None:
    coding = decode_dcs(encode_dcs(alphabet, message_class=message_class))
    assert (coding.alphabet, coding.message_class) == (alphabet, message_class)


def test_a_class_above_3_is_refused() -> None:
    with pytest.raises(ValueError, match="message class 4"):
        encode_dcs(GSM7, message_class=4)
