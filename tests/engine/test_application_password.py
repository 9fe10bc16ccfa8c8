"""Passwords of applications."""

import pytest

from gateway.core.errors import Invalid
from gateway.engine.application_password import (
    NO_HASH,
    check_password,
    make_password,
)
from gateway.engine.password import ALPHABET, is_password
from tests.support.ids import SeededIds


def test_a_password_made_here_fits_and_is_not_misread() -> None:
    made = {make_password(SeededIds(seed)) for seed in range(50)}
    assert len(made) == 50
    for password in made:
        check_password(password)
        assert len(password) == 8
        assert set(password) <= set(ALPHABET)


def test_no_password_has_the_hash_of_unknown_accounts() -> None:
    assert not is_password("", NO_HASH)
    assert not is_password("\udcff", NO_HASH)


@pytest.mark.parametrize("wrong", ["", "123456789", "pässwor", "a\tb", "a\x00"])
def test_a_password_no_client_can_send_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(wrong)
    assert refused.value.field == "password"
