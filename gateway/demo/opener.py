"""What opens the demo's doors: a token, agents with logins, an application's account.

Made on the database itself, before the gateway has it; what the run before made is
kept as long as it is good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.config import DATABASE
from gateway.core.account import Role
from gateway.core.agent import BOX, AgentRole
from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Conflict, NotFound
from gateway.core.ids import IdSource, SystemIds
from gateway.core.store import Store
from gateway.demo.story import CAST
from gateway.engine.agents import Agents
from gateway.engine.application_accounts import Accounts
from gateway.engine.auth import Tokens
from gateway.engine.logins import Logins
from gateway.store.config import StoreConfig
from gateway.store.store import open_store

APPLICATION = "demo"


async def make_secrets(
    data_dir: Path, region: str, known: Mapping[str, Any]
) -> "Secrets":
    """`known` is what the run before has written, if anything."""
    clock, ids = SystemClock(), SystemIds()
    store = await open_store(StoreConfig(path=data_dir / DATABASE), clock)
    try:
        return Secrets(
            token=await make_token(Tokens(store, clock, ids), str(known.get("token"))),
            system_id=APPLICATION,
            application=await make_application(Accounts(store, clock, ids, region)),
            logins=await make_agents(store, clock, ids, known.get("logins", [])),
        )
    finally:
        await store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What opens the demo's doors."""

    token: str
    system_id: str
    application: str
    logins: list[dict[str, str]]


async def make_token(tokens: Tokens, known: str) -> str:
    """The known one, if it is still good; else a new one with every scope."""
    token = await tokens.check(known, "127.0.0.1")
    if token is not None and token.scopes == frozenset(Role):
        return known
    _, plaintext = await tokens.create("demo", frozenset(Role))
    return plaintext


async def make_agents(
    store: Store, clock: Clock, ids: IdSource, known: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """The cast, with the passwords they had."""
    agents = Agents(store, clock, ids, Logins(store, clock))
    passwords = {one["login"]: one["password"] for one in known}
    logins = []
    for login, name, role, locale in CAST:
        password = passwords.get(login)
        if password is None:
            rules = {"name": name, "role": AgentRole(role), "locale": locale}
            try:
                _, password = await agents.create(BOX, login, rules)
            except Conflict:
                _, password = await agents.set_password(BOX, login)
        logins.append(
            {"login": login, "password": password, "name": name, "role": role}
        )
    return logins


async def make_application(accounts: Accounts) -> str:
    """An account that gets all that phones write; its password."""
    try:
        _, password = await accounts.set_password(APPLICATION)
    except NotFound:
        _, password = await accounts.create(APPLICATION, {"numbers": ("*",)})
    return password
