"""``hwsim serve``: a world with its control API, until it is told to stop.

Relies on ``world`` and ``control``. Standard output gets one line of JSON, when all is
ready; it never needs its parent after that.

Spec: PRODUCT.md 8
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from hwsim.control import Control
from hwsim.network import DEFAULT_RETRY_S
from hwsim.personalities import PERSONALITIES
from hwsim.plan import MAX_MODEMS, Scenario, plan_modems
from hwsim.scenario import ScenarioError, load_scenario
from hwsim.smsc import CodeTaken
from hwsim.smsc_tls import make_tls
from hwsim.world import World

DEFAULT_HTTP = "127.0.0.1:8071"
DEFAULT_SMPP = "127.0.0.1:0"
_DEFAULT_MODEMS = 2
_DEFAULT_LATENCY_S = 0.1
_SHUTDOWN_S = 1.0

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    folder: Path
    host: str
    port: int
    smpp_host: str
    smpp_port: int
    smpp_tls: bool
    scenario: Scenario
    seed: int
    latency_s: float
    retry_s: float
    virtual_clock: bool
    tcp: bool
    unix: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when stopped by a signal, 1 when it could not start, 2 for wrong usage."""
    parser = _parser()
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    # Whoever read standard error may be gone; that is no reason to complain there.
    logging.raiseExceptions = False
    try:
        options = _options(given)
    except (ScenarioError, ValueError, OSError) as error:
        parser.error(str(error))
    try:
        asyncio.run(serve(options))
    except (OSError, CodeTaken) as error:
        print(f"hwsim: {error}", file=sys.stderr)  # noqa: T201 - the verb's answer
        return 1
    return 0


async def serve(options: ServeOptions) -> None:
    """Until SIGTERM or SIGINT; a hang-up of the terminal is ignored."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    options.folder.mkdir(parents=True, exist_ok=True)
    world = World(
        seed=options.seed,
        latency_s=options.latency_s,
        retry_s=options.retry_s,
        virtual_clock=options.virtual_clock,
    )
    control = Control(world.clock, world.network, world.modems, world.smsc)
    runner = web.AppRunner(control.app(), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    try:
        for plan in options.scenario.modems:
            modem = world.add_modem(plan)
            await world.open_terminals(
                modem, options.folder, tcp=options.tcp, unix=options.unix
            )
        tls, certificate = None, None
        if options.smpp_tls:
            tls, certificate = make_tls(options.folder, options.smpp_host)
        await world.smsc.start(options.smpp_host, options.smpp_port, tls=tls)
        await runner.setup()
        await web.TCPSite(runner, options.host, options.port).start()
        world.start(options.scenario)
        host, port = runner.addresses[0][:2]
        told = _addresses(world, host, port, certificate)
        print(json.dumps(told), flush=True)  # noqa: T201 - ditto
        await stop.wait()
    finally:
        await runner.cleanup()
        await world.close()


def _addresses(
    world: World, host: str, port: int, certificate: Path | None
) -> dict[str, object]:
    bracketed = f"[{host}]" if ":" in host else host
    modems = []
    for modem in world.modems.values():
        state = modem.state()
        ways_in = [terminal.describe() for terminal in modem.terminals]
        modems.append(
            {
                "name": modem.name,
                "port": ways_in[0].get("link"),
                "sockets": [way.get("address") for way in ways_in[1:]],
                **{
                    key: state[key]
                    for key in ("msisdn", "imei", "iccid", "personality")
                },
            }
        )
    account = next(iter(world.smsc.accounts.values()))
    smpp = {
        "address": world.smsc.address,
        "system_id": account.system_id,
        "password": account.password,
        "short_code": next(iter(account.short_codes), None),
        "certificate": str(certificate) if certificate else None,
    }
    return {"http": f"http://{bracketed}:{port}", "modems": modems, "smpp": smpp}


def _options(given: argparse.Namespace) -> ServeOptions:
    personalities = given.personality.split(",")
    for personality in personalities:
        if personality not in PERSONALITIES:
            known = ", ".join(PERSONALITIES)
            raise ValueError(f"--personality: {personality!r} is not one of: {known}")
    scenario = Scenario()
    if given.scenario is not None:
        scenario = load_scenario(given.scenario, list(PERSONALITIES))
    count = given.modems
    if count is None and not scenario.modems:
        count = _DEFAULT_MODEMS
    if count is not None:
        if not 0 <= count <= MAX_MODEMS:
            raise ValueError(f"--modems: not between 0 and {MAX_MODEMS}")
        scenario = replace(scenario, modems=plan_modems(count, personalities))
    host, port = _host_and_port("--http", given.http)
    smpp_host, smpp_port = _host_and_port("--smpp", given.smpp)
    return ServeOptions(
        folder=given.dir.absolute(),
        host=host,
        port=port,
        smpp_host=smpp_host,
        smpp_port=smpp_port,
        smpp_tls=given.smpp_tls,
        scenario=scenario,
        seed=_first(given.seed, scenario.seed, 0),
        latency_s=_first(given.latency, scenario.latency_s, _DEFAULT_LATENCY_S),
        retry_s=given.retry,
        virtual_clock=given.virtual_clock or scenario.virtual_clock,
        tcp=given.tcp,
        unix=given.unix,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hwsim", description="Simulated GSM modems, an operator and its phones."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    serve_verb = verbs.add_parser("serve", help="run until SIGTERM or SIGINT")
    add = serve_verb.add_argument
    add("--dir", type=Path, required=True, help="where the modems' links appear")
    add("--http", default=DEFAULT_HTTP, metavar="HOST:PORT", help="0: any free port")
    add("--smpp", default=DEFAULT_SMPP, metavar="HOST:PORT", help="default: any port")
    add("--smpp-tls", action="store_true", help="the SMSC speaks TLS on its port")
    add("--modems", type=int, metavar="N", help=f"default {_DEFAULT_MODEMS}")
    add("--scenario", type=Path, metavar="FILE.toml")
    add("--seed", type=int, metavar="N", help="the same seed, the same run")
    add("--virtual-clock", action="store_true", help="moved by POST /clock alone")
    add("--personality", default="generic", metavar="NAME[,NAME…]", help="in turn")
    add("--latency", type=_seconds, metavar="S", help="of the network, on average")
    add(
        "--retry",
        type=_seconds,
        default=DEFAULT_RETRY_S,
        metavar="S",
        help="until the network tries again what a phone or modem did not take",
    )
    add("--tcp", action="store_true", help="each modem on a TCP port too")
    add("--unix", action="store_true", help="each modem on a unix socket too")
    return parser


def _host_and_port(option: str, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 0xFFFF:
        raise ValueError(f"{option}: {text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def _first(given: Number | None, planned: Number | None, default: Number) -> Number:
    if given is not None:
        return given
    return default if planned is None else planned
