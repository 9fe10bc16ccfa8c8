"""Tokens."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.account import Role
from gateway.core.errors import Forbidden, Invalid, NotFound
from gateway.core.ids import TokenId
from gateway.engine.auth import LAST_USED_EVERY, Tokens, may
from tests.support.rooms import Rooms


@pytest.fixture
def tokens(rooms: Rooms) -> Tokens:
    return Tokens(rooms.store, rooms.clock, rooms.ids)


async def test_a_secret_opens_what_its_scopes_say(tokens: Tokens) -> None:
    token, secret = await tokens.create("ivr", [Role.MESSAGES_SEND])
    assert secret.startswith("svt_")
    checked = await tokens.check(secret, "127.0.0.1")
    assert checked is not None
    assert checked.id == token.id
    assert may(checked, Role.MESSAGES_SEND)
    assert not may(checked, Role.WEBHOOKS)


async def test_the_administrators_token_may_do_everything(tokens: Tokens) -> None:
    token, _ = await tokens.create("root", [Role.ADMIN])
    assert all(may(token, role) for role in Role)


async def test_the_secret_is_not_kept(tokens: Tokens, rooms: Rooms) -> None:
    token, secret = await tokens.create("ivr", [])
    assert secret.encode() not in repr(token).encode()


@pytest.mark.parametrize("secret", ["", "svt_", "svt_00", "nonsense", "svt_\ud800"])
async def test_other_secrets_open_nothing(tokens: Tokens, secret: str) -> None:
    await tokens.create("ivr", [])
    assert await tokens.check(secret, None) is None


async def test_a_revoked_or_expired_token_opens_nothing(
    tokens: Tokens, rooms: Rooms
) -> None:
    token, secret = await tokens.create("one", [])
    expires_at = rooms.clock.now() + timedelta(hours=1)
    _, short = await tokens.create("two", [], expires_at=expires_at)
    await tokens.revoke(token.id)
    assert await tokens.check(secret, None) is None
    assert await tokens.check(short, None) is not None
    rooms.clock.pass_time(3600)
    assert await tokens.check(short, None) is None
    with pytest.raises(NotFound):
        await tokens.revoke(TokenId("tok_nobody"))


async def test_a_known_token_is_not_looked_up_again_until_it_is_revoked(
    tokens: Tokens, rooms: Rooms
) -> None:
    token, secret = await tokens.create("one", [])
    assert await tokens.check(secret, None) is not None
    await rooms.store.write(
        lambda tx: tx.accounts.save_token(replace(token, name="renamed elsewhere"))
    )
    known = await tokens.check(secret, None)
    assert known is not None
    assert known.name == "one"
    await tokens.revoke(token.id)
    assert await tokens.check(secret, None) is None


async def test_a_check_that_began_before_a_revocation_is_not_remembered(
    tokens: Tokens,
) -> None:
    for _ in range(20):
        token, secret = await tokens.create("one", [])
        await asyncio.gather(
            *(tokens.check(secret, None) for _ in range(3)), tokens.revoke(token.id)
        )
        assert await tokens.check(secret, None) is None


async def test_a_token_may_be_bound_to_addresses(tokens: Tokens) -> None:
    _, secret = await tokens.create("pbx", [], sources=["10.1.0.0/16", "::1"])
    for inside in ("10.1.2.3", "::ffff:10.1.2.3", "::1"):
        assert await tokens.check(secret, inside) is not None
    for outside in ("10.2.0.1", None, "", "nonsense"):
        with pytest.raises(Forbidden):
            await tokens.check(secret, outside)


async def test_bad_names_and_sources_are_refused(tokens: Tokens) -> None:
    for name, sources in (("", []), ("a\nb", []), ("x", ["10.0.0.0/99"])):
        with pytest.raises(Invalid):
            await tokens.create(name, [], sources=sources)


async def test_its_last_use_is_kept_coarsely(tokens: Tokens, rooms: Rooms) -> None:
    _, secret = await tokens.create("ivr", [])
    first = rooms.clock.now()
    await tokens.check(secret, None)
    rooms.clock.pass_time(60)
    await tokens.check(secret, None)
    assert [token.last_used_at for token in await tokens.ls()] == [first]
    rooms.clock.pass_time(LAST_USED_EVERY.total_seconds())
    await tokens.check(secret, None)
    assert [token.last_used_at for token in await tokens.ls()] == [rooms.clock.now()]
