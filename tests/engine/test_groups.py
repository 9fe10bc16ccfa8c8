"""What can be kept of a text."""

import pytest

from gateway.engine.groups import storable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (None, None),
        ("привет 🙂", "привет 🙂"),
        ("a\ud83d", "a�"),
        ("\ude00a", "�a"),
        ("\ud83d\ude00", "😀"),
    ],
)
def test_lone_surrogates_become_replacement_characters(
    text: str | None, kept: str | None
) -> None:
    assert storable(text) == kept
