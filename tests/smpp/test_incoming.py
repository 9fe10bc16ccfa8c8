"""What an SMSC hands over in one go, and when and how it is thanked."""

import asyncio
from collections.abc import Sequence

from gateway.core.link import InboundReport, InboundSegment, InboundUndecoded
from smpp import pdu as p
from smpp.incoming import MOST_TAKING
from smpp.wire import encode
from tests.smpp.peer import until
from tests.smpp.site import Site, site

MESSAGE = p.DeliverSm(source_addr="123", short_message=b"yes")
UNREADABLE = p.DeliverSm(esm_class=4, source_addr="123", short_message=b"id:1")
NOT_KEPT = 0x64


def receipt(reference: int) -> p.DeliverSm:
    text = f"id:{reference} stat:DELIVRD".encode()
    return p.DeliverSm(esm_class=4, source_addr="79161234567", short_message=text)


def hand_over(here: Site, pdus: Sequence[p.Pdu]) -> None:
    """All in one packet, with sequence numbers from 1 on."""
    here.peer.write(b"".join(encode(pdu, n) for n, pdu in enumerate(pdus, start=1)))


def thanks(here: Site) -> list[tuple[int, int]]:
    """Sequence and status of each answer to a deliver_sm, as they came."""
    return [
        (sequence, pdu.status)
        for pdu, sequence in zip(here.peer.received, here.peer.sequences, strict=True)
        if isinstance(pdu, p.DeliverSmResp)
    ]


async def test_receipts_that_came_together_are_kept_together_and_thanked_in_order() -> (
    None
):
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        hand_over(here, [receipt(n) for n in range(1, 21)])
        await asyncio.sleep(0.02)
        assert thanks(here) == []
        here.door.gate.set()
        await until(lambda: len(thanks(here)) == 20)
        assert thanks(here) == [(n, 0) for n in range(1, 21)]
        assert here.door.batches == [20]
        references = [
            i.reference for i in here.door.items if isinstance(i, InboundReport)
        ]
        assert references == [str(n) for n in range(1, 21)]


async def test_a_receipt_that_cannot_be_kept_fails_alone() -> None:
    async with site() as here:
        await here.up()
        here.door.refused.add("2")
        hand_over(here, [receipt(1), receipt(2), receipt(3)])
        await until(lambda: len(thanks(here)) == 3)
        assert thanks(here) == [(1, 0), (2, NOT_KEPT), (3, 0)]


async def test_while_the_store_is_full_every_receipt_is_asked_for_again() -> None:
    async with site() as here:
        await here.up()
        here.door.full = True
        hand_over(here, [receipt(1), UNREADABLE, receipt(3)])
        await until(lambda: len(thanks(here)) == 3)
        assert thanks(here) == [(n, NOT_KEPT) for n in (1, 2, 3)]


async def test_receipts_messages_and_what_is_neither_come_in_one_packet() -> None:
    async with site() as here:
        await here.up()
        hand_over(here, [MESSAGE, receipt(2), UNREADABLE, MESSAGE, receipt(5)])
        await until(lambda: len(thanks(here)) == 5)
        assert sorted(thanks(here)) == [(n, 0) for n in range(1, 6)]
        reports = [sequence for sequence, _ in thanks(here) if sequence not in (1, 4)]
        assert reports == [2, 3, 5]
        kinds = [type(item) for item in here.door.items]
        assert kinds.count(InboundSegment) == kinds.count(InboundReport) == 2
        assert kinds.count(InboundUndecoded) == 1
        assert here.door.batches == [2]


async def test_a_receipt_in_a_data_sm_has_an_answer_of_its_kind() -> None:
    payload = p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=b"id:2 stat:DELIVRD")
    data = p.DataSm(esm_class=4, source_addr="79161234567", tlvs=(payload,))
    async with site() as here:
        await here.up()
        hand_over(here, [receipt(1), data])
        await until(lambda: here.peer.count(p.DataSmResp))
        assert thanks(here) == [(1, 0)]
        assert here.door.batches == [2]


async def test_many_receipts_wait_in_few_batches_and_hold_up_the_reading() -> None:
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        life = here.link._binds[0]._life
        assert life is not None
        hand_over(here, [receipt(n) for n in range(1, 3 * MOST_TAKING)])
        await until(lambda: life._incoming.is_full)
        here.door.gate.set()
        await until(lambda: len(thanks(here)) == 3 * MOST_TAKING - 1)
        assert max(here.door.batches) <= MOST_TAKING
        assert not life._incoming.is_full
        assert life._incoming.taking == 0


async def test_receipts_are_kept_although_the_connection_was_lost_meanwhile() -> None:
    async with site() as here:
        await here.up()
        here.door.gate.clear()
        hand_over(here, [receipt(1), receipt(2)])
        await asyncio.sleep(0.02)
        here.peer.drop()
        here.door.gate.set()
        await until(lambda: len(here.door.items) == 2)
        await here.in_time(lambda: len(here.peer.writers) == 2)
        assert thanks(here) == []


async def test_who_says_goodbye_thanks_first() -> None:
    async with site() as here:
        await here.up()
        peer = here.peer
        here.door.gate.clear()
        hand_over(here, [receipt(1), receipt(2)])
        await asyncio.sleep(0.02)
        assert thanks(here) == []
        here.door.gate.set()
    kinds = [type(pdu) for pdu in peer.received]
    assert kinds[-3:] == [p.DeliverSmResp, p.DeliverSmResp, p.Unbind]
