"""Wireshark decodes every PDU of a long mixed life without a complaint."""

import asyncio
from pathlib import Path

import pytest

from hwsim.wire.smpp import Command
from tests.hwsim.esme import Esme, submit_fields
from tests.support.capture import commands, complaints, decoded, frames, write_capture
from tests.support.carrier import QUICK, a_person_who_presses_restart, numbers, quiet
from tests.support.esme import Application
from tests.support.proxy import Proxy
from tests.support.site import Site, site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

RESPONSE = 0x80000000
TEXTS = (
    "hello @£$ {}[]~€",
    "Привет 😀",
    "Съешь ещё этих мягких французских булок 😀 " * 6,
    "a long text in the default alphabet " * 12,
)
KEYS = """window = 20
enquire_interval_s = 0.5
service_type = "CMT"
tlvs = [{ tag = 0x1400, value = "1001" }, { tag = 0x1401, value = "0x0102" }]
"""
FORMS = ("udh", "sar", "payload")


async def mixed_life(place: Site, turn: int) -> None:
    """Everything that a link says: texts, answers, probes, farewells, refusals."""
    await place.start()
    await place.wait_for_links(1)
    async with a_person_who_presses_restart(place):
        for n, text in enumerate(TEXTS):
            for number in numbers(5, 1000 * turn + 10 * n):
                await place.send(number, text, validity_s=3600)
        await place.send(numbers(1, 1000 * turn + 900)[0], "flash", flash=True)
        push = {"octets": "AAECAwQ=", "destination_port": 16000}
        to = numbers(1, 1000 * turn + 901)
        status, answer = await place.api("POST", "/messages", {"to": to, **push})
        assert status == 202, answer
        for n, text in enumerate(TEXTS):
            body = {"to": place.smsc["short_code"], "text": text}
            await place.sim("POST", f"/phones/+7905{n:07}/messages", body)
        for kind in ("unknown_command", "garbage_pdu", "over_long"):
            await place.sim("POST", "/smsc/faults", {"kind": kind})
        await quiet(place)
        await place.wait_for_links(1)


@pytest.mark.parametrize("form", FORMS)
async def test_wireshark_decodes_all_that_a_link_says_in_a_mixed_life(
    tmp_path: Path, form: str
) -> None:
    proxy = Proxy(("127.0.0.1", 0))
    async with proxy.serving():
        async with site(
            tmp_path,
            modems=0,
            carrier_keys=KEYS + f'long_text = "{form}"\n',
            carrier_at=f"127.0.0.1:{proxy.port}",
            extra=QUICK,
        ) as place:
            host, _, port = place.smsc["address"].rpartition(":")
            proxy.target = host, int(port)
            await mixed_life(place, FORMS.index(form))

            async def was_probed() -> bool:
                pdus = frames(proxy.there)
                return any(pdu[4:8] == b"\0\0\0\x15" for pdu in pdus)

            await until(was_probed, within_s=10)
            assert await place.stop() == 0
        said = frames(proxy.there)
        file = tmp_path / "said.pcap"
        write_capture(said, file)
        packets = decoded(file)
        assert len(packets) == len(said)
        assert complaints(packets) == []
        kinds = commands(packets)
        assert kinds.keys() >= {
            Command.BIND_TRANSCEIVER,
            Command.SUBMIT_SM,
            Command.ENQUIRE_LINK,
            Command.UNBIND,
            Command.GENERIC_NACK,
            Command.DELIVER_SM | RESPONSE,
        }


async def odd_requests(port: int) -> None:
    """What is asked seldom, and what is refused."""
    esme = Esme(*await asyncio.open_connection("127.0.0.1", port))
    try:
        assert (await esme.bind(system_id="crm", password="wrong")).status
    finally:
        await esme.close()
    esme = Esme(*await asyncio.open_connection("127.0.0.1", port))
    try:
        assert (await esme.submit()).status == 0x04
        bind = await esme.bind(Command.BIND_TRANSMITTER, "crm", "secret")
        assert bind.status == 0
        message_id = (await esme.submit()).text("message_id")
        fields: dict[str, int | str | bytes] = {
            "message_id": message_id,
            "source_addr": "2345",
        }
        for command in (Command.QUERY_SM, Command.CANCEL_SM, Command.REPLACE_SM):
            await esme.ask(command, fields)
            await esme.ask(command, {**fields, "message_id": "none"})
        later = {"schedule_delivery_time": "000001000000000R"}
        await esme.ask(Command.DATA_SM, submit_fields())
        await esme.submit(
            b"", ((0x0424, "Привет 😀".encode("utf-16-be")),), data_coding=8
        )
        await esme.ask(Command.SUBMIT_SM, submit_fields() | later)
        esme.writer.write(bytes.fromhex("00000010000007770000000000000063"))
        assert (await esme.response()).command == Command.GENERIC_NACK
        await esme.ask(Command.ENQUIRE_LINK)
        await esme.ask(Command.UNBIND)
    finally:
        await esme.close()


@pytest.mark.parametrize("form", FORMS)
async def test_wireshark_decodes_all_that_the_server_says_in_a_mixed_life(
    tmp_path: Path, form: str
) -> None:
    keys = f'long_text = "{form}"\nenquire_interval_s = 0.5\n'
    async with site(
        tmp_path, modems=0, carrier_keys="", server_keys=keys, extra=QUICK
    ) as place:
        await place.start()
        await place.wait_for_links(1)
        await place.account("crm", numbers=["*"])
        async with Proxy(("127.0.0.1", place.smpp_port)).serving() as proxy:
            application = Application(proxy.port, "crm", "secret")
            async with application.running():
                application.submit(*numbers(20))
                for n, text in enumerate(TEXTS):
                    body = {"to": place.smsc["short_code"], "text": text}
                    await place.sim("POST", f"/phones/+7905{n:07}/messages", body)
                await odd_requests(proxy.port)

                async def all_is_told() -> bool:
                    told = application.receipts.keys()
                    return told >= set(application.accepted.values()) and (
                        application.messages.total() >= len(TEXTS)
                    )

                await until(all_is_told, within_s=20)

                async def was_probed() -> bool:
                    pdus = frames(proxy.back)
                    return any(pdu[4:8] == b"\0\0\0\x15" for pdu in pdus)

                await until(was_probed, within_s=10)
                assert await place.stop() == 0
            said = frames(proxy.back)
    file = tmp_path / "said.pcap"
    write_capture(said, file)
    packets = decoded(file)
    assert len(packets) == len(said)
    assert complaints(packets) == []
    assert commands(packets).keys() >= {
        Command.BIND_TRANSCEIVER | RESPONSE,
        Command.SUBMIT_SM | RESPONSE,
        Command.DATA_SM | RESPONSE,
        Command.QUERY_SM | RESPONSE,
        Command.CANCEL_SM | RESPONSE,
        Command.REPLACE_SM | RESPONSE,
        Command.DELIVER_SM,
        Command.ENQUIRE_LINK,
        Command.UNBIND,
        Command.GENERIC_NACK,
    }
