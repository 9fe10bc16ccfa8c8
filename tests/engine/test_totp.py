"""One-time codes, against the vectors of their documents."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.engine.totp import (
    STEP_S,
    accepted_step,
    code_at,
    spell_secret,
    step_at,
    uri_of,
)

SECRET = b"12345678901234567890"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# RFC 4226 Appendix D
HOTP = """755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"""
# RFC 6238 Appendix B, SHA-1
TOTP = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def test_codes_by_counter_are_those_of_rfc_4226() -> None:
    assert [code_at(SECRET, counter) for counter in range(10)] == HOTP.split()


@pytest.mark.parametrize(("second", "code"), TOTP)
def test_codes_by_time_are_those_of_rfc_6238(second: int, code: str) -> None:
    step = step_at(datetime.fromtimestamp(second, UTC))
    assert code_at(SECRET, step, digits=8) == code


@pytest.mark.parametrize("off", range(-3, 4))
def test_a_telephones_clock_may_be_one_step_off(off: int) -> None:
    step = step_at(NOW) + off
    found = accepted_step(SECRET, code_at(SECRET, step), NOW, after=0)
    assert found == (step if abs(off) <= 1 else None)


def test_a_code_and_what_came_before_it_open_nothing_again() -> None:
    step = step_at(NOW)
    for older in (step - 1, step):
        code = code_at(SECRET, older)
        assert accepted_step(SECRET, code, NOW, after=step) is None
    newer = code_at(SECRET, step + 1)
    assert accepted_step(SECRET, newer, NOW, after=step) == step + 1


@pytest.mark.parametrize(
    "wrong", ["", "0", "000000", "abcdef", "１２３４５６", "1" * 40, "\ud800"]
)
def test_other_codes_are_wrong(wrong: str) -> None:
    assert accepted_step(SECRET, wrong, NOW, after=0) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    code = code_at(SECRET, step_at(NOW))
    assert accepted_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, after=0) is not None


def test_an_app_is_told_everything() -> None:
    uri = urlsplit(uri_of(SECRET, "anna@example.org"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/Seventy%3Aanna%40example.org"
    assert parse_qs(uri.query) == {
        "secret": [spell_secret(SECRET)],
        "issuer": ["Seventy"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": [str(STEP_S)],
    }
    assert spell_secret(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
