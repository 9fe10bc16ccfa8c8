"""The server over the real desk and store: accepted is kept, owed is delivered."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.codec.segment import cut_text
from gateway.core.ids import AccountId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from smpp import pdu as p
from smpp.config import LongText
from smpp.server import SmppServer
from smpp.server_config import SmppServerConfig
from smpp.tie import tie
from tests.smpp.desk import PASSWORD, account
from tests.smpp.esme import Esme, submit
from tests.smpp.peer import until
from tests.support.builders import CUSTOMER, inbound_report, inbound_text
from tests.support.password import cheap_hash
from tests.support.rooms import Rooms, open_rooms

OK = p.DeliverSmResp(message_id="")


class Site:
    """The rooms with one link, and the server in front of them."""

    def __init__(self, rooms: Rooms, server: SmppServer) -> None:
        self.rooms = rooms
        self.server = server
        self.esmes: list[Esme] = []
        self.owed: Mapping[AccountId, int] = {}

    async def look(self) -> None:
        """How much is owed now."""
        self.owed = await self.rooms.store.read(lambda tx: tx.applications.waiting())

    async def bound(self, **more: Any) -> Esme:
        esme = await Esme.connect(self.server.addresses[0][1])
        self.esmes.append(esme)
        assert (await esme.bind(**more)).status == 0
        return esme


@asynccontextmanager
async def site(directory: Path, **rules: Any) -> AsyncIterator[Site]:
    kept = cheap_hash(PASSWORD)
    owner = account(**{"numbers": ("*",), "password_hash": kept} | rules)

    def insert(tx: Tx) -> None:
        tx.applications.insert_account(owner)

    async with open_rooms(directory) as rooms:
        await rooms.store.write(insert)
        server = SmppServer(
            SmppServerConfig(listen="127.0.0.1:0"),
            desk=rooms.desk,
            clock=rooms.clock,
            region="RU",
        )
        await server.start()
        run = asyncio.ensure_future(server.run())
        await asyncio.sleep(0)
        made = Site(rooms, server)
        try:
            yield made
        finally:
            for esme in made.esmes:
                esme.close()
            run.cancel()
            await until(run.done)


async def delivered(esme: Esme) -> p.DeliverSm:
    [(sequence, pdu)] = await esme.next()
    assert isinstance(pdu, p.DeliverSm)
    esme.answer(sequence, OK)
    return pdu


async def test_an_accepted_submission_is_sent_and_its_receipt_comes_back(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as at:
        esme = await at.bound()
        answer = await esme.ask(submit(registered_delivery=1))
        assert isinstance(answer, p.SubmitSmResp)
        [message] = await at.rooms.messages()
        assert (message.peer, message.text) == (CUSTOMER, "hello")
        at.rooms.start()
        await at.rooms.until(message.id, MessageState.SENT)
        await at.rooms.intake.accept(inbound_report("0"))
        receipt = await delivered(esme)
        assert f"id:{answer.message_id} sub:001 dlvrd:001 ".encode() in (
            receipt.short_message
        )
        assert b" stat:DELIVRD err:000 text:hello" in receipt.short_message
        standing = await esme.ask(p.QuerySm(message_id=answer.message_id or ""))
        assert isinstance(standing, p.QuerySmResp)
        assert standing.message_state == 2


async def test_what_a_person_writes_is_kept_until_the_application_comes(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as at:
        for item in inbound_text("Ответ " * 30):
            await at.rooms.intake.accept(item)
        esme = await at.bound(kind=p.BindReceiver)
        [(_, one), *_] = await esme.next(3)
        assert isinstance(one, p.DeliverSm)
        assert one.source_addr == CUSTOMER[1:]
        esme.drop()
        again = await at.bound(kind=p.BindReceiver)
        for sequence, _ in await again.next(3):
            again.answer(sequence, OK)
        await at.look()
        assert sum(at.owed.values()) == 1
        await until(lambda: not at.owed, at.look)


async def test_segments_of_an_application_become_one_message_with_one_id_each(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as at:
        esme = await at.bound()
        text = "Съешь ещё этих мягких французских булок. " * 3
        ids = set()
        for segment in cut_text(text, reference=7, wide=True):
            _, tlvs = tie(segment.header, LongText.SAR)
            answer = await esme.ask(submit(segment.units, data_coding=8, tlvs=tlvs))
            assert isinstance(answer, p.SubmitSmResp)
            assert answer.status == 0
            ids.add(answer.message_id)
        [message] = await at.rooms.messages()
        assert message.text == text
        assert len(ids) == 2


async def test_what_has_not_left_is_cancelled(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        esme = await at.bound()
        answer = await esme.ask(submit())
        assert isinstance(answer, p.SubmitSmResp)
        cancel = p.CancelSm(message_id=answer.message_id or "", source_addr="2345")
        assert await esme.ask(cancel) == p.CancelSmResp()
        [message] = await at.rooms.messages()
        assert message.state is MessageState.CANCELLED
        assert (await esme.ask(cancel)).status == 0x11
