"""Our gateway as the subject of a trial: one process, one fresh database, one link.

An HTTP load has its receipts told to a webhook; an SMPP load binds to our server and
gets them there.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.trial import Running, Subject, Trial
from tests.support.site import free_port

READY_S = 20.0
_LOG_SHOWN = 3000
_TEXT = "Your order is ready, the code is 2718"
_ACCOUNT = {
    "system_id": "bench",
    "password": "bench777",
    "window": 100,
    "deliver_window": 100,
}


def ours(profile: Path | None = None) -> Subject:
    """The gateway, under cProfile if there is a file for it (main thread only)."""
    prefix = ["-m", "cProfile", "-o", str(profile)] if profile else []

    @asynccontextmanager
    async def subject(
        folder: Path, trial: Trial, smsc_port: int, receiver_port: int
    ) -> AsyncIterator[Running]:
        port, server_port = free_port(), free_port()
        speaks_smpp = trial.load == "esme"
        config = folder / "seventy.toml"
        text = _config(folder, port, smsc_port, receiver_port, trial)
        if speaks_smpp:
            text += f'[smpp_server]\nlisten = "127.0.0.1:{server_port}"\n'
        config.write_text(text)
        api = _Api(port, await _token(config))
        async with _gateway(folder, config, port, prefix) as pid:
            if speaks_smpp:
                await asyncio.to_thread(api.create, "accounts", _ACCOUNT)
                question: dict[str, object] = dict(_ACCOUNT, port=server_port)
            else:
                await asyncio.to_thread(
                    api.create, "webhooks", _hook(receiver_port, trial)
                )
                question = {"kind": "json", "token": api.token, "port": port}
            yield Running(
                pids=[pid],
                question={"host": "127.0.0.1", "text": _TEXT} | question,
                tells_application=speaks_smpp,
            )

    return subject


@asynccontextmanager
async def _gateway(
    folder: Path, config: Path, port: int, prefix: Sequence[str]
) -> AsyncIterator[int]:
    """Its process id, while it listens."""
    log_path = folder / "gateway.log"
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *prefix, "-m", "gateway", "run", "-c", str(config)),
            stdout=log,
            stderr=log,
        )
    try:
        await _until_listening(process, port)
        yield process.pid
    except Exception as error:
        error.add_note(log_path.read_text()[-_LOG_SHOWN:])
        raise
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _hook(receiver_port: int, trial: Trial) -> dict[str, object]:
    return {
        "url": f"http://127.0.0.1:{receiver_port}/receipts",
        "types": ["message.delivered"],
        "batch": trial.events_per_post,
    }


def _config(
    folder: Path, port: int, smsc_port: int, receiver_port: int, trial: Trial
) -> str:
    return f"""
[gateway]
data_dir = "{folder / "data"}"
region = "RU"

[http]
listen = "127.0.0.1:{port}"
webhook_hosts = ["127.0.0.1:{receiver_port}"]

[[smpp]]
name = "carrier"
host = "127.0.0.1"
port = {smsc_port}
system_id = "bench"
password = "bench"
msisdn = "2345"
window = {trial.window}
"""


async def _token(config: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "token", "create", "bench", "-c"),
        *(str(config), "--scope", "admin", "--json"),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    token = json.loads(output)["token"]
    assert isinstance(token, str)
    return token


async def _until_listening(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(READY_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            return
    raise RuntimeError(f"the gateway ended: {process.returncode}")


class _Api:
    """The calls that set it up."""

    def __init__(self, port: int, token: str) -> None:
        self.token = token
        self._port = port

    def create(self, kind: str, what: Mapping[str, object]) -> None:
        """Make a webhook or an account."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=READY_S)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
        }
        with contextlib.closing(connection):
            connection.request("POST", f"/api/v1/{kind}", json.dumps(what), headers)
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
