"""Message octets as SMPP carries them to user data of segments, and back.

Relies on the wire codec and on an account's charsets. One septet per octet is what
"unpacked" means; a national language keeps its header elements.

Spec: SMPP 3.4 5.2.19, 5.2.12; 3GPP TS 23.038 4; smpp.md 3.4
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hwsim.smsc_account import Account, Charset
from hwsim.wire import WireError, gsm7
from hwsim.wire.smpp import SmppRefusal, Status
from hwsim.wire.sms import (
    Alphabet,
    Concatenation,
    UserData,
    alphabet_of,
    segment_octets,
    segment_text,
    text_of,
)
from hwsim.wire.text import capacity
from hwsim.wire.user_data import (
    CONCATENATION_8,
    CONCATENATION_16,
    dcs_for,
    elements_of,
    header_of,
)

CODING_DEFAULT, CODING_IA5, CODING_OCTETS, CODING_UCS2 = 0, 1, 4, 8
_CODINGS = {
    Alphabet.GSM7: CODING_DEFAULT,
    Alphabet.OCTETS: CODING_OCTETS,
    Alphabet.UCS2: CODING_UCS2,
}
_CODECS = {
    3: "latin-1",
    5: "shift_jis",
    6: "iso8859-5",
    7: "iso8859-8",
    0x0A: "iso2022_jp",
    0x0D: "euc_jp",
    0x0E: "euc_kr",
}
# Above these data_coding is a GSM DCS. Spec: SMPP 3.4 5.2.19, note d
_CLASSED = range(0x10, 0x20)
_FIRST_GSM_GROUP = 0xC0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stands in short_message or message_payload."""

    data_coding: int
    octets: bytes


def read_segment(
    octets: bytes, data_coding: int, account: Account, *, has_header: bool
) -> UserData:
    """One segment of a submit; SmppRefusal when it is too long or makes no sense."""
    header = b""
    if has_header:
        header = octets[: octets[0] + 1] if octets else b""
        if not header or len(header) != octets[0] + 1:
            reason = "the user data header is longer than the message"
            raise SmppRefusal(Status.INVALID_ESM_CLASS, reason)
    user = _read(octets[len(header) :], data_coding, header, account)
    if len(user.body) > capacity(user.dcs, len(header)):
        reason = f"{len(user.body)} units do not fit one segment"
        raise SmppRefusal(Status.INVALID_MESSAGE_LENGTH, reason)
    return user


def read_payload(
    octets: bytes, data_coding: int, account: Account, reference: int
) -> list[UserData]:
    """As many segments as it takes."""
    whole = _read(octets, data_coding, b"", account)
    try:
        if whole.alphabet is Alphabet.OCTETS:
            parts = segment_octets(whole.body, reference=reference)
        else:
            parts = segment_text(
                text_of([whole]), alphabet=whole.alphabet, reference=reference
            )
    except (WireError, UnicodeEncodeError) as error:
        raise SmppRefusal(Status.INVALID_MESSAGE_LENGTH, str(error)) from error
    return [replace(part, dcs=whole.dcs) for part in parts]


def linked(user: UserData, reference: int, total: int, number: int) -> UserData:
    """The segment with the header element that SAR parameters stand for."""
    if not 1 <= number <= total:
        raise SmppRefusal(Status.INVALID_TLV_VALUE, f"segment {number} of {total}")
    link = Concatenation(reference=reference, total=total, number=number, wide=True)
    user = replace(user, header=header_of(link.element() + user.header[1:]))
    if len(user.body) > capacity(user.dcs, len(user.header)):
        reason = f"{len(user.body)} units do not fit one segment of a long message"
        raise SmppRefusal(Status.INVALID_MESSAGE_LENGTH, reason)
    return user


def unlinked(user: UserData) -> UserData:
    """The segment without its concatenation."""
    elements = b"".join(
        bytes((kind, len(value))) + value
        for kind, value in elements_of(user.header)
        if kind not in (CONCATENATION_8, CONCATENATION_16)
    )
    return replace(user, header=header_of(elements))


def write_content(users: Sequence[UserData], account: Account) -> Content:
    """Header and body of a segment; of several, their bodies joined."""
    first = users[0]
    body = b"".join(user.body for user in users)
    coding = _CODINGS[first.alphabet]
    if first.alphabet is Alphabet.GSM7 and first.tables == (0, 0):
        coding, body = _in_charset(body, account.alphabet, first.header)
    if first.dcs & 0xF0 in (0x10, 0xF0):
        coding = first.dcs
    return Content(data_coding=coding, octets=first.header + body)


def _read(octets: bytes, data_coding: int, header: bytes, account: Account) -> UserData:
    if data_coding == CODING_DEFAULT:
        return _in_alphabet(octets, account.alphabet, header)
    if data_coding == CODING_IA5:
        return _in_alphabet(octets, account.ia5, header)
    if data_coding == CODING_UCS2:
        return _ucs2(octets, data_coding, header)
    if data_coding in _CODECS:
        return _of_text(octets, _CODECS[data_coding], header)
    if data_coding in _CLASSED or data_coding >= _FIRST_GSM_GROUP:
        match alphabet_of(data_coding):
            case Alphabet.GSM7:
                return _septets(octets, data_coding, header)
            case Alphabet.UCS2:
                return _ucs2(octets, data_coding, header)
            case Alphabet.OCTETS:
                return UserData(dcs=data_coding, header=header, body=octets)
    # Of the rest only binary means something; a reserved coding is kept as octets.
    dcs = dcs_for(Alphabet.OCTETS)
    return UserData(dcs=dcs, header=header, body=octets)


def _in_alphabet(octets: bytes, charset: Charset, header: bytes) -> UserData:
    match charset:
        case Charset.GSM:
            return _septets(octets, 0, header)
        case Charset.GSM_PACKED:
            fill_bits = -8 * len(header) % 7
            count = (8 * len(octets) - fill_bits) // 7
            septets = gsm7.unpack(octets, max(0, count), fill_bits=fill_bits)
            return UserData(dcs=0, header=header, body=septets)
        case Charset.LATIN1:
            return _of_text(octets, "latin-1", header)
        case Charset.ASCII:
            return _of_text(octets, "ascii", header)
        case Charset.UTF8:
            return _of_text(octets, "utf-8", header)


def _septets(octets: bytes, dcs: int, header: bytes) -> UserData:
    if any(octet > 0x7F for octet in octets):
        reason = "an octet above 0x7F in the GSM alphabet"
        raise SmppRefusal(Status.SUBMIT_FAILED, reason)
    return UserData(dcs=dcs, header=header, body=octets)


def _ucs2(octets: bytes, dcs: int, header: bytes) -> UserData:
    if len(octets) % 2:
        raise SmppRefusal(Status.INVALID_MESSAGE_LENGTH, "half a UCS-2 unit")
    return UserData(dcs=dcs, header=header, body=octets)


def _of_text(octets: bytes, codec: str, header: bytes) -> UserData:
    try:
        text = octets.decode(codec)
    except UnicodeDecodeError as error:
        raise SmppRefusal(Status.SUBMIT_FAILED, str(error)) from error
    if gsm7.encodable(text):
        return UserData(dcs=0, header=header, body=gsm7.encode(text))
    dcs = dcs_for(Alphabet.UCS2)
    return UserData(dcs=dcs, header=header, body=text.encode("utf-16-be"))


def _in_charset(septets: bytes, charset: Charset, header: bytes) -> tuple[int, bytes]:
    """In the account's charset, or in UCS-2 when that has no such character."""
    if charset is Charset.GSM:
        return CODING_DEFAULT, septets
    if charset is Charset.GSM_PACKED:
        packed = gsm7.pack(septets, fill_bits=-8 * len(header) % 7)
        return CODING_DEFAULT, packed
    text = gsm7.decode(septets)
    codec = {Charset.LATIN1: "latin-1", Charset.ASCII: "ascii"}.get(charset, "utf-8")
    try:
        return CODING_DEFAULT, text.encode(codec)
    except UnicodeEncodeError:
        return CODING_UCS2, text.encode("utf-16-be")
