"""Times as SMPP writes them."""

from datetime import UTC, datetime, timedelta

import pytest

from hwsim.smsc_time import read_time, write_time
from hwsim.wire.smpp import SmppRefusal, Status

_NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("260115120000012+", datetime(2026, 1, 15, 9, 0, tzinfo=UTC)),
        ("260115060000512-", datetime(2026, 1, 15, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("000001020304000R", _NOW + timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
def test_a_time_is_absolute_or_relative(text: str, moment: datetime | None) -> None:
    assert read_time(text, _NOW, Status.INVALID_EXPIRY) == moment


@pytest.mark.parametrize(
    "text", ["260115", "261315120000000+", "260115120000060+", "26011512000000x+"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(SmppRefusal) as refusal:
        read_time(text, _NOW, Status.INVALID_SCHEDULE)
    assert refusal.value.status == Status.INVALID_SCHEDULE


def test_a_time_is_written_so_that_it_reads_back() -> None:
    assert read_time(write_time(_NOW), _NOW, 0) == _NOW
