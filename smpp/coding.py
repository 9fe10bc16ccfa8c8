"""data_coding: user data to octets and back, by what the carrier means with 0.

Units are septets or UTF-16 as everywhere in the gateway; a peer's Latin-1, Cyrillic or
Japanese text becomes one of the two. What cannot be read stays octets with its coding.

Spec: SMPP 3.4 5.2.19; 3GPP TS 23.038 clause 4; spec/smpp.md 32 to 34
"""

from typing import Final

from gateway.codec.dcs import Alphabet, DataCoding, decode_dcs
from gateway.codec.gsm7 import (
    UnencodableError,
    decode_septets,
    encode_septets,
    pack,
    unpack,
)
from gateway.codec.udh import (
    Element,
    encode_header,
    find_locking,
    find_single,
)
from gateway.codec.user_data import UserData, fill_bits
from smpp.config import DefaultAlphabet

LATIN1: Final = 3
OCTETS: Final = 4
UCS2: Final = 8
_BIG_ENDIAN_MARK: Final = b"\xfe\xff"
_LITTLE_ENDIAN_MARK: Final = b"\xff\xfe"
_SEPTET_MASK: Final = 0x80
_FIRST_LETTER: Final = 0x20

_PYTHON_CODECS: Final = {
    1: "ascii",
    LATIN1: "latin-1",
    5: "shift_jis",
    6: "iso8859_5",
    7: "iso8859_8",
    9: "shift_jis",
    0x0A: "iso2022_jp",
    0x0D: "euc_jp",
    0x0E: "euc_kr",
}
_DEFAULT_CODECS: Final = {
    DefaultAlphabet.LATIN1: "latin-1",
    DefaultAlphabet.ASCII: "ascii",
    DefaultAlphabet.UTF8: "utf-8",
}


def encode_body(
    body: UserData, header: tuple[Element, ...], alphabet: DefaultAlphabet
) -> bytes:
    """Header and units; `UnencodableError` where the alphabet has no place for one."""
    front = encode_header(header)
    if body.alphabet is not Alphabet.GSM7 or alphabet is DefaultAlphabet.GSM:
        return front + body.units
    if alphabet is DefaultAlphabet.GSM_PACKED:
        return front + pack(body.units, fill_bits=fill_bits(len(front)))
    text = decode_septets(
        body.units, locking=find_locking(body.header), single=find_single(body.header)
    )
    try:
        return front + text.encode(_DEFAULT_CODECS[alphabet])
    except UnicodeEncodeError as error:
        raise UnencodableError((text[error.start],)) from error


def data_coding(body: UserData, message_class: int | None, gsm_coding: int) -> int:
    """The octet for a body; `gsm_coding` is what the carrier wants for GSM text."""
    match body.alphabet:
        case Alphabet.GSM7:
            return gsm_coding if message_class is None else 0x10 | message_class
        case Alphabet.OCTETS:
            return OCTETS if message_class is None else 0xF4 | message_class
        case Alphabet.UCS2:
            return UCS2 if message_class is None else 0x18 | message_class


def read_coding(octet: int) -> DataCoding:
    """What a data_coding says beside the alphabet: class, waiting indication."""
    if octet >= 0x10:
        return decode_dcs(octet)
    alphabet = {2: Alphabet.OCTETS, OCTETS: Alphabet.OCTETS, UCS2: Alphabet.UCS2}
    return DataCoding(octet=octet, alphabet=alphabet.get(octet, Alphabet.GSM7))


def decode_body(
    octets: bytes,
    header: tuple[Element, ...],
    octet: int,
    alphabet: DefaultAlphabet,
) -> UserData:
    """The user data of any octets; what is not text under its coding is 8-bit."""
    coding = read_coding(octet)
    if coding.alphabet is Alphabet.OCTETS:
        return UserData(alphabet=Alphabet.OCTETS, header=header, units=octets)
    if coding.alphabet is Alphabet.UCS2:
        return UserData(alphabet=Alphabet.UCS2, header=header, units=_unmarked(octets))
    codec = _PYTHON_CODECS.get(octet)
    if octet == 0:
        codec = _DEFAULT_CODECS.get(alphabet)
    if codec is None:
        return _septets(octets, header, alphabet)
    try:
        return text_body(octets.decode(codec), header)
    except UnicodeDecodeError:
        return UserData(alphabet=Alphabet.OCTETS, header=header, units=octets)


def _unmarked(octets: bytes) -> bytes:
    """Without a byte-order mark; one that tells the other order is believed."""
    if octets.startswith(_LITTLE_ENDIAN_MARK) and len(octets) % 2 == 0:
        swapped = bytearray(octets[2:])
        swapped[::2], swapped[1::2] = swapped[1::2], swapped[::2]
        return bytes(swapped)
    return octets.removeprefix(_BIG_ENDIAN_MARK)


def looks_like_ucs2(octets: bytes) -> bool:
    """Whether octets that say they are the default alphabet are UTF-16 all the same.

    Some carriers write 0 over every text. In GSM text control-like octets are rare; in
    alphabets of UCS-2 they are every second one.
    """
    if not octets or len(octets) % 2:
        return False
    try:
        text = octets.decode("utf-16-be")
    except UnicodeDecodeError:
        return False
    readable = all(char.isprintable() or char in "\r\n\t" for char in text)
    low = sum(1 for octet in octets[::2] if octet < _FIRST_LETTER)
    return readable and (low * 2 > len(octets[::2]) or max(octets) > _SEPTET_MASK)


def _septets(
    octets: bytes, header: tuple[Element, ...], alphabet: DefaultAlphabet
) -> UserData:
    if alphabet is DefaultAlphabet.GSM_PACKED:
        fill = fill_bits(len(encode_header(header)))
        units = unpack(octets, (len(octets) * 8 - fill) // 7, fill_bits=fill)
        return UserData(alphabet=Alphabet.GSM7, header=header, units=units)
    if any(unit & _SEPTET_MASK for unit in octets):
        # No GSM text at all, though it says so.
        return UserData(alphabet=Alphabet.OCTETS, header=header, units=octets)
    return UserData(alphabet=Alphabet.GSM7, header=header, units=octets)


def text_body(text: str, header: tuple[Element, ...] = ()) -> UserData:
    """The whole text as user data, however long."""
    try:
        units, alphabet = encode_septets(text), Alphabet.GSM7
    except UnencodableError:
        units, alphabet = text.encode("utf-16-be"), Alphabet.UCS2
    return UserData(alphabet=alphabet, header=header, units=units)
