"""The battering of `make fuzz`, a little of it."""

import pytest

from tests.smpp.fuzz import MOST_HELD_OCTETS, Batterer, held_octets, main


def test_a_thousand_mutated_pdus_do_no_harm_and_take_little() -> None:
    assert held_octets(Batterer(11), 1000) < MOST_HELD_OCTETS


def test_the_seed_is_said_and_makes_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = []
    for _ in range(2):
        assert main(["--count", "500", "--seed", "7"]) == 0
        told.append(capsys.readouterr().out.splitlines()[0])
    assert told == ["seed 7", "seed 7"]
