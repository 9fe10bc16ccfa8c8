"""Reads what modems answer: one tolerant parser per command.

Input is the lines of an `Answer` or the head of a `Notice`. A parser gives a value, or
None (or an empty collection) when the modem did not say it; it never raises.

Spec: 3GPP TS 27.005, 27.007; vendor forms of spec/modem.md 4.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_FIELD = re.compile(r'\s*(?:"([^"]*)"|([^,]*))\s*(?:,|$)')
_IMEI = re.compile(r"(?<!\d)(\d{14,16})(?!\d)")
_IMSI = re.compile(r"(?<!\d)(\d{6,15})(?!\d)")
_ICCID = re.compile(r"(?<!\d)(89\d{16,18}[0-9Ff]?)")
_SWAPPED_ICCID = re.compile(r"(?<!\d)(98\d{16,18}[0-9A-Fa-f]?)")
_USSD = re.compile(
    r'\s*(\d+)\s*(?:,\s*"(.*)"\s*|,([^,]*))?(?:,\s*(\d+))?\s*$', re.DOTALL
)
_PDU_LINE = re.compile(r'"?\s*([0-9A-Fa-f]{2}[0-9A-Fa-f ]*)')


class Registration(StrEnum):
    """27.007 7.2; 6 and 7 are registered for SMS only, 11 for emergencies only."""

    NOT_SEARCHING = "not_searching"
    HOME = "home"
    SEARCHING = "searching"
    DENIED = "denied"
    UNKNOWN = "unknown"
    ROAMING = "roaming"
    EMERGENCY = "emergency"

    @property
    def serves_sms(self) -> bool:
        return self in (Registration.HOME, Registration.ROAMING)


_REGISTRATION = {
    0: Registration.NOT_SEARCHING,
    1: Registration.HOME,
    2: Registration.SEARCHING,
    3: Registration.DENIED,
    4: Registration.UNKNOWN,
    5: Registration.ROAMING,
    6: Registration.HOME,
    7: Registration.ROAMING,
    8: Registration.EMERGENCY,
    9: Registration.HOME,
    10: Registration.ROAMING,
    11: Registration.EMERGENCY,
}


class SimState(StrEnum):
    """What the SIM waits for: 27.007 8.3."""

    READY = "ready"
    PIN = "pin"
    PUK = "puk"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPdu:
    """One slot as the modem shows it; `status` is None when it does not tell."""

    index: int | None
    status: int | None
    length_octets: int | None
    text: str

    @property
    def octets(self) -> bytes | None:
        """The PDU, or None when the digits are no octets."""
        return octets_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """How full one storage is."""

    storage: str
    used: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a notification says that something lies; None where it does not say."""

    storage: str | None
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UssdText:
    """27.007 7.15: `mode` 1 waits for an answer, `text` is still encoded."""

    mode: int
    text: str
    coding: int | None


def fields(text: str) -> list[str]:
    """Comma separated values, quoted ones whole, unbalanced quotes survived."""
    if text.count('"') % 2:
        return [part.strip().strip('"') for part in text.split(",")]
    values = []
    for match in _FIELD.finditer(text):
        quoted, plain = match.groups()
        values.append(quoted if quoted is not None else (plain or "").strip())
        if match.end() == len(text) and not text.endswith(","):
            break
    return values


def after_prefix(line: str, prefix: str) -> str | None:
    """What follows `prefix:` with or without blanks."""
    match = re.match(rf"\s*{re.escape(prefix)}\s*:?\s*", line, re.IGNORECASE)
    return line[match.end() :].strip() if match else None


def values_of(lines: Iterable[str], prefix: str) -> list[str]:
    """The fields of the last line with `prefix`."""
    found: list[str] = []
    for line in lines:
        rest = after_prefix(line, prefix)
        if rest is not None:
            found = fields(rest)
    return found


def first_number(lines: Iterable[str], prefix: str) -> int | None:
    values = values_of(lines, prefix)
    return whole(values[0]) if values else None


def whole(text: str) -> int | None:
    """A whole number with its blanks, brackets and quotes, or None."""
    match = re.fullmatch(r'[\s("]*(-?\d+)[\s)"]*', text)
    return int(match.group(1)) if match else None


def plain_text(lines: Sequence[str], *prefixes: str) -> str | None:
    """An identification text without its prefix and quotes."""
    for line in lines:
        text = line
        for prefix in prefixes:
            text = after_prefix(text, prefix) or text
        text = text.strip().strip('"').strip()
        if text:
            return text
    return None


def imei(lines: Iterable[str]) -> str | None:
    for line in lines:
        if match := _IMEI.search(line):
            return match.group(1)
    return None


def imsi(lines: Iterable[str]) -> str | None:
    for line in lines:
        if match := _IMSI.search(line):
            return match.group(1)
    return None


def iccid(lines: Iterable[str]) -> str | None:
    """The card's number, semi-octets swapped back when the modem gave them raw."""
    for line in lines:
        text = line.replace('"', " ")
        if match := _ICCID.search(text):
            return match.group(1).rstrip("Ff")
        if match := _SWAPPED_ICCID.search(text):
            raw = match.group(1)
            pairs = zip(raw[1::2], raw[::2], strict=False)
            return "".join(a + b for a, b in pairs).rstrip("Ff")
    return None


def sim_state(lines: Iterable[str]) -> SimState | None:
    for line in lines:
        rest = after_prefix(line, "+CPIN")
        if rest is None:
            continue
        words = rest.strip('" ').upper()
        if words == "READY":
            return SimState.READY
        if words == "SIM PIN":
            return SimState.PIN
        if words.startswith("SIM PUK"):
            return SimState.PUK
        return SimState.OTHER
    return None


def attempts_left(lines: Iterable[str], prefix: str, position: int) -> int | None:
    values = values_of(lines, prefix)
    return whole(values[position]) if position < len(values) else None


def registration(lines: Iterable[str], name: str) -> Registration | None:
    """The status, told by the shape of the line, solicited or not.

    The answer has the reporting mode in front and the notification has not, but
    some modems give either form in either place, quoted, padded or cut.
    """
    found: Registration | None = None
    for line in lines:
        rest = after_prefix(line, name)
        if rest is None:
            continue
        parts = [part.strip() for part in rest.split(",")]
        second = parts[1] if len(parts) > 1 else ""
        has_mode = re.fullmatch(r"\d|1[01]|0\d\d", second) is not None
        status = whole(second if has_mode else parts[0])
        if status is not None:
            found = _REGISTRATION.get(status, Registration.UNKNOWN)
    return found


def signal_dbm(lines: Iterable[str]) -> int | None:
    """27.007 8.5: 0 to 31 in steps of 2 dB; 100 to 191 by TD-SCDMA modems."""
    level = first_number(lines, "+CSQ")
    if level is None:
        return None
    if 0 <= level <= 31:
        return -113 + 2 * level
    return level - 216 if 100 <= level <= 191 else None


def readable_storages(lines: Iterable[str]) -> tuple[str, ...]:
    """The first group of a +CPMS test answer, whatever brackets are missing."""
    for line in lines:
        rest = after_prefix(line, "+CPMS")
        if rest is None:
            continue
        rest = re.sub(r"^\s*\(\s*\(", "(", rest)
        match = re.match(r"\s*\(([^()]*)\)?", rest)
        group = match.group(1) if match else rest.split(",")[0]
        names = re.findall(r"[A-Za-z][A-Za-z0-9_]*", group)
        return tuple(dict.fromkeys(name.upper() for name in names))
    return ()


def storage_spaces(lines: Iterable[str]) -> tuple[Space, ...]:
    """+CPMS? names each storage; the set form gives numbers only (name empty)."""
    values = values_of(lines, "+CPMS")
    spaces: list[Space] = []
    name = ""
    numbers: list[int] = []
    for value in values:
        number = whole(value)
        if number is None:
            name, numbers = value.strip('"').upper(), []
            continue
        numbers.append(number)
        if len(numbers) == 2:
            spaces.append(Space(storage=name, used=numbers[0], total=numbers[1]))
            name, numbers = "", []
    return tuple(spaces)


def notification_choices(lines: Iterable[str]) -> tuple[frozenset[int], ...]:
    """What a +CNMI test answer allows, position by position."""
    for line in lines:
        rest = after_prefix(line, "+CNMI")
        if rest is not None:
            groups = re.findall(r"\(([^()]*)\)|(\d+(?:-\d+)?)", rest)
            return tuple(_choices(group or single) for group, single in groups)
    return ()


def notifications(lines: Iterable[str]) -> tuple[int, ...]:
    values = (whole(value) for value in values_of(lines, "+CNMI"))
    return tuple(value for value in values if value is not None)


def _choices(text: str) -> frozenset[int]:
    allowed: set[int] = set()
    for low, high in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", text):
        last = min(int(high or low), int(low) + 15)
        allowed.update(range(int(low), last + 1))
    return frozenset(allowed)


def stored(lines: Iterable[str]) -> tuple[StoredPdu, ...]:
    """The slots of a +CMGL or +CMGR answer, in the modem's order."""
    joined: list[str] = []
    for line in lines:
        joined += re.split(r"(?<!^)(?=\+CMGL:)", line)
    slots: list[StoredPdu] = []
    head: StoredPdu | None = None
    for line in joined:
        listed = after_prefix(line, "+CMGL:")
        read = after_prefix(line, "+CMGR:")
        if listed is not None:
            head = _header(listed, indexed=True)
        elif read is not None:
            head = _header(read, indexed=False)
        elif head is not None and (match := _PDU_LINE.match(line)):
            slots.append(_with_text(head, match.group(1)))
            head = None
    return tuple(slots)


def _header(text: str, *, indexed: bool) -> StoredPdu:
    numbers = [whole(value) for value in text.split(",")]
    index = numbers.pop(0) if indexed and numbers else None
    length = numbers.pop() if numbers else None
    status = numbers[0] if numbers else None
    return StoredPdu(index=index, status=status, length_octets=length, text="")


def _with_text(head: StoredPdu, text: str) -> StoredPdu:
    return StoredPdu(
        index=head.index,
        status=head.status,
        length_octets=head.length_octets,
        text=text.replace(" ", "").upper(),
    )


def octets_of(text: str) -> bytes | None:
    """The octets of a PDU line with whatever a modem hangs behind them."""
    match = _PDU_LINE.match(text)
    digits = match.group(1).replace(" ", "") if match else ""
    return bytes.fromhex(digits) if digits and len(digits) % 2 == 0 else None


def slot(head: str) -> Slot:
    """`+CMTI: "SM",3`, also with a third field, without storage, with index -1."""
    values = fields(head)
    storage = values[0].strip().upper() if values else ""
    index = whole(values[1]) if len(values) > 1 else None
    named = re.fullmatch(r"[A-Z][A-Z0-9_]{0,7}", storage) is not None
    return Slot(
        storage=storage if named else None,
        index=index if index is not None and index >= 0 else None,
    )


def sent_reference(lines: Iterable[str]) -> int | None:
    """TP-MR of `+CMGS: n` or `+CMGS: n,"…"`."""
    reference = first_number(lines, "+CMGS")
    return reference if reference is not None and 0 <= reference <= 255 else None


def caller(head: str) -> str | None:
    """The number of a +CLIP, with its plus when the type says international."""
    values = fields(head)
    number = values[0] if values else ""
    if not re.fullmatch(r"\+?[0-9*#]{1,20}", number):
        return None
    kind = whole(values[1]) if len(values) > 1 else None
    international = kind is not None and kind >> 4 & 7 == 1
    return f"+{number}" if international and not number.startswith("+") else number


def ussd(head: str) -> UssdText | None:
    match = _USSD.match(head)
    if match is None:
        return None
    mode, quoted, plain, coding = match.groups()
    text = quoted if quoted is not None else (plain or "").strip()
    return UssdText(mode=int(mode), text=text, coding=int(coding) if coding else None)
