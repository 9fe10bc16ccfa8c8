"""The ring of facts."""

from datetime import UTC, datetime

from hwsim.ledger import Ledger, LedgerKind
from hwsim.wire.sms import segment_text

_NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def _filled(size: int, entries: int) -> Ledger:
    ledger = Ledger(size)
    for number in range(entries):
        kind = LedgerKind.CALL if number % 2 else LedgerKind.USSD
        ledger.write(kind, at=_NOW, sender="a", recipient="b", detail=str(number))
    return ledger


def test_numbers_go_on_when_old_entries_fall_out() -> None:
    ledger = _filled(3, 10)
    assert [entry.seq for entry in ledger] == [8, 9, 10]
    assert ledger.last == 10


def test_reading_goes_on_from_a_number_and_by_kind() -> None:
    ledger = _filled(100, 10)
    assert [entry.seq for entry in ledger.after(7, 2)] == [8, 9]
    assert [entry.seq for entry in ledger.after(7, 9, LedgerKind.CALL)] == [8, 10]
    assert ledger.after(10, 5) == []
    assert [entry.seq for entry in _filled(3, 10).after(0, 1)] == [8]


def test_an_entry_tells_its_segment() -> None:
    ledger = Ledger()
    first, *_ = segment_text("x" * 200, reference=7)
    entry = ledger.write(
        LedgerKind.ACCEPTED, at=_NOW, sender="a", recipient="b", user=first
    )
    told = entry.describe()
    assert told["text"] == "x" * 153
    assert told["concatenation"] == {
        "reference": 7,
        "total": 2,
        "number": 1,
        "wide": False,
    }
