"""Receipts: what a deliver_sm or data_sm says of a segment of ours, and message ids.

The text is read as octets whatever its data_coding says, in any order and spelling of
its keys; parameters win over it. Total: never raises. What the identifiers of the two
directions have in common is settled by `IdBook`.

Spec: SMPP 3.4 appendix B, 5.3.2.12, 5.3.2.35; spec/smpp.md 44 to 48, 53, 55
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from gateway.codec.value import value
from smpp import pdu as p
from smpp.status import STATE_WORDS, MessageState, state_of

_RECEIPT_TYPES: Final = frozenset({0x04, 0x08, 0x10, 0x20})
_TYPE_BITS: Final = 0x3C
_KEY: Final = re.compile(
    rb"\b(id|sub|dlvrd|submit[ _]date|done[ _]date|stat|err|text)\s*:", re.IGNORECASE
)
# As nearly every carrier writes it: what is told by it is found at once.
_CUSTOMARY: Final = re.compile(
    rb"id:(\S+) sub:\d+ dlvrd:\d+ submit date:(\d+) done date:(\d+) "
    rb"stat:([A-Za-z]+) err:(\S+)(?: text:|\Z)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(rb"\b[A-Z]{5,13}\b")
_LOOKS_LIKE_ONE: Final = re.compile(
    rb"\s*id:\S+ .*\bstat:[A-Z]{5,13}\b", re.IGNORECASE | re.DOTALL
)
_STATE_NAMES: Final = {state.value: state.name for state in MessageState}
_LEARNT_AFTER: Final = 10
_MOST_REMEMBERED: Final = 20_000


class IdForm(StrEnum):
    """How the message_id of an answer is spelled again in its receipt."""

    AUTO = "auto"
    SAME = "same"
    HEX_THEN_DECIMAL = "hex-then-decimal"
    DECIMAL_THEN_HEX = "decimal-then-hex"


@value(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was said, as it was said; `state` None: nothing we know."""

    message_id: str | None
    state: int | None
    word: str | None
    error: str | None
    submitted_at: datetime | None
    done_at: datetime | None

    @property
    def status(self) -> str:
        """The carrier's own words, for people."""
        state = self.word
        if state is None and self.state is not None:
            state = _STATE_NAMES.get(self.state, f"state {self.state}")
        error = f"err:{self.error}" if self.error else None
        return " ".join(filter(None, (state, error))) or "no state"


def is_receipt(pdu: p.DeliverSm | p.DataSm, *, by_content: bool) -> bool:
    """By esm_class; where that cannot be trusted, by what the message holds."""
    if pdu.esm_class & _TYPE_BITS in _RECEIPT_TYPES:
        return True
    if not by_content:
        return False
    if pdu.find(p.Tag.RECEIPTED_MESSAGE_ID) and pdu.find(p.Tag.MESSAGE_STATE):
        return True
    return _LOOKS_LIKE_ONE.match(text_of(pdu)) is not None


def text_of(pdu: p.DeliverSm | p.DataSm) -> bytes:
    """The octets of the message, wherever they are."""
    short = pdu.short_message if isinstance(pdu, p.DeliverSm) else b""
    return short or pdu.find(p.Tag.MESSAGE_PAYLOAD) or b""


def read_receipt(pdu: p.DeliverSm | p.DataSm) -> Receipt:
    """From parameters first, then from the text."""
    text = text_of(pdu)
    said = _customary(text) or _values(text)
    word = _word(said, text)
    named = pdu.find(p.Tag.RECEIPTED_MESSAGE_ID)
    message_id = _plain(named) if named else said.get("id")
    told = pdu.find(p.Tag.MESSAGE_STATE)
    state: int | None = state_of(word) if word else None
    if told:
        if state != told[-1]:
            word = None
        state = told[-1]
    return Receipt(
        message_id=message_id or said.get("id") or None,
        state=state,
        word=word,
        error=_network_error(pdu.find(p.Tag.NETWORK_ERROR_CODE)) or said.get("err"),
        submitted_at=_date(said.get("submit date")),
        done_at=_date(said.get("done date")),
    )


def _customary(text: bytes) -> dict[str, str] | None:
    found = _CUSTOMARY.match(text)
    if found is None:
        return None
    message_id, submitted, done, stat, error = found.groups()
    return {
        "id": message_id.decode("latin-1"),
        "submit date": submitted.decode("ascii"),
        "done date": done.decode("ascii"),
        "stat": stat.decode("ascii"),
        "err": error.decode("latin-1"),
    }


def _values(text: bytes) -> dict[str, str]:
    """Each key's value: to the next key, and but for `text` one word."""
    found: dict[str, str] = {}
    keys = list(_KEY.finditer(text))
    for key, after in zip(keys, [*keys[1:], None], strict=False):
        name = key[1].decode("ascii").lower().replace("_", " ")
        value = text[key.end() : after.start() if after else None].strip()
        found.setdefault(
            name, value.split(None, 1)[0].decode("latin-1") if value else ""
        )
        if name == "text":
            break  # what people wrote may look like a key
    return found


def _word(said: dict[str, str], text: bytes) -> str | None:
    """The state's word; some write it without its key."""
    if stat := said.get("stat"):
        return stat.upper()
    before_text = re.split(rb"\btext\s*:", text, maxsplit=1, flags=re.IGNORECASE)[0]
    for found in _WORD.finditer(before_text):
        word = found[0].decode("ascii")
        if word in STATE_WORDS:
            return word
    return None


def _plain(octets: bytes) -> str:
    return octets.split(b"\0", 1)[0].strip().decode("latin-1")


def _network_error(octets: bytes | None) -> str | None:
    """Type and code, or the three digits that some put there."""
    if not octets:
        return None
    if octets.isdigit():
        return octets.decode("ascii")
    if len(octets) == 3:
        return f"{octets[0]}/{int.from_bytes(octets[1:])}"
    return octets.hex()


@lru_cache(maxsize=1024)
def _date(digits: str | None) -> datetime | None:
    """As if it were UTC: receipts name no zone."""
    # They come by the thousand with the same minute in them.
    if digits is None or len(digits) not in (10, 12, 14) or not digits.isdecimal():
        return None
    whole = digits if len(digits) == 14 else f"20{digits}"
    year, rest = int(whole[:4]), whole[4:]
    month, day, hour, minute = (int(rest[at : at + 2]) for at in (0, 2, 4, 6))
    try:
        return datetime(
            year, month, day, hour, minute, int(rest[8:] or "0"), tzinfo=UTC
        )
    except ValueError:
        return None


def fold(message_id: str) -> str:
    """One spelling for what differs in case, leading zeros and hyphens only."""
    folded = message_id.strip().lower().replace("-", "").lstrip("0")
    return folded or "0"


def _as_decimal(folded: str) -> str | None:
    """What is hexadecimal, in decimal."""
    try:
        return str(int(folded, 16)) if folded.isalnum() else None
    except ValueError:
        return None


def _as_hex(folded: str) -> str | None:
    """What is decimal, in hexadecimal."""
    is_decimal = folded.isascii() and folded.isdecimal()
    return f"{int(folded):x}" if is_decimal else None


_TO_OURS: Final[dict[IdForm, Callable[[str], str | None]]] = {
    IdForm.SAME: lambda folded: folded,
    IdForm.HEX_THEN_DECIMAL: _as_hex,
    IdForm.DECIMAL_THEN_HEX: _as_decimal,
}


class IdBook:
    """Spells message ids of answers and receipts alike, and learns the form for it.

    The reference is the folded id of the answer. In the automatic form each receipt is
    looked for among the answers of late; the form that hit often enough stays.
    """

    def __init__(self, form: IdForm) -> None:
        self._form = form
        self._recent: dict[tuple[str, str], None] = {}
        self._hits: Counter[IdForm] = Counter()

    @property
    def form(self) -> IdForm:
        """The form in force; `AUTO` while it is not known."""
        return self._form

    def reference(self, message_id: str, recipient: str) -> str:
        """What to call a segment that was just accepted."""
        folded = fold(message_id)
        if self._form is IdForm.AUTO:
            self._recent[folded, _tail(recipient)] = None
            if len(self._recent) > _MOST_REMEMBERED:
                del self._recent[next(iter(self._recent))]
        return folded

    def referred(self, message_id: str, recipient: str) -> str:
        """The reference that a receipt means."""
        folded = fold(message_id)
        if self._form is not IdForm.AUTO:
            return _TO_OURS[self._form](folded) or folded
        found = {
            form: ours
            for form, convert in _TO_OURS.items()
            if (ours := convert(folded)) is not None
            and (ours, _tail(recipient)) in self._recent
        }
        if not found:
            return folded
        if len(found) == 1:
            # More than one says nothing of the form.
            self._hits.update(found.keys())
        best = max(found, key=lambda form: self._hits[form])
        if self._hits[best] >= _LEARNT_AFTER:
            self.learn(best)
        return found[best]

    def learn(self, form: IdForm) -> None:
        """From now on ids are in this form."""
        self._form = form
        self._recent.clear()


def _tail(recipient: str) -> str:
    """What the spellings of one number have in common."""
    return recipient[-6:]
