"""Identities."""

from gateway.core.ids import SystemIds, spell


def test_later_identities_sort_after_earlier_ones() -> None:
    ids = SystemIds()
    made = [ids.new("msg") for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_the_spelling_keeps_the_order() -> None:
    values = [0, 1, 31, 32, 1 << 64, (1 << 128) - 1]
    spelled = [spell(value) for value in values]
    assert spelled == sorted(spelled)
    assert {len(text) for text in spelled} == {26}


def test_jitter_lies_in_the_unit_interval() -> None:
    ids = SystemIds()
    assert all(0 <= ids.jitter() < 1 for _ in range(1000))
