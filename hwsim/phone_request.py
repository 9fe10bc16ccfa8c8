"""What a phone is asked to do, read from a request or a scenario: values, checked.

Relies on ``problem.Fields``; the control API and the scenario do it. Members:

message: to, text, shuffle, order, duplicate, drop (segment numbers), reference,
wide_reference, alphabet (gsm7, ucs2, 8bit), locking, single (a language), class,
protocol_id, data (hex, in place of text), ports (destination, source), delay_s
call: to, duration_s, hidden
The same text and reference with another order sends a segment late.

settings: reachable, report (delivered, temporary, permanent, none), delay_s, status

Spec: PRODUCT.md 8; modem.md 10.13 g
"""

from dataclasses import dataclass, replace

from hwsim.numbering import parse_number
from hwsim.phone import PhoneSettings, ReportMode
from hwsim.problem import Fields, Problem, invalid
from hwsim.sending import SendOptions
from hwsim.wire import WireError
from hwsim.wire.gsm7_tables import LANGUAGES
from hwsim.wire.sms import Alphabet

_MOST_SECONDS = 7 * 86_400.0
_RING_S = 20.0
_DIALLED = str.maketrans("", "", "0123456789*#")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest:
    to: str
    text: str
    options: SendOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    to: str
    duration_s: float
    hidden: bool


def read_message(fields: Fields) -> MessageRequest:
    options = _send_options(fields)
    return MessageRequest(
        to=_read_recipient(fields),
        text=fields.text("text", None if options.data is None else ""),
        options=options,
    )


def read_call(fields: Fields) -> CallRequest:
    return CallRequest(
        to=_read_recipient(fields),
        duration_s=fields.number("duration_s", _RING_S, most=_MOST_SECONDS),
        hidden=fields.flag("hidden"),
    )


def read_settings(fields: Fields, old: PhoneSettings) -> PhoneSettings:
    """Members that are absent stay as they are."""
    status = old.status
    if "status" in fields:
        status = fields.maybe_whole("status", most=0xFF)
    return replace(
        old,
        reachable=fields.flag("reachable", default=old.reachable),
        report=fields.choice("report", ReportMode, old.report),
        delay_s=fields.number("delay_s", old.delay_s, most=_MOST_SECONDS),
        status=status,
    )


def read_number(fields: Fields, name: str) -> str:
    try:
        return parse_number(fields.text(name))
    except WireError as error:
        raise Problem("invalid_field", str(error), field=name) from error


def _read_recipient(fields: Fields) -> str:
    number = read_number(fields, "to")
    if not number.removeprefix("+").translate(_DIALLED):
        return number
    raise invalid("to", "is not a number")


def _send_options(fields: Fields) -> SendOptions:
    ports = fields.wholes("ports", most=0xFFFF)
    if len(ports) not in (0, 2):
        raise invalid("ports", "is not a destination and a source port")
    wide = fields.flag("wide_reference")
    return SendOptions(
        shuffle=fields.flag("shuffle"),
        order=fields.wholes("order", most=255),
        duplicate=fields.wholes("duplicate", most=255),
        drop=fields.wholes("drop", most=255),
        reference=fields.maybe_whole("reference", most=0xFFFF if wide else 0xFF),
        wide_reference=wide,
        alphabet=fields.maybe_choice("alphabet", Alphabet),
        locking=_language(fields, "locking"),
        single=_language(fields, "single"),
        message_class=fields.maybe_whole("class", most=3),
        protocol_id=fields.whole("protocol_id", 0, most=255),
        data=_octets(fields, "data"),
        ports=(ports[0], ports[1]) if ports else None,
        delay_s=fields.number("delay_s", 0.0, most=_MOST_SECONDS),
    )


def _language(fields: Fields, name: str) -> int:
    """The code of a national language by its English name, 0 when absent."""
    language = fields.text(name, "")
    codes = {word: code for code, word in LANGUAGES.items()}
    if language and language not in codes:
        raise invalid(name, f"is not one of: {', '.join(codes)}")
    return codes.get(language, 0)


def _octets(fields: Fields, name: str) -> bytes | None:
    if name not in fields:
        return None
    try:
        return bytes.fromhex(fields.text(name))
    except ValueError:
        raise invalid(name, "is not hex") from None
