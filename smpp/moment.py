"""Moments and periods in the sixteen characters that SMPP writes them with.

Absolute: local time, a tenth of a second, and the quarters of an hour to UTC. Relative:
from when the SMSC gets it. Pure.

Spec: SMPP 3.4 7.1.1; spec/smpp.md 42
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from smpp.config import Validity

_LONGEST_RELATIVE: Final = timedelta(days=31)
_MOMENT: Final = re.compile(r"(\d\d)" * 6 + r"(\d)(\d\d)([+\-R])", re.ASCII)
_MOST_QUARTERS: Final = 48
_QUARTER: Final = timedelta(minutes=15)


def validity_period(
    period: timedelta | None,
    form: Validity,
    now: datetime,
    *,
    offset_quarters: int = 0,
) -> str:
    """Sixteen characters, or none."""
    if period is None or form is Validity.NONE:
        return ""
    period = max(period, timedelta(seconds=1))
    if form is Validity.ABSOLUTE:
        return absolute(now + period, offset_quarters)
    return _relative(period)


def delivery_time(
    moment: datetime, form: Validity, now: datetime, *, offset_quarters: int = 0
) -> str:
    """Sixteen characters, or none where it is to be delivered at once.

    ValueError where the link tells the carrier no times.
    """
    if form is Validity.NONE:
        raise ValueError("deliver_at: this link schedules nothing")
    if moment <= now:
        return ""
    if form is Validity.ABSOLUTE:
        return absolute(moment, offset_quarters)
    if moment - now > _LONGEST_RELATIVE:
        raise ValueError("deliver_at: at most 31 days ahead on this link")
    return _relative(moment - now)


def read_moment(text: str, now: datetime) -> datetime:
    """The moment that sixteen characters mean; ValueError when they mean none."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("must be YYMMDDhhmmsstnnp, 16 characters")
    *digits, tenth, quarters, sign = found.groups()
    year, month, day, hour, minute, second = map(int, digits)
    if sign == "R":
        # A year is 365 days and a month is 30: the specification does not say.
        days = year * 365 + month * 30 + day
        return now + timedelta(days=days, hours=hour, minutes=minute, seconds=second)
    if int(quarters) > _MOST_QUARTERS:
        raise ValueError(f"at most {_MOST_QUARTERS} quarters of an hour from UTC")
    local = datetime(
        *(2000 + year, month, day, hour, minute, second),
        microsecond=int(tenth) * 100_000,
        tzinfo=UTC,
    )
    offset = _QUARTER * int(quarters)
    return local - offset if sign == "+" else local + offset


def absolute(moment: datetime, offset_quarters: int = 0) -> str:
    """Sixteen characters, in the local time of that offset."""
    local = moment.astimezone(UTC) + _QUARTER * offset_quarters
    sign = "-" if offset_quarters < 0 else "+"
    return f"{local:%y%m%d%H%M%S}0{abs(offset_quarters):02}{sign}"


def _relative(period: timedelta) -> str:
    period = min(period, _LONGEST_RELATIVE)
    hours, seconds = divmod(period.seconds, 3600)
    return f"0000{period.days:02}{hours:02}{seconds // 60:02}{seconds % 60:02}000R"
