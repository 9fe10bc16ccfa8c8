"""Phones that come back, and the ESMEs that wanted to hear of it."""

import asyncio

import pytest

from hwsim.phone import PhoneSettings
from hwsim.wire.smpp import Command, Status, Tag
from tests.hwsim.esme import CODE, PHONE, smsc_world
from tests.hwsim.test_control import Face, face, world

__all__ = ["face", "world"]


async def test_a_phone_that_comes_back_is_told_to_who_asked() -> None:
    async with smsc_world() as site:
        esme = await site.bound()
        site.world.network.configure_phone(site.phone, PhoneSettings(reachable=False))
        wish = ((int(Tag.SET_DPF), b"\1"),)
        answer = await esme.submit(tlvs=wish, validity_period="000000000010000R")
        assert answer.status == Status.OK
        await site.pass_time(60)
        receipt = await esme.next()
        assert b"stat:EXPIRED" in receipt.octets("short_message")
        site.world.network.configure_phone(site.phone, PhoneSettings())
        alert = await esme.next()
        assert alert.command == Command.ALERT_NOTIFICATION
        assert alert.text("source_addr") == PHONE[1:]
        assert alert.text("esme_addr") == CODE


async def test_nobody_who_did_not_ask_is_told() -> None:
    async with smsc_world() as site:
        esme = await site.bound()
        site.world.network.configure_phone(site.phone, PhoneSettings(reachable=False))
        await esme.submit(validity_period="000000000010000R")
        await site.pass_time(60)
        await esme.next()
        site.world.network.configure_phone(site.phone, PhoneSettings())
        await asyncio.sleep(0.05)
        assert esme.got.empty()


async def test_an_account_may_be_alerted_by_hand_and_called(face: Face) -> None:
    body = {"msisdn": PHONE, "system_id": "esme"}
    assert await face.ask("POST", "/smsc/alerts", body) == (200, {"sent": False})
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        octets = await reader.read(1000)
        writer.close()
        await writer.wait_closed()
        heard.put_nowait(octets)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        body = {"address": f"{host}:{port}", "system_id": "smsc", "password": "pw"}
        assert (await face.ask("POST", "/smsc/outbind", body))[0] == 204
        octets = await asyncio.wait_for(heard.get(), 5)
        assert octets[4:8] == b"\0\0\0\x0b"
        assert octets[16:] == b"smsc\0pw\0"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/smsc/alerts", {"msisdn": "bank"}, "msisdn"),
        ("/smsc/outbind", {"address": "nowhere"}, "address"),
        ("/smsc/outbind", {"address": "a:1", "password": "x" * 9}, "password"),
    ],
)
async def test_a_wrong_wish_is_refused(
    face: Face, path: str, body: dict[str, object], field: str
) -> None:
    status, problem = await face.ask("POST", path, body)
    assert (status, problem["field"]) == (400, field)
