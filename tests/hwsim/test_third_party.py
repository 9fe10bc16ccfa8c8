"""Drivers nobody here wrote send and receive through a simulated modem, unmodified.

Spec: modem.md 7; PRODUCT.md 8
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from hwsim.clock import RealClock
from hwsim.modem import Modem
from hwsim.network import Network
from hwsim.personalities import PERSONALITIES
from hwsim.phone import Phone

pytestmark = pytest.mark.slow

OWN, PHONE = "+79160000001", "+79161112233"
LATIN = "Hello @ {world} from a driver"
CYRILLIC = "Привет, ёлка! "
LONG = "Съешь ещё этих мягких французских булок, да выпей чаю. " * 4
LONG_LATIN = "the quick brown fox jumps over the lazy dog " * 6
_PATIENCE_S = 60.0


class Site:
    """A modem on a terminal in a folder, and the phone at the other end."""

    def __init__(self, folder: Path, personality: str = "generic") -> None:
        clock = RealClock()
        self.folder = folder
        self.network = Network(clock, 1, latency_s=0.02)
        self.modem = Modem(
            "modem1", OWN, PERSONALITIES[personality], self.network, clock
        )
        self.port = folder / "modem1"
        self.modem.attach_pty(self.port)

    @property
    def phone(self) -> Phone:
        return self.network.phone(PHONE)

    def phone_has(self, *texts: str) -> bool:
        received = [message.text for message in self.phone.received]
        return all(text in received for text in texts)


MakeSite = Callable[[str], Site]


@pytest.fixture
async def make_site(tmp_path: Path) -> AsyncIterator[MakeSite]:
    sites: list[Site] = []

    def make(personality: str) -> Site:
        sites.append(Site(tmp_path, personality))
        return sites[-1]

    yield make
    for site in sites:
        await site.modem.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for is a program
            await asyncio.sleep(0.1)


async def _run(*command: str) -> str:
    """A program to its end; its output, and it must have succeeded."""
    program = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    async with asyncio.timeout(_PATIENCE_S):
        output, _ = await program.communicate()
    text = output.decode()
    assert program.returncode == 0, text
    return text


async def _with_daemon(command: list[str], work: Coroutine[Any, Any, None]) -> None:
    """Do the work while a program runs; it must be alive at the end."""
    program = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        await work
        assert program.returncode is None
    finally:
        if program.returncode is None:
            program.terminate()
            try:
                await asyncio.wait_for(program.wait(), 20)
            except TimeoutError:
                os.killpg(program.pid, signal.SIGKILL)
                await program.wait()


def _texts(folder: Path, encoding: str) -> list[str]:
    return [path.read_bytes().decode(encoding) for path in sorted(folder.iterdir())]


# smstools3

_SMSD_FOLDERS = ("outgoing", "checked", "failed", "sent", "incoming", "report")


def _smsd_config(site: Site) -> Path:
    folders = {name: site.folder / name for name in _SMSD_FOLDERS}
    for folder in folders.values():
        folder.mkdir()
    lines = [
        "devices = M1",
        "delaytime = 1",
        "loglevel = 7",
        f"logfile = {site.folder}/smsd.log",
        f"infofile = {site.folder}/smsd.working",
        f"pidfile = {site.folder}/smsd.pid",
        f"stats = {site.folder}",
        "incoming_utf8 = yes",
        "decode_unicode_text = yes",
        *(f"{name} = {folder}" for name, folder in folders.items()),
        "[M1]",
        f"device = {site.port}",
        "incoming = yes",
        "report = yes",
        "rtscts = no",
        f"memory_start = {site.modem.personality.first_index}",
        "init = AT+CNMI=2,1,0,1,0",
        "detect_message_routing = yes",
    ]
    config = site.folder / "smsd.conf"
    config.write_text("\n".join(lines) + "\n")
    return config


def _all_in(folder: Path, *texts: str) -> bool:
    received = "\n".join(_texts(folder, "utf-8"))
    return all(text in received for text in texts)


def _smsd_send(site: Site, name: str, text: str) -> None:
    head = f"To: {PHONE.lstrip('+')}\nReport: yes\nAlphabet: UTF-8\n\n"
    draft = site.folder / f"{name}.draft"
    draft.write_text(head + text, encoding="utf-8")
    draft.rename(site.folder / "outgoing" / name)


@pytest.mark.parametrize("personality", ["generic", "huawei", "sim800", "ec25"])
async def test_smstools3_sends_receives_and_sees_reports(
    make_site: MakeSite, personality: str
) -> None:
    site = make_site(personality)
    config = _smsd_config(site)
    incoming, report = site.folder / "incoming", site.folder / "report"

    async def work() -> None:
        for name, text in (("a", LATIN), ("b", CYRILLIC), ("c", LONG)):
            _smsd_send(site, name, text)
        await _until(lambda: site.phone_has(LATIN, CYRILLIC, LONG))
        site.phone.send(OWN, CYRILLIC)
        site.phone.send(OWN, LONG)
        site.phone.send(OWN, LONG_LATIN)
        await _until(lambda: len(list(report.iterdir())) == site.modem.outbound.sent)
        await _until(lambda: _all_in(incoming, CYRILLIC, LONG, LONG_LATIN))

    await _with_daemon(["/usr/sbin/smsd", "-t", "-c", str(config)], work())
    assert all("Status: 0" in text for text in _texts(report, "utf-8"))
    assert site.network.counters["duplicates"] == 0


# gammu


def _gammu_config(site: Site) -> Path:
    config = site.folder / "gammurc"
    config.write_text(
        f"[gammu]\ndevice = {site.port}\nconnection = at115200\n"
        f"logformat = textalldate\nlogfile = {site.folder}/gammu.log\n"
    )
    return config


@pytest.mark.parametrize("personality", ["huawei"])
async def test_gammu_identifies_sends_receives_and_deletes(
    make_site: MakeSite, personality: str
) -> None:
    site = make_site(personality)
    gammu = ["gammu", "-c", str(_gammu_config(site))]
    assert site.modem.imei in await _run(*gammu, "identify")
    send = [*gammu, "sendsms", "TEXT", PHONE]
    await _run(*send, "-text", LATIN)
    await _run(*send, "-unicode", "-autolen", "400", "-text", LONG)
    await _until(lambda: site.phone_has(LATIN, LONG))
    site.phone.send(OWN, CYRILLIC)
    site.phone.send(OWN, LONG)
    await _until(lambda: site.network.counters["waiting"] == 0)
    listing = await _run(*gammu, "geteachsms")
    assert CYRILLIC in listing
    assert LONG in listing
    await _run(*gammu, "deleteallsms", "1")
    assert site.modem.memory(0).used == 0
    assert "123.45" in await _run(*gammu, "getussd", "*100#")


async def test_gammu_smsd_sends_receives_and_sees_reports(
    make_site: MakeSite,
) -> None:
    # It takes ds=2 where that is offered and then never reads SR; SIM800 has ds=1.
    site = make_site("sim800")
    for name in ("inbox", "outbox", "sent", "error"):
        (site.folder / name).mkdir()
    config = _gammu_smsd_config(site)
    inbox, sent = site.folder / "inbox", site.folder / "sent"
    log = site.folder / "smsd.log"

    async def work() -> None:
        draft = site.folder / "draft"
        draft.write_bytes(b"\xff\xfe" + LONG.encode("utf-16-le"))
        draft.rename(site.folder / "outbox" / f"OUT{PHONE}.txtd")
        await _until(lambda: site.phone_has(LONG))
        await _until(lambda: len(list(sent.iterdir())) == 1)
        site.phone.send(OWN, CYRILLIC)
        site.phone.send(OWN, LONG_LATIN)
        await _until(lambda: len(list(inbox.iterdir())) == 3)
        await _until(lambda: "Delivery report" in log.read_text(errors="replace"))

    await _with_daemon(["gammu-smsd", "-c", str(config)], work())
    texts = [text.rstrip("\0") for text in _texts(inbox, "utf-16")]
    assert CYRILLIC in texts
    assert LONG_LATIN in "".join(texts)


def _gammu_smsd_config(site: Site) -> Path:
    folder = site.folder
    lines = [
        "[gammu]",
        f"device = {site.port}",
        "connection = at115200",
        "[smsd]",
        "service = files",
        f"logfile = {folder}/smsd.log",
        "debuglevel = 255",
        f"inboxpath = {folder}/inbox/",
        f"outboxpath = {folder}/outbox/",
        f"sentsmspath = {folder}/sent/",
        f"errorsmspath = {folder}/error/",
        "inboxformat = unicode",
        "transmitformat = auto",
        "deliveryreport = log",
        "commtimeout = 1",
        "receivefrequency = 1",
        "statusfrequency = 5",
        "checksecurity = 0",
    ]
    config = folder / "gammu-smsdrc"
    config.write_text("\n".join(lines) + "\n")
    return config


# python-gsmmodem-new

_GSMMODEM = """
import sys, warnings
warnings.simplefilter("ignore")
from gsmmodem.modem import GsmModem

port, number, latin, long = sys.argv[1:]
modem = GsmModem(port, 115200, smsReceivedCallbackFunc=lambda sms: print(
    "RECEIVED", sms.number, ascii(sms.text), flush=True))
modem.connect(waitingForModemToStartInSeconds=10)
print("IMEI", modem.imei, modem.networkName, modem.signalStrength, flush=True)
print("USSD", modem.sendUssd("*103#").message, flush=True)
sms = modem.sendSms(number, latin, waitForDeliveryReport=True, deliveryTimeout=20)
print("REPORT", sms.report.deliveryStatus, flush=True)
modem.sendSms(number, long)
print("SENT", flush=True)
sys.stdin.readline()
modem.close()
"""


async def test_python_gsmmodem_sends_receives_and_sees_a_report(
    make_site: MakeSite,
) -> None:
    # With ds=2 it types the commands that fetch a report into its own open prompt.
    site = make_site("sim800")
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _GSMMODEM,
        str(site.port),
        PHONE,
        LATIN,
        LONG,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert program.stdout is not None
    heard: list[str] = []
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await _read_until(program.stdout, "SENT", heard)
            for text in (CYRILLIC, "short"):
                # It loses a message when two notifications come together.
                site.phone.send(OWN, text)
                await _read_until(program.stdout, "RECEIVED", heard)
            await program.communicate(b"\n")
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert f"IMEI {site.modem.imei} SimNet 21" in heard
    assert f"USSD Your number is {OWN}" in heard
    assert "REPORT 0" in heard
    assert f"RECEIVED {PHONE} {CYRILLIC!a}" in heard
    assert f"RECEIVED {PHONE} 'short'" in heard
    assert site.phone_has(LATIN, LONG)


async def _read_until(
    stream: asyncio.StreamReader, start: str, heard: list[str]
) -> None:
    while line := (await stream.readline()).decode().rstrip("\n"):
        heard.append(line)
        if line.startswith(start):
            return
    raise AssertionError(f"ended before {start}: {heard}")
