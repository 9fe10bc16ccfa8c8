"""Checking what a caller asks for; the rest is in the tests of `submit`."""

import pytest

from gateway.codec.udh import find_ports
from gateway.core.errors import Invalid
from gateway.core.policy import Policy
from gateway.engine.request import (
    SubmitRequest,
    check_content,
    check_recipients,
    check_text,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+7 916 123-45-67", "+79161234567"),
        ("0079161234567", "+79161234567"),
        ("900", "900"),
        ("+491701234567", "+491701234567"),
    ],
)
def test_recipients_come_back_in_canonical_text(text: str, address: str) -> None:
    request = SubmitRequest(to=(text,), text="x")
    assert check_recipients(request, Policy()) == (address,)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\tb", "ß€^{}", "🙂", "\u202eabc"])
def test_text_people_write_is_taken(text: str) -> None:
    assert check_text(text).segments == 1


def test_a_preview_has_no_limit_of_segments_but_one_of_sense() -> None:
    assert check_text("я" * 67 * 30).segments == 30
    with pytest.raises(Invalid):
        check_text("x" * 1_000_000)


def test_octets_carry_their_port_in_each_segment() -> None:
    request = SubmitRequest(to=("900",), octets=bytes(200), destination_port=2948)
    bodies = check_content(request, Policy())
    ports = [find_ports(body.header) for body in bodies]
    assert [port.destination for port in ports if port] == [2948, 2948]
