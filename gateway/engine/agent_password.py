"""Passwords of agents: made, judged, spelled one way, hashed and compared.

Five times the work of an application's, for people have longer ones and few tries.
What is guessed at once is `well_known_password`'s to say.
The functions that hash block for some hundred milliseconds: call them in a thread.

Spec: spec/reliability.md SEC-21; RFC 8265 4 (OpaqueString)
"""

import unicodedata
from typing import Final

from gateway.core.errors import Invalid
from gateway.core.ids import IdSource
from gateway.engine.password import (
    SALT_OCTETS,
    hash_password,
    is_password,
    no_hash,
    random_letters,
)
from gateway.engine.well_known_password import is_guessed_soon

SHORTEST: Final = 12
LONGEST: Final = 128
PARALLEL: Final = 5
NO_HASH: Final = no_hash(parallel=PARALLEL)

_GROUPS: Final = 4
_GROUP_LETTERS: Final = 4


def make_password(ids: IdSource) -> str:
    """Sixteen letters and digits in groups, 79 bits: `abcd-efgh-jkmn-pqrs`."""
    groups = (random_letters(ids, _GROUP_LETTERS) for _ in range(_GROUPS))
    return "-".join(groups)


def check_password(password: str, login: str, *, field: str = "password") -> None:
    """`Invalid` when it is too short, too long or guessed at once."""
    spelled = _spell(password)
    if not SHORTEST <= len(spelled) <= LONGEST:
        raise Invalid(
            "invalid_password", f"{SHORTEST} to {LONGEST} characters", field=field
        )
    if is_guessed_soon(spelled, about=(login,)):
        raise Invalid("weak_password", "too easily guessed; take another", field=field)


def hash_agent_password(password: str, ids: IdSource) -> str:
    """What is kept of it."""
    salt = ids.secret(SALT_OCTETS)
    return hash_password(_spell(password), salt, parallel=PARALLEL)


def is_agent_password(password: str, password_hash: str) -> bool:
    """Whether the hash was made of it."""
    return is_password(_spell(password), password_hash)


def _spell(password: str) -> str:
    """Letters that look alike are alike, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)
