"""Passwords of agents: made, judged, spelled one way, hashed and compared.

Five times the work of an application's, for people have longer ones and few tries.
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

SHORTEST: Final = 12
LONGEST: Final = 128
FEWEST_LETTERS: Final = 4  # different ones
PARALLEL: Final = 5
NO_HASH: Final = no_hash(parallel=PARALLEL)

_GROUPS: Final = 4
_GROUP_LETTERS: Final = 4
# Long enough, and tried first by everybody who guesses.
_WELL_KNOWN: Final = frozenset(
    {
        "123456789012", "1234567890123", "administrator", "adminadminadmin",
        "password1234", "passwordpassword", "qwertyuiop12", "qwertyuiop[]",
        "1q2w3e4r5t6y", "1qaz2wsx3edc", "letmeinletmein", "changemechangeme",
        "йцукенгшщзхъ", "парольпароль", "паролюнемає1",
    }
)  # fmt: skip


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
    simple = spelled.casefold()
    is_weak = len(set(simple)) < FEWEST_LETTERS or simple in _WELL_KNOWN
    if is_weak or simple == login:
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
