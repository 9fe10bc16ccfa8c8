"""Passwords hashed with scrypt and compared, whoever they are for.

Hashing takes tens of milliseconds and 16 MiB on purpose: call it in a thread. What a
password may be is for `application_password` and `agent_password` to say.

Spec: RFC 7914; spec/reliability.md SEC-21, SEC-22
"""

import hashlib
import hmac
from typing import Final

from gateway.core.ids import IdSource

SALT_OCTETS: Final = 16
COST: Final = 1 << 14
BLOCK_SIZE: Final = 8
# Without those that are taken for one another: 4.95 bits each.
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def random_letters(ids: IdSource, count: int) -> str:
    """Letters and digits by chance."""
    # Octets above the last whole alphabet would make its first letters likelier.
    fair = 256 - 256 % len(ALPHABET)
    letters = ""
    while len(letters) < count:
        octets = [octet for octet in ids.secret(count) if octet < fair]
        letters += "".join(ALPHABET[octet % len(ALPHABET)] for octet in octets)
    return letters[:count]


def hash_password(password: str, salt: bytes, *, parallel: int = 1) -> str:
    """A text that says how it was made; `parallel` is how many times the work."""
    digest = _scrypt(password, salt, COST, BLOCK_SIZE, parallel)
    return f"scrypt${COST}${BLOCK_SIZE}${parallel}${salt.hex()}${digest.hex()}"


def no_hash(*, parallel: int = 1) -> str:
    """Of no password: what is unknown costs the same time as what is known."""
    return f"scrypt${COST}${BLOCK_SIZE}${parallel}${'00' * SALT_OCTETS}${'00' * 64}"


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
