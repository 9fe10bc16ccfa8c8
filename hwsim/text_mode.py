"""Text mode: character sets of strings, and messages shown as lines.

Relies on ``wire.sms`` for what a TPDU holds. Strings stand for octets on the line,
one Latin-1 character each.

Spec: 3GPP TS 27.005 3.1 <data>, 3.3, 3.4; 3GPP TS 27.007 5.5
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hwsim.at_reply import CmsError
from hwsim.storage import Status
from hwsim.wire import WireError, gsm7
from hwsim.wire.sms import (
    Address,
    Alphabet,
    SubmitTpdu,
    TypeOfNumber,
    UserData,
    alphabet_of,
    decode_deliver,
    decode_status_report,
    decode_submit,
    encode_submit,
)
from hwsim.wire.timestamp import decode_relative_validity
from hwsim.wire.user_data import read_user_data

_HAS_HEADER = 0x40
_MESSAGE_TYPES = {0: "deliver", 1: "submit", 2: "report"}


class Charset(StrEnum):
    GSM = "GSM"
    IRA = "IRA"
    UCS2 = "UCS2"
    HEX = "HEX"
    LATIN_1 = "8859-1"


STATUS_WORDS = {
    Status.REC_UNREAD: "REC UNREAD",
    Status.REC_READ: "REC READ",
    Status.STO_UNSENT: "STO UNSENT",
    Status.STO_SENT: "STO SENT",
}


def write_string(text: str, charset: Charset) -> str:
    """A string for the line; what the set lacks becomes a question mark."""
    match charset:
        case Charset.UCS2:
            return text.encode("utf-16-be", "surrogatepass").hex().upper()
        case Charset.HEX:
            return gsm7.encode(_gsm_only(text)).hex().upper()
        case Charset.GSM:
            return gsm7.encode(_gsm_only(text)).decode("latin-1")
        case Charset.IRA:
            return text.encode("ascii", "replace").decode("ascii")
        case Charset.LATIN_1:
            return text.encode("latin-1", "replace").decode("latin-1")


def read_string(text: str, charset: Charset) -> str:
    """A string from the line; CMS 305 when it is not of the set."""
    try:
        match charset:
            case Charset.UCS2:
                return bytes.fromhex(text).decode("utf-16-be", "surrogatepass")
            case Charset.HEX:
                return gsm7.decode(bytes.fromhex(text))
            case Charset.GSM:
                return gsm7.decode(text.encode("latin-1"))
            case Charset.IRA | Charset.LATIN_1:
                return text
    except ValueError as error:
        raise CmsError(305) from error


def _gsm_only(text: str) -> str:
    return "".join(c if gsm7.encodable(c) else "?" for c in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as lines: values ahead of the data, and the data."""

    brief: tuple[str, ...]
    detail: tuple[str, ...]
    length: int
    data: str | None


def show(tpdu: bytes, smsc: str, charset: Charset) -> Shown:
    """Any stored TPDU; one that cannot be read is shown as its octets."""
    try:
        match _MESSAGE_TYPES.get(tpdu[0] & 3 if tpdu else 3):
            case "deliver":
                return _show_deliver(tpdu, smsc, charset)
            case "submit":
                return _show_submit(tpdu, smsc, charset)
            case "report":
                return _show_report(tpdu, charset)
            case _:
                pass
    except WireError:
        pass
    return Shown(
        brief=('""', "", '""'), detail=(), length=len(tpdu), data=tpdu.hex().upper()
    )


def _show_deliver(tpdu: bytes, smsc: str, charset: Charset) -> Shown:
    deliver = decode_deliver(tpdu)
    return Shown(
        brief=(
            _quoted(str(deliver.originator), charset),
            "",
            f'"{show_time(deliver.service_time)}"',
        ),
        detail=(
            str(type_octet(deliver.originator)),
            str(tpdu[0]),
            str(deliver.protocol_id),
            str(deliver.user.dcs),
            *_centre(smsc, charset),
        ),
        length=deliver.user.length,
        data=_data(deliver.user, charset),
    )


def _show_submit(tpdu: bytes, smsc: str, charset: Charset) -> Shown:
    submit = decode_submit(tpdu)
    return Shown(
        brief=(_quoted(str(submit.destination), charset), ""),
        detail=(
            str(type_octet(submit.destination)),
            str(tpdu[0]),
            str(submit.protocol_id),
            str(submit.user.dcs),
            "",
            *_centre(smsc, charset),
        ),
        length=submit.user.length,
        data=_data(submit.user, charset),
    )


def _show_report(tpdu: bytes, charset: Charset) -> Shown:
    report = decode_status_report(tpdu)
    return Shown(
        brief=(
            str(tpdu[0]),
            str(report.reference),
            _quoted(str(report.recipient), charset),
            str(type_octet(report.recipient)),
            f'"{show_time(report.service_time)}"',
            f'"{show_time(report.discharge_time)}"',
            str(report.status),
        ),
        detail=(),
        length=len(tpdu),
        data=None,
    )


def _quoted(text: str, charset: Charset) -> str:
    return f'"{write_string(text, charset)}"'


def _centre(smsc: str, charset: Charset) -> tuple[str, str]:
    kind = "145" if smsc.startswith("+") else "129"
    return _quoted(smsc, charset), kind


def _data(user: UserData, charset: Charset) -> str:
    if user.alphabet is Alphabet.GSM7 and not user.header:
        return write_string(gsm7.decode(user.body), charset)
    return user.octets.hex().upper()


def type_octet(address: Address) -> int:
    return 0x80 | address.ton << 4 | address.npi & 0x0F


def show_time(octets: bytes) -> str:
    """``yy/MM/dd,hh:mm:ss±zz`` of any octets. Spec: 27.005 3.1 <scts>"""
    pairs = [f"{octet & 0x0F:X}{octet >> 4:X}" for octet in octets[:6]]
    zone = octets[6] if len(octets) > 6 else 0
    sign = "-" if zone & 0x08 else "+"
    quarters = f"{zone & 0x07:X}{zone >> 4:X}"
    return f"{'/'.join(pairs[:3])},{':'.join(pairs[3:])}{sign}{quarters}"


def submit_from_text(
    body: str,
    *,
    number: str,
    type_of_address: int | None,
    parameters: Sequence[int],
    charset: Charset,
) -> bytes:
    """The SUBMIT of a body typed in text mode, with the values of +CSMP."""
    first, validity, protocol_id, dcs = parameters
    try:
        destination = _destination(number, type_of_address)
        submit = SubmitTpdu(
            reference=0,
            destination=destination,
            protocol_id=protocol_id,
            user=_user_data(body, dcs, charset, has_header=bool(first & _HAS_HEADER)),
            validity=decode_relative_validity(validity) if first & 0x18 else None,
            status_report=bool(first & 0x20),
            reject_duplicates=bool(first & 0x04),
            reply_path=bool(first & 0x80),
        )
        return encode_submit(submit)
    except ValueError as error:
        raise CmsError(305) from error


def _destination(number: str, type_of_address: int | None) -> Address:
    if type_of_address is None:
        return Address.of(number)
    ton = TypeOfNumber(type_of_address >> 4 & 7)
    return Address(digits=number.lstrip("+"), ton=ton, npi=type_of_address & 0x0F)


def _user_data(body: str, dcs: int, charset: Charset, *, has_header: bool) -> UserData:
    if alphabet_of(dcs) is Alphabet.GSM7 and not has_header:
        return _within(
            UserData(dcs=dcs, body=gsm7.encode(read_string(body, charset))), 160
        )
    octets = bytes.fromhex(body)
    length = len(octets)
    if alphabet_of(dcs) is Alphabet.GSM7:
        length = len(octets) * 8 // 7
    return read_user_data(octets, dcs=dcs, length=length, has_header=has_header)


def _within(user: UserData, limit: int) -> UserData:
    if user.length > limit:
        raise CmsError(305)
    return user
