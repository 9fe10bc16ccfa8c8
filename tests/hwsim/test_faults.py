"""Claims about selecting faults: count, probability, match, time."""

import pytest

from hwsim.clock import VirtualClock
from hwsim.faults import KINDS, Fault, FaultSet, UnknownFault


def test_a_fault_falls_once_unless_counted() -> None:
    faults = FaultSet(VirtualClock())
    faults.add("lost_ok")
    assert faults.take("lost_ok")
    assert not faults.take("lost_ok")
    faults.add("lost_ok", count=2)
    assert [bool(faults.take("lost_ok")) for _ in range(3)] == [True, True, False]
    faults.add("lost_ok", count=0)
    assert all(faults.take("lost_ok") for _ in range(50))


def test_a_lasting_fault_holds_until_it_is_removed() -> None:
    faults = FaultSet(VirtualClock())
    fault_id = faults.add("stuck")
    assert faults.active("stuck")
    assert faults.active("stuck")
    faults.remove(fault_id)
    assert not faults.active("stuck")
    with pytest.raises(KeyError):
        faults.remove(fault_id)


def test_match_is_searched_in_the_command_whatever_its_case() -> None:
    faults = FaultSet(VirtualClock())
    faults.add("lost_ok", match=r"\+cmgs=")
    assert not faults.take("lost_ok", "AT+CSQ")
    assert faults.take("lost_ok", "AT+CMGS=20")


def test_after_s_waits_for_the_clock() -> None:
    clock = VirtualClock()
    faults = FaultSet(clock)
    started: list[str] = []
    ended: list[str] = []

    def note_start(fault: Fault) -> None:
        started.append(fault.kind)

    def note_end(fault: Fault) -> None:
        ended.append(fault.kind)

    faults.on_change(note_start, note_end)
    faults.add("stuck", after_s=10)
    cancelled = faults.add("roaming", after_s=10)
    faults.remove(cancelled)
    assert not faults.active("stuck")
    assert started == []
    clock.advance(10)
    assert faults.active("stuck")
    assert started == ["stuck"]
    faults.remove_all()
    assert ended == ["roaming", "stuck"]


def test_probability_repeats_with_the_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = FaultSet(VirtualClock(), seed)
        faults.add("lost_ok", count=0, probability=0.5)
        return [bool(faults.take("lost_ok")) for _ in range(200)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 60 < sum(run(1)) < 140


@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": "nonsense"},
        {"kind": "stuck", "colour": "red"},
        {"kind": "stuck", "count": -1},
        {"kind": "stuck", "count": True},
        {"kind": "stuck", "probability": 1.5},
        {"kind": "stuck", "probability": "x"},
        {"kind": "stuck", "after_s": -1},
        {"kind": "stuck", "after_s": "x"},
        {"kind": "stuck", "match": "("},
    ],
)
def test_a_wrong_parameter_is_refused_by_name(parameters: dict[str, object]) -> None:
    with pytest.raises(UnknownFault):
        FaultSet(VirtualClock()).add(**parameters)  # type: ignore[arg-type]


def test_every_kind_is_described_and_can_be_wanted() -> None:
    faults = FaultSet(VirtualClock())
    for kind, description in KINDS.items():
        assert description
        faults.add(kind)
    assert len(faults.describe()) == len(KINDS)


def test_a_value_of_the_wrong_kind_is_refused_when_it_is_used() -> None:
    faults = FaultSet(VirtualClock())
    faults.add("late_prompt", delay_s="soon")
    fault = faults.take("late_prompt")
    assert fault is not None
    with pytest.raises(UnknownFault):
        fault.number("delay_s", 1)


def test_a_fault_that_fell_on_several_counts_once() -> None:
    faults = FaultSet(VirtualClock())
    fallen: list[Fault] = []
    faults.on_change(fallen.append, lambda fault: None)
    faults.add("eio", count=2)
    faults.done(fallen[0])
    assert [fault["taken"] for fault in faults.describe()] == [1]
    faults.done(fallen[0])
    assert faults.describe() == []
