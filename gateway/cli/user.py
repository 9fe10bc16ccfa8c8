"""`user`: the people who answer; through the daemon, or on the database without it.

Without the daemon nobody is asked who you are: whoever may write the data directory is
the box's owner. The audit log calls that "system".
"""

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from gateway.cli.client import NotRunning, segment
from gateway.cli.database import on_the_database
from gateway.cli.output import described, listed, say, say_json, say_table
from gateway.cli.password import password_of
from gateway.cli.place import client_of, config_of
from gateway.core.agent import BOX, AgentRole
from gateway.engine.agent_data import agent_json

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.core.agent import Agent
    from gateway.core.clock import Clock
    from gateway.core.ids import IdSource
    from gateway.core.store import Store
    from gateway.engine.agents import Agents

T = TypeVar("T")
_Shape = dict[str, object]
COLUMNS = ("login", "name", "role", "presence", "totp", "created_at", "disabled_at")


def add(arguments: argparse.Namespace) -> None:
    """Somebody new; a password that was made is shown now and never again."""
    given = password_of(arguments)
    rules = {
        "name": arguments.name or arguments.login,
        "role": arguments.role,
        "locale": arguments.locale,
    }

    async def make(agents: "Agents") -> _Shape:
        agent, password = await agents.create(
            BOX,
            arguments.login,
            {**rules, "role": AgentRole(arguments.role)},
            password=given,
        )
        return _made(agent, None if given else password)

    body: _Shape = {"login": arguments.login, "password": given, **rules}
    _say(arguments, _ask(arguments, "POST", "/agents", body, make), "made")


def ls(arguments: argparse.Namespace) -> None:
    """The agents, closed ones too."""
    config = config_of(arguments)
    try:
        agents = listed(client_of(config).get("/agents"))
    except NotRunning:

        async def look(agents: "Agents") -> list[_Shape]:
            return [agent_json(agent, load) for agent, load in await agents.ls()]

        agents = on_the_database(config, _with_agents(look))
    if arguments.json:
        say_json(agents)
        return
    say_table(COLUMNS, ([one.get(column) for column in COLUMNS] for one in agents))


def passwd(arguments: argparse.Namespace) -> None:
    """Another password; logged out everywhere."""
    given = password_of(arguments)

    async def act(agents: "Agents") -> _Shape:
        agent, password = await agents.set_password(BOX, arguments.login, given)
        return _made(agent, None if given else password)

    path = f"{_path(arguments)}/password"
    made = _ask(arguments, "PUT", path, {"password": given}, act)
    _say(arguments, made, "has another password and is logged out everywhere")


def disable(arguments: argparse.Namespace) -> None:
    """Lets nobody in with it from now on."""
    _change(
        arguments,
        ("POST", "disable"),
        lambda agents: agents.disable(BOX, arguments.login),
        "is closed and logged out everywhere",
    )


def enable(arguments: argparse.Namespace) -> None:
    """It may be used again."""
    _change(
        arguments,
        ("POST", "enable"),
        lambda agents: agents.enable(BOX, arguments.login),
        "may log in again",
    )


def totp_off(arguments: argparse.Namespace) -> None:
    """A password is enough again."""
    _change(
        arguments,
        ("DELETE", "totp"),
        lambda agents: agents.drop_totp(BOX, arguments.login),
        "needs no one-time code any more",
    )


def _change(
    arguments: argparse.Namespace,
    call: tuple[str, str],
    act: "Callable[[Agents], Awaitable[Agent]]",
    what: str,
) -> None:
    """One change of somebody who is there, by a call or by `act` without the daemon."""

    async def change(agents: "Agents") -> _Shape:
        return agent_json(await act(agents))

    method, name = call
    path = f"{_path(arguments)}/{name}"
    _say(arguments, _ask(arguments, method, path, None, change), what)


def _ask(
    arguments: argparse.Namespace,
    method: str,
    path: str,
    body: _Shape | None,
    act: "Callable[[Agents], Awaitable[_Shape]]",
) -> _Shape:
    """The daemon's answer, or what `act` does on the database without it."""
    config: Config = config_of(arguments)
    try:
        return described(client_of(config).call(method, path, body))
    except NotRunning:
        return on_the_database(config, _with_agents(act))


def _with_agents(
    act: "Callable[[Agents], Awaitable[T]]",
) -> "Callable[[Store, Clock, IdSource], Awaitable[T]]":
    def work(store: "Store", clock: "Clock", ids: "IdSource") -> Awaitable[T]:
        from gateway.engine.agents import Agents
        from gateway.engine.logins import Logins

        return act(Agents(store, clock, ids, Logins(store, clock)))

    return work


def _made(agent: "Agent", password: str | None) -> _Shape:
    told = {} if password is None else {"password": password}
    return {**agent_json(agent), **told}


def _path(arguments: argparse.Namespace) -> str:
    return f"/agents/{segment(arguments.login)}"


def _say(arguments: argparse.Namespace, agent: _Shape, what: str) -> None:
    if arguments.json:
        say_json(agent)
        return
    if password := agent.get("password"):
        say(str(password))
        say(f"{agent['login']} {what}; keep the line above, it is not shown again")
    else:
        say(f"{agent['login']} {what}")
