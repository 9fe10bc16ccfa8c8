"""A whole site as its users have it: a simulator process and a gateway process.

The two are separate, so that the simulator and its ledger outlive a killed gateway.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

READY_S = 20.0
END_S = 20.0


@dataclass(slots=True)
class Site:
    """Addresses, processes and a client of both."""

    folder: Path
    session: aiohttp.ClientSession
    simulator: str  # http address
    modems: list[dict[str, Any]]
    smsc: dict[str, str]  # its address and an account
    gateway: str  # http address
    config: Path
    token: str = ""
    process: asyncio.subprocess.Process | None = None
    simulator_pid: int = 0
    smpp_port: int = 0  # where applications bind, if they may
    environment: dict[str, str] = field(default_factory=dict)

    async def start(self, *, crash: str | None = None) -> bool:
        """Run the gateway until it answers; False when it ended before that."""
        environment = os.environ | self.environment
        environment.pop("SEVENTY_CRASH", None)
        if crash is not None:
            environment["SEVENTY_CRASH"] = crash
        with (self.folder / "gateway.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gateway", "run", "-c", str(self.config)),
                env=environment,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_S):
            while self.process.returncode is None:
                try:
                    async with self.session.get(f"{self.gateway}/health/live"):
                        return True
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)
        return False

    async def stop(self, *, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End the gateway; its exit status."""
        process = self.process
        assert process is not None
        if process.returncode is None:
            process.send_signal(with_signal)
        async with asyncio.timeout(END_S):
            return await process.wait()

    async def kill(self) -> None:
        """End the gateway as a power cut would."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    def resident_octets(self) -> int:
        """How much memory the gateway has now."""
        assert self.process is not None
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGESIZE")

    async def died(self, within_s: float) -> bool:
        """Whether the gateway ended by itself in that time."""
        assert self.process is not None
        try:
            async with asyncio.timeout(within_s):
                await self.process.wait()
        except TimeoutError:
            return False
        return True

    async def api(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and JSON of one call under /api/v1."""
        async with self.session.request(
            method,
            f"{self.gateway}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **(headers or {})},
        ) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def get(self, path: str) -> Any:
        """The JSON of a call that must work."""
        status, body = await self.api("GET", path)
        assert status == 200, body
        return body

    async def send(self, to: str, text: str, **fields: object) -> dict[str, Any]:
        """Submit one message; the accepted message."""
        status, body = await self.api(
            "POST", "/messages", {"to": to, "text": text, **fields}
        )
        assert status == 202, body
        assert isinstance(body, dict)
        return body

    async def account(self, system_id: str, **rules: object) -> None:
        """Let an application bind, with the password "secret"."""
        body = {"system_id": system_id, "password": "secret", **rules}
        status, answer = await self.api("POST", "/accounts", body)
        assert status == 201, answer

    async def everything(self, query: str) -> list[dict[str, Any]]:
        """All pages of a listing such as `/messages?direction=mo`."""
        items: list[dict[str, Any]] = []
        joint = "&" if "?" in query else "?"
        page = await self.get(f"{query}{joint}limit=100")
        items += page["items"]
        while page["next"]:
            page = await self.get(f"{query}{joint}limit=100&cursor={page['next']}")
            items += page["items"]
        return items

    async def sim(self, method: str, path: str, body: object | None = None) -> Any:
        """A call of the simulator's control API that must work."""
        async with self.session.request(
            method, self.simulator + path, json=body
        ) as answer:
            text = await answer.text()
            assert answer.status < 300, text
            return json.loads(text) if text else None

    async def wait_for_links(self, count: int, *, within_s: float = 30.0) -> None:
        """Until so many links are up."""

        async def are_up() -> bool:
            links = (await self.get("/links"))["items"]
            up = [link for link in links if link["state"] == "up"]
            return len(up) >= count

        await until(are_up, within_s=within_s)


async def until(
    holds: Callable[[], Awaitable[bool]], *, within_s: float, every_s: float = 0.05
) -> None:
    """Ask again and again until it holds; `TimeoutError` otherwise."""
    async with asyncio.timeout(within_s):
        # Another process is watched: nothing here could be waited for.
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(every_s)


def free_port() -> int:
    """A TCP port of the loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


@asynccontextmanager
async def site(
    folder: Path,
    *,
    modems: int = 1,
    simulator_arguments: Sequence[str] = (),
    modem_keys: str = "",
    http_keys: str = "",
    carrier_keys: str | None = None,
    carrier_at: str | None = None,
    server_keys: str | None = None,
    extra: str = "",
) -> AsyncIterator[Site]:
    """The simulator runs, the gateway is configured and has a token but is not up.

    `modem_keys` are lines for every `[[modem]]`, `http_keys` for `[http]`; with
    `carrier_keys` there is a link "carrier" over SMPP, to the simulator's SMSC or to
    `carrier_at`; with `server_keys` applications may bind; `extra` are whole sections.
    """
    simulator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hwsim", "serve", "--dir", str(folder / "sim")),
        *("--http", "127.0.0.1:0", "--modems", str(modems), "--seed", "7"),
        *simulator_arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    assert simulator.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            ready = json.loads(await simulator.stdout.readline())
        port = free_port()
        config = folder / "seventy.toml"
        http = f'[http]\nlisten = "127.0.0.1:{port}"\n{http_keys}\n'
        if carrier_keys is not None:
            address = carrier_at or ready["smpp"]["address"]
            extra += _carrier(ready["smpp"] | {"address": address}, carrier_keys)
        smpp_port = free_port()
        if server_keys is not None:
            listen = f'listen = "127.0.0.1:{smpp_port}"'
            extra += f"[smpp_server]\n{listen}\n{server_keys}\n"
        config.write_text(_config(folder, ready["modems"], modem_keys, [http, extra]))
        connector = aiohttp.TCPConnector(limit=200, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            made = Site(
                folder=folder,
                session=session,
                simulator=ready["http"],
                modems=ready["modems"],
                smsc=ready["smpp"],
                gateway=f"http://127.0.0.1:{port}",
                config=config,
                simulator_pid=simulator.pid,
                smpp_port=smpp_port,
            )
            made.token = await _token(config)
            try:
                yield made
            finally:
                if made.process is not None and made.process.returncode is None:
                    made.process.kill()
                    await made.process.wait()
    finally:
        if simulator.returncode is None:
            simulator.terminate()
        await simulator.wait()


async def _token(config: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "token", "create", "test", "-c"),
        *(str(config), "--scope", "admin", "--json"),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    token = json.loads(output)["token"]
    assert isinstance(token, str)
    return token


def _config(
    folder: Path,
    modems: list[dict[str, Any]],
    modem_keys: str,
    others: Sequence[str],
) -> str:
    gateway = f'[gateway]\ndata_dir = "{folder / "data"}"\nregion = "RU"\n'
    sections = [
        f'[[modem]]\nname = "sim{number}"\nport = "{modem["port"]}"\n'
        f'msisdn = "{modem["msisdn"]}"\n{modem_keys}\n'
        for number, modem in enumerate(modems, start=1)
    ]
    return "\n".join([gateway, *others, *sections])


def _carrier(smsc: dict[str, str], keys: str) -> str:
    host, _, port = smsc["address"].rpartition(":")
    return (
        f'[[smpp]]\nname = "carrier"\nhost = "{host}"\nport = {port}\n'
        f'system_id = "{smsc["system_id"]}"\npassword = "{smsc["password"]}"\n'
        f'msisdn = "{smsc["short_code"]}"\n{keys}\n'
    )
