"""A Kannel from Debian: bearerbox and smsbox with one SMPP account, in a folder.

Kannel's programs know only a file of settings; this writes it and runs them. What is
particular to a test comes as further lines. Kannel's user guide for 1.4.5.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.site import free_port

READY_S = 20.0
END_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kannel:
    """Both boxes, running."""

    bearerbox_pid: int
    smsbox_pid: int
    admin: str  # http address
    sending_port: int  # of /cgi-bin/sendsms


@asynccontextmanager
async def kannel(
    folder: Path,
    *,
    port: int,
    system_id: str,
    password: str,
    core: str = "",
    smsc: str = "",
    others: str = "",
) -> AsyncIterator[Kannel]:
    """Run both boxes, bound to that port as a transceiver.

    `core` and `smsc` are lines for those groups, `others` are whole groups.
    """
    admin, boxes, sending = free_port(), free_port(), free_port()
    config = folder / "kannel.conf"
    config.write_text(f"""
group = core
admin-port = {admin}
admin-password = admin
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
{core}

group = smsc
smsc = smpp
smsc-id = carrier
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = {system_id}
smsc-password = {password}
system-type = ""
{smsc}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sending}

group = sendsms-user
username = user
password = user
concatenation = true
max-messages = 20

{others}
""")
    async with (
        _box("bearerbox", config, boxes) as bearerbox,
        _box("smsbox", config, sending) as smsbox,
    ):
        yield Kannel(
            bearerbox_pid=bearerbox.pid,
            smsbox_pid=smsbox.pid,
            admin=f"http://127.0.0.1:{admin}",
            sending_port=sending,
        )


def version() -> str:
    """Of the installed package."""
    done = subprocess.run(
        [_program("bearerbox"), "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.partition("`")[2].partition("'")[0]


def _program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert found is not None, "install first: sudo apt-get install kannel"
    return found


@asynccontextmanager
async def _box(
    name: str, config: Path, port: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one of the programs until it listens, and while the block lasts."""
    process = await asyncio.create_subprocess_exec(
        *(_program(name), "-v", "4", str(config)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(READY_S):
            while not await _listens(port):
                assert process.returncode is None, f"{name} ended"
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
