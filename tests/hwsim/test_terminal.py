"""Claims about pseudo-terminals and sockets, with real descriptors and real time."""

import asyncio
import errno
import fcntl
import os
import sys
import termios
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hwsim.clock import RealClock
from hwsim.modem import Modem
from hwsim.network import Network
from hwsim.personalities import GENERIC
from hwsim.terminal import PtyTerminal

_PATIENCE_S = 5.0


@pytest.fixture
async def modem() -> AsyncIterator[Modem]:
    clock = RealClock()
    modem = Modem("modem1", "+79160000001", GENERIC, Network(clock, 1), clock)
    yield modem
    await modem.close()


class Opener:
    """A program with the terminal open."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    async def ask(self, command: bytes, end: bytes = b"OK\r\n") -> bytes:
        os.write(self.descriptor, command)
        return await self.read_until(end)

    async def read_until(self, end: bytes) -> bytes:
        heard = b""
        async with asyncio.timeout(_PATIENCE_S):
            while not heard.endswith(end):
                try:
                    heard += os.read(self.descriptor, 4096)
                except BlockingIOError:
                    await asyncio.sleep(0.001)
        return heard

    def close(self) -> None:
        os.close(self.descriptor)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the terminal has no event for it
            await asyncio.sleep(0.01)


async def test_the_link_leads_to_a_raw_terminal(modem: Modem, tmp_path: Path) -> None:
    modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    assert await opener.ask(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert await opener.ask(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert await opener.ask(b"AT\r") == b"\r\nOK\r\n"
    opener.close()


async def test_nothing_waits_for_the_next_opener(modem: Modem, tmp_path: Path) -> None:
    terminal = modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"AT\r")
    assert terminal.in_use
    opener.close()
    await _until(lambda: not terminal.in_use)
    modem.notify_all("RING")
    opener = Opener(tmp_path / "modem1")
    assert await opener.ask(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    opener.close()


async def test_a_killed_users_exclusive_flag_and_modes_do_not_outlive_it(
    modem: Modem, tmp_path: Path
) -> None:
    terminal = modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"AT\r")
    fcntl.ioctl(opener.descriptor, termios.TIOCEXCL)
    modes = termios.tcgetattr(opener.descriptor)
    modes[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(opener.descriptor, termios.TCSANOW, modes)
    await asyncio.sleep(0.3)
    assert _is_exclusive(opener.descriptor)
    opener.close()
    await _until(lambda: not terminal.in_use)
    opener = Opener(tmp_path / "modem1")
    assert not _is_exclusive(opener.descriptor)
    assert not termios.tcgetattr(opener.descriptor)[3] & termios.ECHO
    opener.close()


def _is_exclusive(descriptor: int) -> bool:
    return fcntl.ioctl(descriptor, 0x80045440, b"\0\0\0\0") != b"\0\0\0\0"


async def test_other_processes_on_the_terminal_are_counted(
    modem: Modem, tmp_path: Path
) -> None:
    terminal = modem.attach_pty(tmp_path / "modem1")
    script = (
        "import os,sys; d=os.open(sys.argv[1], os.O_RDWR|os.O_NOCTTY);"
        " e=os.dup(d); print('up', flush=True); sys.stdin.read()"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        str(tmp_path / "modem1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    await child.stdout.readline()
    assert terminal.describe()["openers"] == 2
    await _until(lambda: terminal.in_use)
    await child.communicate(b"")


async def test_unplugging_hangs_up_and_takes_the_link_away(
    modem: Modem, tmp_path: Path
) -> None:
    terminal = modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"AT\r")
    modem.unplug()
    assert not (tmp_path / "modem1").is_symlink()
    assert os.read(opener.descriptor, 10) == b""
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        os.write(opener.descriptor, b"AT\r")
    assert not modem.power
    modem.plug()
    fresh = Opener(tmp_path / "modem1")
    assert await fresh.ask(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert terminal.describe()["open"] is True
    fresh.close()
    opener.close()


async def test_a_replug_may_be_found_under_another_name(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    modem.faults.add("renumber", name="modem7")
    modem.unplug()
    modem.plug()
    assert not (tmp_path / "modem1").is_symlink()
    assert (tmp_path / "modem7").is_symlink()


async def test_an_unplugged_modem_may_come_back_by_itself(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    modem.faults.add("unplug", replug_s=0.05, renumber=True)
    assert not modem.power
    await _until(lambda: modem.power)
    assert os.listdir(tmp_path) == ["modem1-1"]


async def test_pulling_during_a_command_ends_it_without_an_answer(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    modem.faults.add("unplug", at="prompt")
    os.write(opener.descriptor, b"ATE0\rAT+CMGS=12\r")
    await _until(lambda: not modem.power)
    assert modem.outbound.sent == 0
    opener.close()


async def test_a_broken_terminal_is_made_anew_under_its_name(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"AT\r")
    modem.faults.add("eio")
    assert os.read(opener.descriptor, 10) == b""
    opener.close()
    opener = Opener(tmp_path / "modem1")
    assert await opener.ask(b"AT\r") == b"AT\r\r\nOK\r\n"
    opener.close()


async def test_a_second_port_of_the_same_modem_answers_too(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    fault = modem.faults.add("duplicate_port", name="modem1b")
    first, second = Opener(tmp_path / "modem1"), Opener(tmp_path / "modem1b")
    assert modem.imei in (await first.ask(b"AT+CGSN\r")).decode()
    assert modem.imei in (await second.ask(b"AT+CGSN\r")).decode()
    modem.faults.remove(fault)
    assert not (tmp_path / "modem1b").is_symlink()
    assert len(modem.terminals) == 1
    first.close()
    second.close()


async def test_a_taken_port_is_locked_and_exclusive(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    taken = modem.faults.add("port_taken")
    opener = Opener(tmp_path / "modem1")  # tests run as root, who may
    assert _is_exclusive(opener.descriptor)
    with pytest.raises(BlockingIOError):
        fcntl.flock(opener.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    modem.faults.remove(taken)
    fcntl.flock(opener.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    opener.close()


async def test_a_stuck_modem_lets_the_hosts_writes_block(
    modem: Modem, tmp_path: Path
) -> None:
    terminal = modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"AT\r")
    stuck = modem.faults.add("stuck")
    with pytest.raises(BlockingIOError):
        _write_for_ever(opener)
    modem.faults.remove(stuck)
    await _until(lambda: _drained(opener, terminal))
    opener.close()


def _write_for_ever(opener: Opener) -> None:
    for _ in range(1000):
        os.write(opener.descriptor, b"A" * 1000)


def _drained(opener: Opener, terminal: PtyTerminal) -> bool:
    try:
        return os.write(opener.descriptor, b"\r") == 1
    except BlockingIOError:
        return False


async def test_a_flood_without_a_line_end_reaches_a_host_that_reads(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    opener = Opener(tmp_path / "modem1")
    await opener.ask(b"ATE0\r")
    modem.faults.add("noise", octets=500_000)
    assert len(await opener.ask(b"AT\r")) == 500_006
    assert await opener.ask(b"AT\r") == b"\r\nOK\r\n"
    opener.close()


Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.mark.parametrize("kind", ["tcp", "unix", "abstract"])
async def test_sockets_let_one_host_in_at_a_time(
    modem: Modem, tmp_path: Path, kind: str
) -> None:
    connect: Connect
    if kind == "tcp":
        terminal = await modem.attach_tcp("127.0.0.1")
        host, _, port = str(terminal.describe()["address"]).rpartition(":")

        def connect() -> Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
            return asyncio.open_connection(host, int(port))

    else:
        path = str(tmp_path / "sock")
        abstract = kind == "abstract"
        await modem.attach_unix(f"@{path}" if abstract else path)

        def connect() -> Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
            return asyncio.open_unix_connection("\0" + path if abstract else path)

    reader, writer = await connect()
    writer.write(b"ATE0\r")
    assert await reader.readuntil(b"OK\r\n") == b"ATE0\r\r\nOK\r\n"
    second_reader, second_writer = await connect()
    assert await _ended(second_reader)
    second_writer.transport.abort()
    modem.unplug()
    assert await _ended(reader)
    writer.transport.abort()
    modem.plug()
    reader, writer = await connect()
    writer.write(b"AT\r")
    assert await reader.readuntil(b"OK\r\n") == b"AT\r\r\nOK\r\n"
    writer.transport.abort()


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), _PATIENCE_S) == b""
    except ConnectionResetError:
        return True


async def test_one_modem_answers_on_all_its_terminals(
    modem: Modem, tmp_path: Path
) -> None:
    modem.attach_pty(tmp_path / "modem1")
    await modem.attach_tcp("127.0.0.1")
    await modem.attach_unix(f"@{tmp_path}/modem1")
    ports = modem.state()["ports"]
    assert isinstance(ports, list)
    assert [port["kind"] for port in ports] == ["pty", "socket", "socket"]
