"""smpplib's own client as an application: blocking, without a window, part by part.

Spec: smpp.md 2, 3.7, 7
"""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from smpplib import consts, gsm
from smpplib.client import Client
from smpplib.exceptions import PDUError

from tests.peers.place import CODE, PASSWORD, SYSTEM_ID, WITHIN_S, place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PHONE = "+79031112233"
TEXTS = ("Hello", "Привет, это текст", "long words " * 30, "Длинный текст " * 20)
_INVALID_PASSWORD = 0x0E


@dataclass(slots=True)
class Program:
    """What a small script on smpplib does; every call blocks."""

    port: int
    ids: dict[str, int] = field(default_factory=dict)  # as answered
    receipts: list[dict[str, Any]] = field(default_factory=list)
    client: Any = None

    def bind(self, password: str = PASSWORD) -> None:
        self.client = Client(
            "127.0.0.1", self.port, timeout=1, allow_unknown_opt_params=True
        )
        self.client.set_message_sent_handler(self._sent)
        self.client.set_message_received_handler(self._received)
        self.client.connect()
        self.client.bind_transceiver(system_id=SYSTEM_ID, password=password)

    def send(self, text: str) -> int:
        """In how many parts."""
        parts, coding, esm_class = gsm.make_parts(text)
        for part in parts:
            self.client.send_message(
                source_addr=CODE,
                dest_addr_ton=consts.SMPP_TON_INTL,
                dest_addr_npi=consts.SMPP_NPI_ISDN,
                destination_addr=PHONE[1:],
                short_message=part,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=True,
            )
        return len(parts)

    def read_until(self, receipts: int) -> None:
        """Until so many receipts have come."""
        end = time.monotonic() + WITHIN_S
        while len(self.receipts) < receipts:
            assert time.monotonic() < end, self.receipts
            self.client.read_once(auto_send_enquire_link=True)

    def part(self) -> None:
        self.client.unbind()
        self.client.disconnect()

    def _sent(self, pdu: Any) -> None:
        self.ids[pdu.message_id.decode()] = pdu.status

    def _received(self, pdu: Any) -> int:
        text = pdu.short_message.decode()
        identity, state = pdu.receipted_message_id, pdu.message_state
        self.receipts.append({"text": text, "id": identity, "state": state})
        return 0


async def test_what_smpplib_sends_arrives_and_every_part_has_its_receipt(
    tmp_path: Path,
) -> None:
    async with place(tmp_path) as at:
        program = Program(at.port)
        await asyncio.to_thread(program.bind)
        count = 0
        for text in TEXTS:
            count += await asyncio.to_thread(program.send, text)
        await asyncio.to_thread(program.read_until, count)
        assert sorted(one["text"] for one in await at.on_phone(PHONE, 4)) == sorted(
            TEXTS
        )
        assert set(program.ids.values()) == {0}
        told = {one["id"].rstrip(b"\0").decode() for one in program.receipts}
        assert told == program.ids.keys()
        assert {one["state"] for one in program.receipts} == {2}
        await asyncio.to_thread(program.part)


async def test_smpplib_is_told_that_its_password_is_wrong(tmp_path: Path) -> None:
    async with place(tmp_path) as at:
        program = Program(at.port)
        with pytest.raises(PDUError) as refusal:
            await asyncio.to_thread(program.bind, "wrong")
        program.client.disconnect()
        assert refusal.value.args[1] == _INVALID_PASSWORD
