"""An ESME's account at the SMSC: who it is, which codes are its own, how it is served.

Relies on ``problem.Fields``; the control API and a scenario set the same members.

Spec: PRODUCT.md 8; smpp.md 3.4, 3.5
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from hwsim.numbering import parse_number
from hwsim.problem import Fields, invalid
from hwsim.wire import WireError

MAX_SYSTEM_ID_OCTETS = 15
MAX_PASSWORD_OCTETS = 8
_MOST_CODES = 100
_MOST_BINDS = 1000
_MOST_WINDOW = 10_000
_MOST_RATE_PER_S = 1_000_000.0
_MOST_SECONDS = 86_400.0


class IdForm(StrEnum):
    """How one and the same message number is written."""

    DECIMAL = "decimal"
    HEX = "hex"
    UPPER = "upper"
    PADDED = "padded"

    def write(self, number: int) -> str:
        match self:
            case IdForm.DECIMAL:
                return f"{number}"
            case IdForm.HEX:
                return f"{number:x}"
            case IdForm.UPPER:
                return f"{number:X}"
            case IdForm.PADDED:
                return f"{number:016d}"


class Charset(StrEnum):
    """What the octets of data_coding 0, or 1, stand for."""

    GSM = "gsm"
    GSM_PACKED = "gsm_packed"
    LATIN1 = "latin1"
    ASCII = "ascii"
    UTF8 = "utf8"


class LongForm(StrEnum):
    """How a phone's long message comes to the ESME."""

    UDH = "udh"
    SAR = "sar"
    PAYLOAD = "payload"


class ReceiptForm(StrEnum):
    TEXT_AND_TLV = "text_and_tlv"
    TEXT = "text"
    TLV = "tlv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """No ``senders``: any sender; no ``receipt_id``: as ``message_id``.

    ``window`` limits what the SMSC sends unanswered, ``unanswered`` what it takes;
    ``rate_per_s`` 0 is no limit, ``burst`` is how many submits may come at once.
    """

    system_id: str
    password: str
    short_codes: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    binds: int = 10
    window: int = 10
    unanswered: int = 1000
    rate_per_s: float = 0.0
    burst: int = 1
    message_id: IdForm = IdForm.DECIMAL
    receipt_id: IdForm | None = None
    receipt: ReceiptForm = ReceiptForm.TEXT_AND_TLV
    long_messages: LongForm = LongForm.UDH
    alphabet: Charset = Charset.GSM
    ia5: Charset = Charset.ASCII
    answer_within_s: float = 30.0
    retry_s: float = 5.0
    enquire_s: float = 60.0

    def may_send_as(self, sender: str) -> bool:
        own = (*self.senders, *self.short_codes)
        return not self.senders or sender in own

    def describe(self) -> dict[str, object]:
        return {
            "system_id": self.system_id,
            "password": self.password,
            "short_codes": list(self.short_codes),
            "senders": list(self.senders),
            "binds": self.binds,
            "window": self.window,
            "unanswered": self.unanswered,
            "rate_per_s": self.rate_per_s,
            "burst": self.burst,
            "message_id": self.message_id,
            "receipt_id": self.receipt_id,
            "receipt": self.receipt,
            "long_messages": self.long_messages,
            "alphabet": self.alphabet,
            "ia5": self.ia5,
            "answer_within_s": self.answer_within_s,
            "retry_s": self.retry_s,
            "enquire_s": self.enquire_s,
        }


DEFAULT_ACCOUNT = Account(
    system_id="esme",
    password="open7890",  # noqa: S106 - printed by ``hwsim serve``
    short_codes=("2345",),
)


def read_account(fields: Fields, was: Account) -> Account:
    """``was`` with the members that are named; Problem for a wrong one."""
    account = replace(
        was,
        password=_short_text(fields, "password", was.password, MAX_PASSWORD_OCTETS),
        short_codes=_numbers(fields, "short_codes", was.short_codes),
        senders=_texts(fields, "senders", was.senders),
        binds=fields.whole("binds", was.binds, most=_MOST_BINDS),
        window=fields.whole("window", was.window, most=_MOST_WINDOW),
        unanswered=fields.whole("unanswered", was.unanswered, most=_MOST_WINDOW),
        rate_per_s=fields.number("rate_per_s", was.rate_per_s, most=_MOST_RATE_PER_S),
        burst=fields.whole("burst", was.burst, most=_MOST_WINDOW),
        message_id=fields.choice("message_id", IdForm, was.message_id),
        receipt_id=fields.maybe_choice("receipt_id", IdForm) or was.receipt_id,
        receipt=fields.choice("receipt", ReceiptForm, was.receipt),
        long_messages=fields.choice("long_messages", LongForm, was.long_messages),
        alphabet=fields.choice("alphabet", Charset, was.alphabet),
        ia5=fields.choice("ia5", Charset, was.ia5),
        answer_within_s=_seconds(fields, "answer_within_s", was.answer_within_s),
        retry_s=_seconds(fields, "retry_s", was.retry_s),
        enquire_s=_seconds(fields, "enquire_s", was.enquire_s),
    )
    fields.finish()
    for name, value in (("window", account.window), ("burst", account.burst)):
        if value == 0:
            raise invalid(name, "is 0")
    return account


def new_account(system_id: str) -> Account:
    """With the default password and no code of its own; Problem for a bad name."""
    if not system_id.isascii() or not 0 < len(system_id) <= MAX_SYSTEM_ID_OCTETS:
        detail = f"is not of 1 to {MAX_SYSTEM_ID_OCTETS} ASCII characters"
        raise invalid("system_id", detail)
    return replace(DEFAULT_ACCOUNT, system_id=system_id, short_codes=())


def _short_text(fields: Fields, name: str, default: str, most: int) -> str:
    text = fields.text(name, default)
    if not text.isascii() or len(text) > most:
        raise invalid(name, f"is not of at most {most} ASCII characters")
    return text


def _seconds(fields: Fields, name: str, default: float) -> float:
    return fields.number(name, default, most=_MOST_SECONDS)


def _texts(fields: Fields, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in fields:
        return default
    texts = fields.texts(name)
    if len(texts) > _MOST_CODES:
        raise invalid(name, f"are more than {_MOST_CODES}")
    return texts


def _numbers(fields: Fields, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(parse_number(text) for text in _texts(fields, name, default))
    except WireError as error:
        raise invalid(name, str(error)) from None
