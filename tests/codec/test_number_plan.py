"""Numbers as people write them, made international where that is sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.address import normalise


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+7 (916) 000-00-01", "RU", "+79160000001"),
        ("8 916 000 00 01", "RU", "+79160000001"),
        ("89160000001", "ru", "+79160000001"),
        ("79160000001", "RU", "+79160000001"),
        ("9160000001", "RU", "+79160000001"),
        ("8\u00a0916\u00a0000–00–01", "RU", "+79160000001"),
        ("810 380 44 123 45 67", "RU", "+380441234567"),
        ("00 380 44 123 45 67", "RU", "+380441234567"),
        ("044 123 45 67", "UA", "+380441234567"),
        ("380441234567", "UA", "+380441234567"),
        ("8 029 123 45 67", "BY", "+375291234567"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "GB", "+442079460018"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("1-202-555-0143", "US", "+12025550143"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("911234567890", "IN", "+911234567890"),
        ("9112345678", "IN", "+919112345678"),
        ("＋79160000001", "RU", "+79160000001"),
    ],
)
def test_a_number_of_the_region_becomes_international(
    text: str, region: str, expected: str
) -> None:
    assert normalise(text, region) == expected


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("900", "RU", "900"),
        ("0611", "RU", "0611"),
        ("*100#", "RU", "*100#"),
        (" Bank 1 ", "RU", "Bank 1"),
        ("1234567", "DE", "1234567"),
        ("12345678901234567", "RU", "12345678901234567"),
        ("916 000 00 01", "XX", "9160000001"),
        ("916 000 00 01", "", "9160000001"),
        ("", "RU", ""),
    ],
)
def test_what_is_not_sure_stays_as_it_is_without_frills(
    text: str, region: str, expected: str
) -> None:
    assert normalise(text, region) == expected


@given(
    st.text("0123456789+*#() -.٣ab", max_size=20), st.sampled_from(["RU", "DE", "?"])
)
def test_it_never_raises_and_what_it_gave_it_leaves_alone(
    text: str, region: str
) -> None:
    once = normalise(text, region)
    if once.startswith("+"):
        assert normalise(once, region) == once
