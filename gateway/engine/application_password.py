"""Passwords of applications: made, hashed with scrypt, compared.

SMPP carries eight characters at most and in clear, so a password of an application is
weak by nature: it opens one account, never the API. Hashing takes tens of
milliseconds on purpose: call it in a thread.

Spec: spec/smpp.md 3.7, 60; RFC 7914
"""

import hashlib
import hmac
from typing import Final

from gateway.core.errors import Invalid
from gateway.core.ids import IdSource

LONGEST_PASSWORD: Final = 8  # SMPP 3.4 5.2.2; clients cut there
SALT_OCTETS: Final = 16
COST: Final = 1 << 14
BLOCK_SIZE: Final = 8
PARALLEL: Final = 1
# Without those that are taken for one another; 39 bits, and few tries a minute.
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
# Of no password: an unknown account costs the same time as a known one.
NO_HASH: Final = f"scrypt${COST}${BLOCK_SIZE}${PARALLEL}${'00' * 16}${'00' * 64}"


def make_password(ids: IdSource) -> str:
    """Eight letters and digits by chance."""
    octets = ids.secret(LONGEST_PASSWORD)
    return "".join(ALPHABET[octet % len(ALPHABET)] for octet in octets)


def check_password(password: str) -> None:
    """`Invalid` unless a client can send it."""
    is_plain = password.isascii() and password.isprintable()
    if not 1 <= len(password) <= LONGEST_PASSWORD or not is_plain:
        raise Invalid(
            "invalid_password",
            f"1 to {LONGEST_PASSWORD} printable ASCII characters",
            field="password",
        )


def hash_password(password: str, salt: bytes) -> str:
    """A text that says how it was made."""
    digest = _scrypt(password, salt, COST, BLOCK_SIZE, PARALLEL)
    return f"scrypt${COST}${BLOCK_SIZE}${PARALLEL}${salt.hex()}${digest.hex()}"


def is_password(password: str, password_hash: str) -> bool:
    """Whether the hash was made of it."""
    _, cost, block_size, parallel, salt, digest = password_hash.split("$")
    made = _scrypt(
        password, bytes.fromhex(salt), int(cost), int(block_size), int(parallel)
    )
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _scrypt(
    password: str, salt: bytes, cost: int, block_size: int, parallel: int
) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost,
        r=block_size,
        p=parallel,
        maxmem=256 * cost * block_size,
    )
