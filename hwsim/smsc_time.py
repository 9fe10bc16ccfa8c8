"""Times as SMPP writes them: absolute with a quarter-hour offset, or relative.

Standard library and the refusals of ``smpp`` only.

Spec: SMPP 3.4 7.1.1
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from hwsim.wire.smpp import SmppRefusal

_FORM = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+\-R])")
_MOST_QUARTERS = 48
_DAYS_OF_YEAR, _DAYS_OF_MONTH = 365, 30


def read_time(text: str, now: datetime, status: int) -> datetime | None:
    """None for an empty field; SmppRefusal of ``status`` when it names no moment."""
    if not text:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        raise SmppRefusal(status, f"{text!r} is no time of 16 characters")
    *fields, tenths, quarters = (int(digits) for digits in found.groups()[:8])
    if found[9] == "R":
        years, months, days, hours, minutes, seconds = fields
        days += _DAYS_OF_YEAR * years + _DAYS_OF_MONTH * months
        return now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if quarters > _MOST_QUARTERS:
        raise SmppRefusal(status, f"{text!r} is {quarters} quarter hours off UTC")
    offset = timedelta(minutes=15 * quarters)
    zone = timezone(-offset if found[9] == "-" else offset)
    year, month, day, hour, minute, second = fields
    micros = 100_000 * tenths
    try:
        local = datetime(
            2000 + year, month, day, hour, minute, second, micros, tzinfo=zone
        )
    except ValueError as error:
        raise SmppRefusal(status, f"{text!r}: {error}") from error
    return local.astimezone(UTC)


def write_time(moment: datetime) -> str:
    """Absolute, in UTC."""
    return f"{moment.astimezone(UTC):%y%m%d%H%M%S}000+"
