"""Hashes of passwords for tests: made and compared without the work.

How much work a real one is, and that the unknown cost the same, is for the tests of
`password`, `agent_password` and `login_door`.
"""

import hashlib
from typing import Final

CHEAPEST: Final = 16
_BLOCK: Final = 8
_SALT: Final = bytes(16)


def cheap_hash(password: str) -> str:
    """As `hash_password` keeps it, for a thousandth of the work."""
    digest = hashlib.scrypt(password.encode(), salt=_SALT, n=CHEAPEST, r=_BLOCK, p=1)
    return f"scrypt${CHEAPEST}${_BLOCK}$1${_SALT.hex()}${digest.hex()}"
