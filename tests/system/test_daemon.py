"""The daemon as a process: signals, systemd's socket, a damaged database, ports."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.cli import main
from smpp import pdu as p
from tests.smpp.esme import Esme
from tests.support.site import free_port, site, until

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def configured(folder: Path, port: int) -> Path:
    """A gateway without modems; the path of its configuration."""
    file = folder / "seventy.toml"
    file.write_text(
        f'[gateway]\ndata_dir = "{folder / "data"}"\n'
        f'[http]\nlisten = "127.0.0.1:{port}"\n',
        encoding="utf-8",
    )
    return file


@contextmanager
def manager(folder: Path) -> Iterator[socket.socket]:
    """What systemd's end of the notification socket hears."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(folder / "notify"))
        heard.settimeout(20)
        yield heard


def started(file: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "run", "--config", str(file)],
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def heard_until(heard: socket.socket, word: str) -> list[str]:
    told: list[str] = []
    while not any(word in one for one in told):
        told.append(heard.recv(500).decode())
    return told


def test_systemd_is_told_of_ready_life_and_stop(tmp_path: Path) -> None:
    file = configured(tmp_path, free_port())
    with manager(tmp_path) as heard:
        daemon = started(
            file, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="600000"
        )
        with daemon:
            told = heard_until(heard, "READY=1")
            assert told == ["READY=1\nSTATUS=0 of 0 links up"]
            heard_until(heard, "WATCHDOG=1")
            heard_until(heard, "WATCHDOG=1")
            daemon.terminate()
            heard_until(heard, "STOPPING=1")
            assert daemon.wait(20) == 0


def test_a_port_in_use_is_said_and_ends_with_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        daemon = started(configured(tmp_path, taken.getsockname()[1]))
        with daemon:
            _, said = daemon.communicate(timeout=30)
    assert daemon.returncode == 1
    assert "address already in use" in said


def test_a_second_daemon_on_the_same_data_is_refused(tmp_path: Path) -> None:
    file = configured(tmp_path, free_port())
    with manager(tmp_path) as heard:
        first = started(file, NOTIFY_SOCKET=str(tmp_path / "notify"))
        with first:
            heard_until(heard, "READY=1")
            second = started(file)
            with second:
                _, said = second.communicate(timeout=30)
            assert second.returncode == 1
            assert "another process writes" in said
            first.terminate()
            assert first.wait(20) == 0


def test_the_key_of_the_command_line_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = configured(tmp_path, free_port())
    key = tmp_path / "data" / "cli.token"
    seen = []
    for _ in range(2):
        with manager(tmp_path) as heard:
            daemon = started(file, NOTIFY_SOCKET=str(tmp_path / "notify"))
            with daemon:
                heard_until(heard, "READY=1")
                assert stat.S_IMODE(key.stat().st_mode) == 0o600
                seen.append(key.read_text())
                daemon.terminate()
                assert daemon.wait(20) == 0
        (tmp_path / "notify").unlink()
    assert seen[0] == seen[1]


def test_the_verbs_work_on_the_running_daemon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = configured(tmp_path, free_port())
    config = ["-c", str(file)]
    with manager(tmp_path) as heard:
        daemon = started(file, NOTIFY_SOCKET=str(tmp_path / "notify"))
        with daemon:
            heard_until(heard, "READY=1")
            for verb in (
                ["status"],
                ["links"],
                ["queue", "ls"],
                ["token", "create", "crm"],
                ["token", "ls"],
                ["token", "ls", "--json"],
                ["backup", str(tmp_path / "copy.db")],
            ):
                assert main([*verb, *config]) == 0, verb
            assert "crm" in capsys.readouterr().out
            assert main(["queue", "show", "msg_none", *config]) == 1
            assert main(["restore", "--force", str(tmp_path / "copy.db"), *config]) == 1
            assert "stop the daemon" in capsys.readouterr().err
            daemon.terminate()
            assert daemon.wait(20) == 0


async def test_a_damaged_database_gives_way_to_the_backup_and_nothing_is_sent(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, modems=1) as here:
        await here.start()
        await here.wait_for_links(1)
        waiting = await here.send("+79990000001", "Ждёт", send_at=LATER)
        assert await here.stop() == 0
        shelf = tmp_path / "data" / "backups"
        assert main(["backup", "--keep", "3", str(shelf), "-c", str(here.config)]) == 0
        for companion in ("-wal", "-shm"):
            (tmp_path / "data" / f"seventy.db{companion}").unlink(missing_ok=True)
        database = tmp_path / "data" / "seventy.db"
        whole = database.read_bytes()
        database.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])
        (tmp_path / "data" / "seventy.db-wal").touch()
        assert await here.start()
        await here.wait_for_links(1)
        assert (await here.get(f"/messages/{waiting['id']}"))["state"] == "scheduled"
        held = await here.send("+79990000002", "Стоит")
        await asyncio.sleep(1)
        assert (await here.get(f"/messages/{held['id']}"))["state"] == "queued"
        await here.sim(
            "POST",
            "/phones/+79990000003/messages",
            {"to": here.modems[0]["msisdn"], "text": "Слышно"},
        )

        async def is_heard() -> bool:
            return len(await here.everything("/messages?direction=mo")) == 1

        await until(is_heard, within_s=20)
        assert main(["queue", "release", "-c", str(here.config)]) == 0

        async def is_sent() -> bool:
            message = await here.get(f"/messages/{held['id']}")
            return bool(message["state"] == "delivered")

        await until(is_sent, within_s=20)
        assert await here.stop() == 0


async def bind(account: dict[str, str]) -> None:
    """As an application would, with what the demo wrote down."""
    esme = await Esme.connect(int(account["address"].rpartition(":")[2]))
    answer = await esme.bind(
        system_id=account["system_id"], password=account["password"]
    )
    assert answer.status == 0
    assert (await esme.ask(p.Unbind())).status == 0
    esme.close()


def test_the_demo_comes_up_works_and_leaves_nothing_running(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [
            *(sys.executable, "-m", "gateway", "demo"),
            *("--dir", str(tmp_path / "demo"), "--port", str(free_port())),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "Ctrl-C" in line:
                break
        told = json.loads((tmp_path / "demo" / "demo.json").read_text())
        send = ["send", told["phone"], "Привет", "--wait", "20"]
        assert main([*send, "-c", told["config"]]) == 0
        assert len(told["modems"]) == 2
        asyncio.run(bind(told["smpp_server"]))
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    for pid in told["pids"].values():
        assert not Path(f"/proc/{pid}").exists()
