"""`init`: a commented configuration, the first administrator and a key.

Overwrites nothing, and has no default password: it asks on a terminal, and makes one
in a pipe unless a file holds it. The template names every key with its default; a test
holds it to the sections.

Spec: spec/reliability.md SEC-20
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.database import on_the_database
from gateway.cli.output import VerbFailed, say
from gateway.cli.password import ask_password, password_in
from gateway.config import Config, load
from gateway.core.account import Role
from gateway.core.agent import BOX, AgentRole
from gateway.core.clock import Clock
from gateway.core.ids import IdSource
from gateway.core.store import Store
from gateway.engine.agent_password import check_password
from gateway.engine.agents import Agents, check_login
from gateway.engine.auth import Tokens
from gateway.engine.logins import Logins
from gateway.store.disk import create_private

FILE = "seventy.toml"
TEMPLATE = Path(__file__).with_name("template.toml")
LOGIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """Who is to be the first; no password: one is made."""

    login: str
    password: str | None


def run(arguments: argparse.Namespace) -> None:
    """Writes the file, makes the database, one agent and one key, and says it once."""
    directory = arguments.dir.absolute()
    data_dir = (arguments.data_dir or directory / "data").absolute()
    file = directory / FILE
    if file.exists():
        raise VerbFailed(f"{file} exists; it is left as it is")
    wanted = _administrator(arguments)
    _write(file, data_dir)
    config = load(file, os.environ)
    key, password = _people(config, wanted)
    say(f"configuration  {file}")
    say(f"database       {config.store.path}")
    say(f"API key        {key}")
    say(f"administrator  {wanted.login}")
    if wanted.password is None:
        say(f"password       {password}")
    say("What opens the box is not shown again.")
    say(f"Next: name your modems in {file}, then: seventy check; seventy run")


def _administrator(arguments: argparse.Namespace) -> Administrator:
    """Asked before anything is written."""
    asks = sys.stdin.isatty()
    login = arguments.admin_login
    if login is None and asks:
        login = input(f"Login of the first administrator ({LOGIN}): ").strip()
    login = check_login(login or LOGIN)
    password = None
    if arguments.admin_password_file is not None:
        password = password_in(arguments.admin_password_file)
        check_password(password, login)
    elif asks:
        password = ask_password(login)
    return Administrator(login=login, password=password)


def _write(file: Path, data_dir: Path) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    # A JSON string is also a TOML one.
    text = text.replace('"/var/lib/seventy"', json.dumps(str(data_dir)), 1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        create_private(file)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise VerbFailed(f"cannot write {file}: {error.strerror}") from error


def _people(config: Config, wanted: Administrator) -> tuple[str, str]:
    """The key and the password."""

    async def make(store: Store, clock: Clock, ids: IdSource) -> tuple[str, str]:
        _, password = await Agents(store, clock, ids, Logins(store, clock)).create(
            BOX,
            wanted.login,
            {"name": wanted.login, "role": AgentRole.ADMINISTRATOR},
            password=wanted.password,
        )
        _, key = await Tokens(store, clock, ids).create(
            "administrator", frozenset({Role.ADMIN})
        )
        return key, password

    return on_the_database(config, make)
