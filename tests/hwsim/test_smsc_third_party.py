"""ESMEs and a judge that nobody here wrote: npm `smpp`, smpplib, Wireshark.

Spec: smpp.md 7; PRODUCT.md 8
"""

import asyncio
import importlib
import json
import struct
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hwsim.smsc_account import Account, Charset, LongForm
from hwsim.wire.smpp import Command, Framer, Tag
from hwsim.world import World
from tests.hwsim.esme import CODE, PHONE, SmscWorld, smsc_world, submit_fields
from tests.support.npm import with_smpp

pytestmark = pytest.mark.slow

_ACCOUNT = Account(
    system_id="esme", password="open7890", short_codes=(CODE,), ia5=Charset.GSM
)
_PATIENCE_S = 30.0


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    world.smsc.set_account(_ACCOUNT)
    await world.smsc.start("127.0.0.1", 0)
    yield world
    await world.close()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package in it."""
    program = Path(__file__).with_name("npm_esme.js")
    return with_smpp(tmp_path_factory.mktemp("npm"), program, "esme.js")


async def test_npm_smpp_submits_and_gets_receipts_and_answers(
    package: Path, world: World
) -> None:
    url = f"smpp://{world.smsc.address}"
    program = await asyncio.create_subprocess_exec(
        *("node", "esme.js", url, "esme", "open7890", PHONE[1:]),
        cwd=package,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    phone = world.network.phone(PHONE)
    said: list[tuple[str, Any]] = []
    async with asyncio.timeout(_PATIENCE_S):
        while sum(kind == "deliver" for kind, _ in said) < 2:
            said.append(tuple(json.loads(await program.stdout.readline())))
        phone.send(CODE, "Ответ 😀")
        said.append(tuple(json.loads(await program.stdout.readline())))
        program.stdin.close()
        said.append(tuple(json.loads(await program.stdout.readline())))
        await program.wait()
    ids = {value[1] for kind, value in said if kind == "answer"}
    deliveries = [value for kind, value in said if kind == "deliver"]
    assert said[0] == ("bound", 0)
    assert said[-1] == ("unbound", 0)
    assert {delivery["id"] for delivery in deliveries[:2]} == ids
    assert all(delivery["state"] == 2 for delivery in deliveries[:2])
    assert deliveries[2]["text"] == "Ответ 😀"
    assert [message.text for message in phone.received] == [
        "Привет 😀",
        "long " * 60,
    ]


def _talk_by_smpplib(address: str) -> list[Any]:
    """Bind, submit two, receive two receipts; gives ids and receipts."""
    # It has no types, and mypy is not to look for them.
    library = importlib.import_module("smpplib.client")
    host, port = address.rsplit(":", 1)
    client = library.Client(host, int(port), timeout=10, allow_unknown_opt_params=True)
    got: list[Any] = []
    client.set_message_sent_handler(lambda pdu: got.append(pdu.message_id))

    def received(pdu: Any) -> None:
        got.append((pdu.receipted_message_id, pdu.short_message))

    client.set_message_received_handler(received)
    client.connect()
    client.bind_transceiver(system_id="esme", password="open7890")
    for text, coding in ((b"hello", 0), ("Привет".encode("utf-16-be"), 8)):
        client.send_message(
            source_addr=CODE,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=PHONE[1:],
            short_message=text,
            data_coding=coding,
            registered_delivery=True,
        )
    while len(got) < 4:
        client.read_once()
    client.unbind()
    client.disconnect()
    return got


async def test_smpplib_submits_and_gets_receipts(world: World) -> None:
    got = await asyncio.wait_for(
        asyncio.to_thread(_talk_by_smpplib, world.smsc.address), _PATIENCE_S
    )
    ids = {item for item in got if isinstance(item, bytes)}
    receipts = {item[0] for item in got if isinstance(item, tuple)}
    assert len(ids) == 2
    assert receipts == ids
    texts = [message.text for message in world.network.phone(PHONE).received]
    assert texts == ["hello", "Привет"]


async def test_wireshark_finds_nothing_malformed_in_what_the_smsc_sends(
    tmp_path: Path,
) -> None:
    async with smsc_world() as site:
        octets = await _all_kinds(site)
    frames = list(Framer().feed(octets))
    complaints = _complaints(tmp_path, frames)
    commands = {int.from_bytes(frame[4:8], "big") for frame in frames}
    assert complaints == []
    assert len(commands) >= 13


async def _all_kinds(site: SmscWorld) -> bytes:
    """What an ESME is sent when it does everything."""
    octets = b""
    for mode in (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER):
        esme = await site.bound(mode)
        await esme.ask(Command.UNBIND)
        octets += bytes(esme.octets)
    esme = await site.connect()
    await esme.bind(password="wrong")
    await esme.bind()
    await esme.ask(Command.ENQUIRE_LINK)
    reference = ((Tag.USER_MESSAGE_REFERENCE, b"\x12\x34"),)
    message_id = (await esme.submit(b"hello", reference)).text("message_id")
    about: dict[str, int | str | bytes] = {
        "message_id": message_id, "source_addr": CODE, "short_message": b"new",
    }  # fmt: skip
    for command in (Command.QUERY_SM, Command.REPLACE_SM, Command.CANCEL_SM):
        assert (await esme.ask(command, about)).status == 0
        assert (await esme.ask(command, {"message_id": "1"})).status
    fields = submit_fields()
    del fields["short_message"]
    payload = ((Tag.MESSAGE_PAYLOAD, b"x" * 300),)
    await esme.ask(Command.DATA_SM, fields, payload)
    site.smsc.faults.add("report_as_data_sm")
    await esme.submit(b"x" * 200)
    await esme.submit(b"hi")
    for form in LongForm:
        site.alter(long_messages=form)
        site.phone.send(CODE, "Длинный текст " * 12)
        site.phone.send(CODE, "plain € @")
        await site.pass_time(5)
    site.smsc.faults.add("unbind")
    await esme.ended()
    return octets + bytes(esme.octets)


def _complaints(folder: Path, frames: list[bytes]) -> list[str]:
    """Wireshark's, one per PDU."""
    capture = folder / "pdus.pcap"
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147)]
    for frame in frames:
        records.append(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
    capture.write_bytes(b"".join(records))
    table = 'uat:user_dlts:"User 0 (DLT=147)","smpp","0","","0",""'
    done = subprocess.run(
        ["tshark", "-r", capture, "-o", table, "-T", "json"],
        capture_output=True,
        check=True,
    )
    packets: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(packets) == len(frames)
    return [
        json.dumps(packet)
        for packet in packets
        if "smpp" not in packet["_source"]["layers"]
        or "malformed" in json.dumps(packet).lower()
    ]
