"""Passwords of applications: made, and judged.

SMPP carries eight characters at most and in clear, so a password of an application is
weak by nature: it opens one account, never the API. Hashing is `password`'s.

Spec: spec/smpp.md 3.7, 60
"""

from typing import Final

from gateway.core.errors import Invalid
from gateway.core.ids import IdSource
from gateway.engine.password import no_hash, random_letters

LONGEST_PASSWORD: Final = 8  # SMPP 3.4 5.2.2; clients cut there
NO_HASH: Final = no_hash()


def make_password(ids: IdSource) -> str:
    """Eight letters and digits by chance: 39 bits, and few tries a minute."""
    return random_letters(ids, LONGEST_PASSWORD)


def check_password(password: str) -> None:
    """`Invalid` unless a client can send it."""
    is_plain = password.isascii() and password.isprintable()
    if not 1 <= len(password) <= LONGEST_PASSWORD or not is_plain:
        raise Invalid(
            "invalid_password",
            f"1 to {LONGEST_PASSWORD} printable ASCII characters",
            field="password",
        )
