"""`token create`, `ls`, `revoke`: through the daemon, or on the database without it."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from gateway.cli.client import NotRunning, segment
from gateway.cli.database import on_the_database
from gateway.cli.output import (
    WrongUsage,
    described,
    listed,
    say,
    say_json,
    say_table,
)
from gateway.cli.place import client_of, config_of
from gateway.core.account import Role, Token
from gateway.core.clock import SystemClock
from gateway.core.ids import TokenId

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.engine.auth import Tokens

T = TypeVar("T")
DEFAULT_SCOPES = (Role.MESSAGES_SEND.value, Role.MESSAGES_READ.value)


def create(arguments: argparse.Namespace) -> None:
    """Make a key; its plain text is shown now and never again."""
    scopes = arguments.scope or list(DEFAULT_SCOPES)
    known = {role.value for role in Role}
    if unknown := [scope for scope in scopes if scope not in known]:
        raise WrongUsage(
            f"{unknown[0]!r} is not a scope; there are: {', '.join(sorted(known))}"
        )
    expires_at = (
        SystemClock().now() + timedelta(days=arguments.days) if arguments.days else None
    )
    config = config_of(arguments)
    body: dict[str, object] = {"name": arguments.name, "scopes": scopes}
    if expires_at is not None:
        body["expires_at"] = expires_at.isoformat()
    try:
        made = described(client_of(config).call("POST", "/tokens", body))
    except NotRunning:
        token, plaintext = on_the_store(
            config,
            lambda tokens: tokens.create(
                arguments.name, frozenset(map(Role, scopes)), expires_at=expires_at
            ),
        )
        made = {**_shape(token), "token": plaintext}
    if arguments.json:
        say_json(made)
        return
    say(str(made["token"]))
    say(f"{made['id']}: keep the line above, it is not shown again")


def ls(arguments: argparse.Namespace) -> None:
    """The keys, without what makes them keys."""
    config = config_of(arguments)
    try:
        tokens = listed(client_of(config).get("/tokens"))
    except NotRunning:
        tokens = [_shape(token) for token in on_the_store(config, lambda t: t.ls())]
    if arguments.json:
        say_json(tokens)
        return
    columns = ("id", "name", "scopes", "created_at", "expires_at", "revoked_at")
    say_table(
        columns,
        (
            [
                " ".join(map(str, value))
                if isinstance(value := token.get(column), list)
                else value
                for column in columns
            ]
            for token in tokens
        ),
    )


def revoke(arguments: argparse.Namespace) -> None:
    """End a key at once."""
    config = config_of(arguments)
    try:
        client_of(config).call("DELETE", f"/tokens/{segment(arguments.id)}")
    except NotRunning:
        on_the_store(config, lambda tokens: tokens.revoke(TokenId(arguments.id)))
    if arguments.json:
        say_json({"id": arguments.id, "revoked": True})
    else:
        say(f"{arguments.id} revoked")


def on_the_store(config: "Config", act: "Callable[[Tokens], Awaitable[T]]") -> T:
    """Work on the database itself; the daemon must not have it."""
    from gateway.engine.auth import Tokens

    return on_the_database(
        config, lambda store, clock, ids: act(Tokens(store, clock, ids))
    )


def _shape(token: Token) -> dict[str, object]:
    """As the API shows it."""
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    }
