"""`account`: applications that bind; through the daemon, or on the database without it.

What is not said on the command line is not sent, so that `set` leaves it as it is.
"""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from gateway.cli.client import NotRunning, segment
from gateway.cli.database import on_the_database
from gateway.cli.output import (
    described,
    listed,
    say,
    say_fields,
    say_json,
    say_table,
)
from gateway.cli.password import password_of
from gateway.cli.place import client_of, config_of

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.core.application import Account
    from gateway.engine.application_accounts import Accounts

T = TypeVar("T")
COLUMNS = ("system_id", "description", "numbers", "queue", "waiting", "disabled_at")
# Of the arguments: the API's field, and the argument that says there is none.
_RULES = {
    "description": "description",
    "source": "sources",
    "sender": "senders",
    "destination": "destinations",
    "number": "numbers",
    "rate": "rate_per_s",
    "max_binds": "max_binds",
    "window": "window",
    "deliver_window": "deliver_window",
    "queue": "queue",
    "decimal_ids": "decimal_ids",
    "long_dates": "long_dates",
    "receipt_tlvs": "receipt_tlvs",
    "idempotent_s": "idempotent_s",
}
_NONE = ""  # an empty argument takes a rule away


def create(arguments: argparse.Namespace) -> None:
    """Make an account; its password is shown now and never again."""
    rules, password = _rules(arguments), password_of(arguments)
    body = {"system_id": arguments.system_id, **rules}
    if password is not None:
        body["password"] = password

    async def make(accounts: "Accounts") -> dict[str, object]:
        account, plaintext = await accounts.create(
            arguments.system_id, rules, password=password
        )
        return {**_shape(account), "password": plaintext}

    made = _ask(arguments, "POST", "/accounts", body, make)
    _say_password(arguments, made)


def ls(arguments: argparse.Namespace) -> None:
    """The accounts, and how much waits for each."""
    config = config_of(arguments)
    try:
        accounts = listed(client_of(config).get("/accounts"))
    except NotRunning:
        found = _on_the_store(config, lambda accounts: accounts.ls())
        accounts = [_shape(account, waiting) for account, waiting in found]
    if arguments.json:
        say_json(accounts)
        return
    say_table(
        COLUMNS, ([_cell(one.get(column)) for column in COLUMNS] for one in accounts)
    )


def show(arguments: argparse.Namespace) -> None:
    """One account, all of it but its password."""

    async def look(accounts: "Accounts") -> dict[str, object]:
        return _shape(*await accounts.get(arguments.system_id))

    _say(arguments, _ask(arguments, "GET", _path(arguments), None, look))


def change(arguments: argparse.Namespace) -> None:
    """Other rules; what is not named stays."""
    rules = _rules(arguments)

    async def act(accounts: "Accounts") -> dict[str, object]:
        return _shape(await accounts.change(arguments.system_id, rules))

    _say(arguments, _ask(arguments, "PATCH", _path(arguments), rules, act))


def password(arguments: argparse.Namespace) -> None:
    """Another password; the old one opens nothing any more."""
    given = password_of(arguments)

    async def act(accounts: "Accounts") -> dict[str, object]:
        account, plaintext = await accounts.set_password(arguments.system_id, given)
        return {**_shape(account), "password": plaintext}

    path = f"{_path(arguments)}/password"
    made = _ask(arguments, "POST", path, {"password": given}, act)
    _say_password(arguments, made)


def disable(arguments: argparse.Namespace) -> None:
    """Nobody binds with it from now on."""

    async def act(accounts: "Accounts") -> dict[str, object]:
        return _shape(await accounts.disable(arguments.system_id))

    _say(arguments, _ask(arguments, "DELETE", _path(arguments), None, act))


def enable(arguments: argparse.Namespace) -> None:
    """It may be used again."""

    async def act(accounts: "Accounts") -> dict[str, object]:
        return _shape(await accounts.enable(arguments.system_id))

    body: dict[str, object] = {"disabled": False}
    _say(arguments, _ask(arguments, "PATCH", _path(arguments), body, act))


def _ask(
    arguments: argparse.Namespace,
    method: str,
    path: str,
    body: dict[str, object] | None,
    act: "Callable[[Accounts], Awaitable[dict[str, object]]]",
) -> dict[str, object]:
    """The daemon's answer, or what `act` does on the database without it."""
    config = config_of(arguments)
    try:
        return described(client_of(config).call(method, path, body))
    except NotRunning:
        return _on_the_store(config, act)


def _on_the_store(config: "Config", act: "Callable[[Accounts], Awaitable[T]]") -> T:
    """Work on the database itself; the daemon must not have it."""
    from gateway.engine.application_accounts import Accounts

    region = config.gateway.region
    return on_the_database(
        config, lambda store, clock, ids: act(Accounts(store, clock, ids, region))
    )


def _rules(arguments: argparse.Namespace) -> dict[str, object]:
    """What was said, by the names of the API."""
    said: dict[str, object] = {}
    for argument, field in _RULES.items():
        value = getattr(arguments, argument, None)
        if value is None:
            continue
        if isinstance(value, list):
            value = [item for item in value if item != _NONE]
        elif value == _NONE and field == "queue":
            value = None
        elif field == "rate_per_s":
            value = value or None
        said[field] = value
    return said


def _path(arguments: argparse.Namespace) -> str:
    return f"/accounts/{segment(arguments.system_id)}"


def _say_password(arguments: argparse.Namespace, made: dict[str, object]) -> None:
    if arguments.json:
        say_json(made)
        return
    say(str(made["password"]))
    say(f"{made['system_id']}: keep the line above, it is not shown again")


def _say(arguments: argparse.Namespace, account: dict[str, object]) -> None:
    if arguments.json:
        say_json(account)
        return
    account.pop("password", None)
    say_fields({name: _cell(value) for name, value in account.items()})


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _shape(account: "Account", waiting: int = 0) -> dict[str, object]:
    """As the API shows it."""
    shape = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(account).items()
        if name != "password_hash"
    }
    return {**shape, "waiting": waiting}
