"""Simulator and gateway side by side, as two processes, until Ctrl-C.

The only module of ours that names the simulator, and only as a program to start. The
data directory is kept: configuration, database, and `demo.json` with all addresses,
logins and a token, so that a script can drive the demo. PRODUCT.md chapter 3.
"""

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.core.account import Role
from gateway.core.clock import SystemClock
from gateway.core.errors import GatewayError
from gateway.demo.opener import Secrets, make_secrets
from gateway.demo.story import Story, StoryStopped
from gateway.store.disk import create_private, put_in_place

MODEMS = 2
START_LIMIT_S = 60.0
STOP_LIMIT_S = 20.0
PORTS_TRIED = 20
LOOK_S = 0.1
REGION = "RU"
PHONE = "+79991234567"  # open on the phones' page from the start

CONFIG = """\
# Written by `seventy demo`; it is written anew at each start.
[gateway]
data_dir = {data_dir}
region = "{region}"
timezone = "Europe/Moscow"

[http]
listen = "127.0.0.1:{port}"
webhook_hosts = ["127.0.0.0/8"] # a demo tells listeners on this machine

[smpp_server]
listen = "127.0.0.1:{smpp_port}"

[policy]
reassembly_timeout_s = 60 # a day would be long to wait for in a demo
failover_after_s = 5
"""
MODEM = """
[[modem]]
name = {name}
port = {port}
msisdn = {msisdn}
"""


MODEM_KEYS = ("name", "port", "msisdn")


class DemoFailed(GatewayError):
    """The demo cannot run here; says why."""


class Demo:
    """One run of the demo."""

    def __init__(
        self, *, directory: Path, port: int, say: Callable[[str], None]
    ) -> None:
        self._directory = directory.absolute()
        self._port = port
        self._say = say
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = threading.Event()
        self._story: threading.Thread | None = None

    def run(self) -> int:
        """Until Ctrl-C; the exit status. Raises `DemoFailed`."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: self._stopped.set())
        try:
            if self._start():
                self._watch()
        finally:
            self._stop()
        return 0

    def _start(self) -> bool:
        """Everything up; False when it was stopped before."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        port = free_port(self._port)
        if port != self._port:
            self._say(f"port {self._port} is in use: taking {port}")
        # First, because it fails when another demo runs on this directory.
        data_dir = self._directory / "data"
        data_dir.mkdir(mode=0o700, exist_ok=True)
        secrets = asyncio.run(make_secrets(data_dir, REGION, self._known()))
        simulator = self._start_simulator(free_port(port + 1))
        if simulator is None:
            return False
        smpp_port = free_port(port + 2)
        config = self._write_config(port, smpp_port, simulator)
        if not self._start_gateway(config, port):
            return False
        demo = self._describe(port, config, secrets, simulator)
        demo["smpp_server"] = {
            "address": f"127.0.0.1:{smpp_port}",
            "system_id": secrets.system_id,
            "password": secrets.application,
        }
        write_private(
            self._directory / "demo.json",
            json.dumps(demo, ensure_ascii=False, indent=2) + "\n",
        )
        self._introduce(demo)
        self._tell_story(demo)
        return True

    def _start_simulator(self, port: int) -> dict[str, Any] | None:
        lines = self._directory / "simulator"
        lines.mkdir(exist_ok=True)
        process = self._spawn(
            "simulator",
            *("-m", "hwsim", "serve", "--dir", str(lines)),
            *("--http", f"127.0.0.1:{port}", "--modems", str(MODEMS)),
        )
        said = self._directory / "simulator.out"
        if not self._until(
            "simulator", process, lambda: said.read_bytes()[-1:] == b"\n"
        ):
            return None
        addresses = json.loads(said.read_text(encoding="utf-8").splitlines()[0])
        if not isinstance(addresses, dict):
            raise DemoFailed("the simulator did not say its addresses")
        return addresses

    def _write_config(
        self, port: int, smpp_port: int, simulator: dict[str, Any]
    ) -> Path:
        data_dir = json.dumps(str(self._directory / "data"))
        text = CONFIG.format(
            data_dir=data_dir, port=port, smpp_port=smpp_port, region=REGION
        )
        for modem in simulator["modems"]:
            # A JSON string is also a TOML one.
            text += MODEM.format(**{key: json.dumps(modem[key]) for key in MODEM_KEYS})
        file = self._directory / "seventy.toml"
        write_private(file, text)
        return file

    def _known(self) -> dict[str, Any]:
        """What the run before has written."""
        with contextlib.suppress(OSError, ValueError):
            known = json.loads((self._directory / "demo.json").read_text("utf-8"))
            if isinstance(known, dict):
                return known
        return {}

    def _start_gateway(self, config: Path, port: int) -> bool:
        process = self._spawn(
            "gateway", "-m", "gateway", "run", "--config", str(config)
        )
        return self._until("gateway", process, lambda: answers(port))

    def _spawn(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """A Python of ours; its own session, so that Ctrl-C reaches us alone."""
        with (
            (self._directory / f"{name}.out").open("wb") as out,
            (self._directory / f"{name}.log").open("ab") as log,
        ):
            process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                start_new_session=True,
            )
        self._processes[name] = process
        return process

    def _until(
        self, name: str, process: "subprocess.Popen[bytes]", ready: Callable[[], bool]
    ) -> bool:
        """Wait for a process to be ready; False when it was stopped before."""
        clock = SystemClock()
        limit = clock.monotonic() + START_LIMIT_S
        while not ready():
            if process.poll() is not None or clock.monotonic() > limit:
                log = self._directory / f"{name}.log"
                raise DemoFailed(f"the {name} did not start; see {log}")
            if self._stopped.wait(LOOK_S):
                return False
        return True

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_S):
            for name, process in self._processes.items():
                if process.poll() is not None:
                    log = self._directory / f"{name}.log"
                    raise DemoFailed(f"the {name} ended by itself; see {log}")
        self._say("stopping")

    def _stop(self) -> None:
        """The gateway first: it has the modems to let go of."""
        if self._story is not None:
            self._stopped.set()
            self._story.join()
        for process in reversed(self._processes.values()):
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _tell_story(self, demo: dict[str, Any]) -> None:
        """Sample threads, made while the demo is running already; once."""
        told = self._directory / "story.told"
        if told.exists():
            return
        told.touch()
        story = Story(
            api=demo["api"],
            simulator=demo["simulator"],
            token=demo["token"],
            number=demo["modems"][0]["msisdn"],
            stopped=self._stopped,
        )

        def play() -> None:
            try:
                story.play()
            except StoryStopped as error:
                if not self._stopped.is_set():
                    self._say(f"the sample threads are incomplete: {error}")

        self._story = threading.Thread(target=play, name="story")
        self._story.start()

    def _describe(
        self, port: int, config: Path, secrets: Secrets, simulator: dict[str, Any]
    ) -> dict[str, Any]:
        base = f"http://127.0.0.1:{port}"
        return {
            "gateway": base,
            "inbox": f"{base}/inbox",
            "logins": secrets.logins,
            "api": f"{base}/api/v1",
            "docs": f"{base}/docs",
            "metrics": f"{base}/metrics",
            "health": f"{base}/health/ready",
            "simulator": simulator["http"],
            "token": secrets.token,
            "scopes": sorted(role.value for role in Role),
            "modems": simulator["modems"],
            "phone": PHONE,
            "config": str(config),
            "data_dir": str(self._directory / "data"),
            "pids": {name: process.pid for name, process in self._processes.items()},
        }

    def _introduce(self, demo: dict[str, Any]) -> None:
        modem = demo["modems"][0]
        auth = f"-H 'Authorization: Bearer {demo['token']}'"
        json_type = "-H 'Content-Type: application/json'"
        for line in (
            "",
            f"  inbox                     {demo['inbox']}",
            *(
                f"    {one['login']:<6} {one['password']}   {one['role']}"
                for one in demo["logins"]
            ),
            f"  API and its description   {demo['docs']}",
            f"  phones, to play with      {demo['simulator']}/",
            f"  metrics                   {demo['metrics']}",
            f"  everything for a script   {self._directory / 'demo.json'}",
            "",
            "Send a text; it arrives on the phone page:",
            f"  curl -s {demo['api']}/messages {auth} {json_type} \\",
            f"""    -d '{{"to": "{PHONE}", "text": "Здравствуйте! 👋"}}'""",
            "Let the phone answer; an agent sees it at once:",
            f"  curl -s {demo['simulator']}/phones/{PHONE}/messages {json_type} \\",
            f"""    -d '{{"to": "{modem["msisdn"]}", "text": "Добрый день"}}'""",
            "See all that happened:",
            f"  curl -s {auth} '{demo['api']}/events?after=0'",
            "Bind an application of yours over SMPP to "
            f"{demo['smpp_server']['address']} as "
            f"{demo['smpp_server']['system_id']}, "
            f"password {demo['smpp_server']['password']}.",
            "Ask the daemon from another terminal:",
            f"  {command_line()} links --config {demo['config']}",
            "",
            "Ctrl-C stops both.",
        ):
            self._say(line)


def command_line() -> str:
    """`seventy`, as it can be typed here."""
    beside = Path(sys.executable).with_name("seventy")
    if not beside.exists():
        return f"{sys.executable} -m gateway"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)


def free_port(wanted: int) -> int:
    """The first free one from `wanted` on; `DemoFailed` when there is none near."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket() as attempt:
            # As servers do: a port that is only cooling down is free.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DemoFailed(
        f"ports {wanted} to {wanted + PORTS_TRIED - 1} are all in use: give --port"
    )


def answers(port: int) -> bool:
    """Does anybody listen there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def write_private(file: Path, text: str) -> None:
    """A file that only its owner may read, there whole or not at all."""
    fresh = file.with_name(file.name + ".new")
    create_private(fresh)
    fresh.write_text(text, encoding="utf-8")
    put_in_place(fresh, file)
