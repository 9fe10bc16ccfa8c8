"""Standard Webhooks signatures and secrets."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier

from web.signature import read_secret, signed_headers, spell_secret


def test_the_reference_library_makes_the_same_signature() -> None:
    secret, at = bytes(range(32)), datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    body = '{"text":"Щ"}'
    headers = signed_headers("msg_1", at, body.encode(), [secret])
    expected = Verifier(spell_secret(secret)).sign("msg_1", at, body)
    assert headers["webhook-signature"] == expected


def test_there_is_a_signature_for_each_secret_newest_first() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    both = signed_headers("a", at, b"{}", [b"n" * 24, b"o" * 24])["webhook-signature"]
    alone = [
        signed_headers("a", at, b"{}", [secret])["webhook-signature"]
        for secret in (b"n" * 24, b"o" * 24)
    ]
    assert both.split(" ") == alone


def test_a_secret_is_read_as_it_was_spelled() -> None:
    for length in (24, 32, 64):
        assert read_secret(spell_secret(b"k" * length)) == b"k" * length


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_!!!", "abc", "whsec_" + base64.b64encode(b"k" * 23).decode()],
)
def test_an_odd_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_secret(text)
