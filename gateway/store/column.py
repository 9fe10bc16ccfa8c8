"""Values as columns hold them: microseconds since 1970, JSON text, 0 and 1."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

BEYOND = "~"  # sorts after every identity


def from_moment(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(microseconds: int) -> datetime:
    """An aware moment in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def from_moment_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else from_moment(moment)


def to_moment_or_none(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else to_moment(microseconds)


def from_json(value: object) -> str:
    """Compact JSON text."""
    return msgspec.json.encode(value).decode()


def to_texts(text: str) -> tuple[str, ...]:
    """A JSON list of texts."""
    return tuple(json.loads(text))


def from_numbers(numbers: Sequence[int]) -> str | None:
    """A JSON list, or nothing for none."""
    return from_json(list(numbers)) if numbers else None


def to_numbers(text: str | None) -> tuple[int, ...]:
    return () if text is None else tuple(json.loads(text))
