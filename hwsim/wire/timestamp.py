"""Service centre time stamps and validity periods.

Standard library only; aware times in UTC on our side, quarter hours on the wire.

Spec: 3GPP TS 23.040 9.2.3.11, 9.2.3.12
"""

from datetime import UTC, datetime, timedelta, timezone

from hwsim.wire import WireError

TIME_LENGTH_OCTETS = 7


def encode_time(moment: datetime, *, offset_quarters: int = 12) -> bytes:
    """Seven octets of local time, ``offset_quarters`` quarter hours off UTC."""
    local = moment.astimezone(timezone(timedelta(minutes=15 * offset_quarters)))
    date = (local.year % 100, local.month, local.day)
    fields = (*date, local.hour, local.minute, local.second)
    zone = _swapped(abs(offset_quarters)) | (0x08 if offset_quarters < 0 else 0)
    return bytes(_swapped(field) for field in fields) + bytes((zone,))


def decode_time(octets: bytes) -> datetime:
    """The moment of seven octets; WireError when they name none."""
    if len(octets) != TIME_LENGTH_OCTETS:
        raise WireError("a time stamp has seven octets")
    year, month, day, hour, minute, second = (_number(octet) for octet in octets[:6])
    quarters = _number(octets[6] & 0xF7)
    if octets[6] & 0x08:
        quarters = -quarters
    try:
        zone = timezone(timedelta(minutes=15 * quarters))
        local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
        return local.astimezone(UTC)
    except ValueError as error:
        raise WireError(f"time stamp {octets.hex()}: {error}") from None


def decode_relative_validity(octet: int) -> timedelta:
    """Spec: 9.2.3.12.1"""
    if octet <= 143:
        return timedelta(minutes=5 * (octet + 1))
    if octet <= 167:
        return timedelta(hours=12, minutes=30 * (octet - 143))
    if octet <= 196:
        return timedelta(days=octet - 166)
    return timedelta(weeks=octet - 192)


def encode_relative_validity(period: timedelta) -> int:
    """The smallest octet that is not shorter than ``period``."""
    octets = range(256)
    return next((o for o in octets if decode_relative_validity(o) >= period), 255)


def decode_enhanced_validity(octets: bytes) -> timedelta | None:
    """Seven octets; None when they set no period. Spec: 9.2.3.12.3"""
    indicator = octets[0]
    start = 1
    while octets[start - 1] & 0x80:
        start += 1
        if start >= TIME_LENGTH_OCTETS:
            raise WireError("the validity period's extension never ends")
    field = octets[start:]
    match indicator & 0x07:
        case 0:
            return None
        case 1:
            return decode_relative_validity(field[0])
        case 2:
            return timedelta(seconds=field[0])
        case 3 if len(field) >= 3:
            hours, minutes, seconds = (_number(octet) for octet in field[:3])
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        case form:
            raise WireError(f"enhanced validity of form {form}")


def _swapped(number: int) -> int:
    return (number % 10) << 4 | number // 10


def _number(octet: int) -> int:
    low, high = octet & 0x0F, octet >> 4
    if low > 9 or high > 9:
        raise WireError(f"{octet:02X} is not two digits")
    return low * 10 + high
