"""Service centre time stamps and validity periods.

Relies on `cursor`. Never asks what time it is.

Spec: 3GPP TS 23.040 9.2.3.11 and 9.2.3.12
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from gateway.codec.cursor import Cursor

TIME_OCTETS: Final = 7
_FIVE_MINUTES: Final = timedelta(minutes=5)
_HALF_HOUR: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)
_QUARTER_HOUR: Final = timedelta(minutes=15)
# Fourteen hours east: no zone lies beyond it.
_FARTHEST_QUARTER_HOURS: Final = 56
# The POSIX rule for years of two digits: 69 to 99 are of the last century.
_CENTURY_PIVOT: Final = 69


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTime:
    """Seven octets of time; `moment` is in UTC, None when they name no moment."""

    moment: datetime | None
    raw: bytes


def decode_time(octets: bytes, offset: int) -> ServiceTime:
    """The time at an offset; `DecodeError` only when fewer than 7 octets are left."""
    return take_time(Cursor(octets, offset))


def take_time(cursor: Cursor) -> ServiceTime:
    """The time at the cursor, which moves behind it."""
    raw = cursor.take(TIME_OCTETS, "time stamp")
    return ServiceTime(moment=_moment(raw), raw=raw)


def _moment(raw: bytes) -> datetime | None:
    offset = _decode_offset(raw[6])
    if offset is None or not all(map(_is_semi_octets, raw[:6])):
        return None
    year, month, day, hour, minute, second = map(_from_semi_octets, raw[:6])
    century = 1900 if year >= _CENTURY_PIVOT else 2000
    try:
        local = datetime(
            century + year, month, day, hour, minute, second, tzinfo=timezone(offset)
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


def _is_semi_octets(octet: int) -> bool:
    return octet & 15 <= 9 and octet >> 4 <= 9


def _from_semi_octets(octet: int) -> int:
    """The number that two decimal semi-octets say, tens in the low one."""
    return (octet & 15) * 10 + (octet >> 4)


def _decode_offset(octet: int) -> timedelta | None:
    tens, units = octet & 7, octet >> 4
    quarter_hours = tens * 10 + units
    # Some centres count the units in hexadecimal; believed while such a zone exists.
    if units > 9 and quarter_hours > _FARTHEST_QUARTER_HOURS:
        return None
    offset = quarter_hours * _QUARTER_HOUR
    return -offset if octet & 8 else offset


def encode_time(moment: datetime, quarter_hours: int = 0) -> bytes:
    """An aware time as local time of a zone so many quarter hours east of UTC.

    ValueError for a naive time and for one outside of 1970 to 2067.
    """
    if not -79 <= quarter_hours <= 79:
        raise ValueError("a time zone is at most 79 quarter hours from UTC")
    if moment.tzinfo is None:
        raise ValueError("a time stamp needs an aware time")
    if not 1970 <= moment.year <= 2067:
        raise ValueError("a time stamp has two digits for a year from 1970 to 2067")
    local = moment.astimezone(timezone(quarter_hours * _QUARTER_HOUR))
    fields = (
        local.year % 100,
        local.month,
        local.day,
        local.hour,
        local.minute,
        local.second,
    )
    zone = _to_semi_octets(abs(quarter_hours)) | (8 if quarter_hours < 0 else 0)
    return bytes([*map(_to_semi_octets, fields), zone])


def service_time(moment: datetime, quarter_hours: int = 0) -> ServiceTime:
    """The value whose octets say this moment, to the second."""
    return decode_time(encode_time(moment, quarter_hours), 0)


def _to_semi_octets(number: int) -> int:
    """The octet of two decimal semi-octets for a number below 100."""
    return number % 10 << 4 | number // 10


def decode_validity_relative(octet: int) -> timedelta:
    """Spec: 3GPP TS 23.040 9.2.3.12.1"""
    if octet <= 143:
        return (octet + 1) * _FIVE_MINUTES
    if octet <= 167:
        return timedelta(hours=12) + (octet - 143) * _HALF_HOUR
    if octet <= 196:
        return (octet - 166) * _DAY
    return (octet - 192) * _WEEK


def encode_validity(period: timedelta) -> int:
    """The shortest relative period that is not shorter: 5 minutes to 63 weeks."""
    return min(bisect_left(range(256), period, key=decode_validity_relative), 255)


def decode_validity_enhanced(octets: bytes) -> timedelta | None:
    """Seven octets of the enhanced form; None when they set no period.

    Spec: 3GPP TS 23.040 9.2.3.12.3
    """
    indicator, *fields = Cursor(octets).take(TIME_OCTETS, "enhanced validity")
    if indicator & 0x80:
        # An extension octet follows, which no release defines.
        fields = fields[1:]
    match indicator & 7:
        case 1:
            return decode_validity_relative(fields[0])
        case 2:
            return timedelta(seconds=fields[0]) if fields[0] else None
        case 3 if all(map(_is_semi_octets, fields[:3])):
            hours, minutes, seconds = map(_from_semi_octets, fields[:3])
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        case _:
            return None
