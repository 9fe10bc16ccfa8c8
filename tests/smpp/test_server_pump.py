"""What is owed gets to the application: in order, within the window, until settled."""

import asyncio
import socket

import pytest

from gateway.core.application import Notice, NoticeEnd
from gateway.core.errors import StoreBusy
from smpp import pdu as p
from smpp.config import LongText
from tests.smpp.desk import MemoryDesk, account, receipt, written
from tests.smpp.esme import Esme, serving, submit
from tests.smpp.peer import until

OK = p.DeliverSmResp(message_id="")
ACKNOWLEDGED, LATER, DROPPED = NoticeEnd


def named(delivered: tuple[int, p.Pdu]) -> str:
    """The message id that a receipt is about."""
    _, pdu = delivered
    assert isinstance(pdu, p.DeliverSm)
    return (pdu.find(p.Tag.RECEIPTED_MESSAGE_ID) or b"").rstrip(b"\0").decode()


async def owe(desk: MemoryDesk, count: int) -> list[str]:
    names = [f"msg_{number}" for number in range(1, count + 1)]
    for name in names:
        await desk.owe(receipt(name))
    return names


async def acknowledge(esme: Esme, count: int) -> list[str]:
    names = []
    for _ in range(count):
        [delivered] = await esme.next()
        esme.answer(delivered[0], OK)
        names.append(named(delivered))
    return names


@pytest.mark.parametrize("kind", [p.BindReceiver, p.BindTransceiver])
async def test_what_waited_is_delivered_in_order_once_somebody_binds(
    kind: type[p.Bind],
) -> None:
    async with serving() as site:
        names = await owe(site.desk, 30)
        esme = await site.bound(kind)
        assert await acknowledge(esme, 30) == names
        await until(lambda: len(site.desk.ends) == 30)
        assert set(site.desk.ends) == {(n, ACKNOWLEDGED) for n in range(1, 31)}


async def test_a_transmitter_gets_nothing() -> None:
    async with serving() as site:
        transmitter = await site.bound(p.BindTransmitter)
        await owe(site.desk, 1)
        assert (await transmitter.ask(submit())).status == 0
        receiver = await site.bound(p.BindReceiver)
        assert await acknowledge(receiver, 1) == ["msg_1"]


async def test_the_window_counts_over_all_binds() -> None:
    async with serving(MemoryDesk(account(deliver_window=4))) as site:
        one, other = await site.bound(), await site.bound()
        await owe(site.desk, 10)
        await one.next(2)
        await other.next(2)
        for esme in (one, other):
            assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()


async def test_each_account_gets_its_own() -> None:
    desk = MemoryDesk(account("crm"), account("billing"))
    async with serving(desk) as site:
        billing, crm = await site.bound(), await site.bound(system_id="crm")
        await owe(desk, 3)
        assert len(await acknowledge(crm, 3)) == 3
        assert await billing.ask(p.EnquireLink()) == p.EnquireLinkResp()


async def test_what_was_not_acknowledged_goes_again_in_order_on_another_bind() -> None:
    async with serving() as site:
        esme = await site.bound()
        names = await owe(site.desk, 12)
        first = await esme.next(10)
        esme.answer(first[0][0], OK)
        await until(lambda: site.desk.ends == [(1, ACKNOWLEDGED)])
        esme.drop()
        again = await site.bound()
        assert await acknowledge(again, 11) == names[1:]


async def test_what_is_lost_goes_at_once_to_a_bind_that_is_there() -> None:
    async with serving(MemoryDesk(account(deliver_window=2))) as site:
        one, other = await site.bound(), await site.bound()
        await owe(site.desk, 2)
        [lost] = await one.next()
        assert await acknowledge(other, 1)
        one.drop()
        assert await acknowledge(other, 1) == [named(lost)]


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (0x08, LATER),
        (0x14, LATER),
        (0x58, LATER),
        (0x64, LATER),
        (0x04, LATER),
        (0xFF, LATER),
        (0x0455, LATER),
        (0x65, DROPPED),
        (0x66, DROPPED),
        (0x01, DROPPED),
        (0x0B, DROPPED),
        (0xC4, DROPPED),
    ],
)
async def test_a_refusal_is_for_now_or_for_good(status: int, end: NoticeEnd) -> None:
    async with serving() as site:
        esme = await site.bound()
        await owe(site.desk, 1)
        [(sequence, _)] = await esme.next()
        esme.answer(sequence, p.DeliverSmResp(status=status))
        await until(lambda: site.desk.ends)
        assert site.desk.ends == [(1, end)]


async def test_a_nack_is_an_answer_too() -> None:
    async with serving() as site:
        esme = await site.bound()
        await owe(site.desk, 1)
        [(sequence, _)] = await esme.next()
        esme.answer(sequence, p.GenericNack(status=0x03))
        await until(lambda: site.desk.ends == [(1, LATER)])
        await site.desk.again()
        assert await acknowledge(esme, 1) == ["msg_1"]


async def test_who_is_too_slow_is_left_in_peace_for_a_second() -> None:
    async with serving(MemoryDesk(account(deliver_window=1))) as site:
        esme = await site.bound()
        await owe(site.desk, 2)
        [(sequence, _)] = await esme.next()
        esme.answer(sequence, p.DeliverSmResp(status=0x58))
        await until(lambda: site.desk.ends == [(1, LATER)])
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()
        await site.second()
        assert await acknowledge(esme, 1) == ["msg_2"]


async def test_without_an_answer_it_is_later_and_a_late_one_counts() -> None:
    async with serving(enquire_interval_s=600.0) as site:
        esme = await site.bound()
        await owe(site.desk, 1)
        [(sequence, _)] = await esme.next()
        await site.clock.advance(30.0)
        await until(lambda: site.desk.ends == [(1, LATER)])
        esme.answer(sequence, OK)
        await until(lambda: site.desk.ends == [(1, LATER), (1, ACKNOWLEDGED)])


async def test_a_long_message_stays_together_and_is_acknowledged_as_one() -> None:
    desk = MemoryDesk(account(deliver_window=2))
    async with serving(desk, long_text=LongText.SAR) as site:
        one, other = await site.bound(), await site.bound()
        await desk.owe(written("слово " * 60))
        await owe(desk, 1)
        first = await one.next(2)
        assert await other.ask(p.EnquireLink()) == p.EnquireLinkResp()
        numbers = [pdu.find(p.Tag.SAR_SEGMENT_SEQNUM) for _, pdu in first]
        assert numbers == [b"\1", b"\2"]
        for sequence, _ in first:
            one.answer(sequence, OK)
        assert desk.ends == []
        for number in range(3, 7):
            [(sequence, pdu)] = await one.next()
            assert pdu.find(p.Tag.SAR_SEGMENT_SEQNUM) == bytes((number,))
            one.answer(sequence, OK)
        await until(lambda: desk.ends == [(1, ACKNOWLEDGED)])


async def test_a_refused_segment_puts_off_the_whole_message() -> None:
    async with serving() as site:
        esme = await site.bound()
        await site.desk.owe(written("слово " * 20))
        (first, _), (second, _) = await esme.next(2)
        esme.answer(first, p.DeliverSmResp(status=0x64))
        esme.answer(second, OK)
        await until(lambda: site.desk.ends == [(1, LATER)])
        await site.desk.again()
        assert len(await esme.next(2)) == 2


async def test_a_message_half_delivered_goes_again_whole() -> None:
    async with serving(MemoryDesk(account(deliver_window=1))) as site:
        esme = await site.bound()
        await site.desk.owe(written("слово " * 20))
        [(sequence, _)] = await esme.next()
        esme.answer(sequence, OK)
        await esme.next()
        esme.drop()
        again = await site.bound()
        [(sequence, pdu)] = await again.next()
        assert isinstance(pdu, p.DeliverSm)
        assert pdu.short_message[4:6] == b"\2\1"


async def test_a_message_whose_bind_goes_between_two_segments_goes_again() -> None:
    async with serving(MemoryDesk(account(deliver_window=1))) as site:
        esme = await site.bound()
        await site.desk.owe(written("слово " * 20))
        [(sequence, _)] = await esme.next()
        site.server.heed(account(deliver_window=0))
        esme.answer(sequence, OK)
        assert await esme.ask(p.Unbind()) == p.UnbindResp()
        again = await site.bound()
        [(_, pdu)] = await again.next()
        assert isinstance(pdu, p.DeliverSm)
        assert pdu.short_message[4:6] == b"\2\1"


class LateDesk(MemoryDesk):
    """Settles when told, and fails first."""

    def __init__(self) -> None:
        super().__init__()
        self.may_settle = asyncio.Event()
        self.failures = 1

    async def settle(self, ends: "list[tuple[Notice, NoticeEnd]]") -> None:  # type: ignore[override]
        if ends and self.failures:
            self.failures -= 1
            raise StoreBusy("full")
        await self.may_settle.wait()
        await super().settle(ends)


async def test_what_is_acknowledged_never_goes_again_though_settling_is_slow() -> None:
    desk = LateDesk()
    async with serving(desk) as site:
        esme = await site.bound()
        await owe(desk, 3)
        assert len(await acknowledge(esme, 3)) == 3
        await desk.owe(receipt("msg_4"))
        assert await acknowledge(esme, 1) == ["msg_4"]
        await site.clock.advance(2.0)
        desk.may_settle.set()
        await until(lambda: len(desk.ends) == 4)
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()


async def test_what_was_acknowledged_is_settled_though_the_bind_goes() -> None:
    desk = LateDesk()
    desk.failures = 0
    async with serving(desk) as site:
        esme = await site.bound()
        await owe(desk, 1)
        await acknowledge(esme, 1)
        await esme.ask(p.Unbind())
        again = await site.bound()
        desk.may_settle.set()
        await until(lambda: desk.ends == [(1, ACKNOWLEDGED)])
        assert await again.ask(p.EnquireLink()) == p.EnquireLinkResp()


async def test_who_does_not_read_is_not_written_to_without_end() -> None:
    async with serving(
        MemoryDesk(account(deliver_window=1000)), long_text=LongText.PAYLOAD
    ) as site:
        tight = socket.socket()
        tight.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        tight.connect(("127.0.0.1", site.port))
        esme = await site.esme(sock=tight, limit=4096)
        await esme.bind()
        for _ in range(300):
            await site.desk.owe(written(None, octets=bytes(30_000)))
        for _ in range(100):
            await asyncio.sleep(0.001)
        await site.clock.advance(30.0)
        sent = len(site.desk.ends)
        assert 0 < sent < 250
        await site.clock.advance(10.0)
        await until(lambda: site.server.connections == 0)
        assert site.desk.ends == [(number, LATER) for number in range(1, sent + 1)]


async def test_a_3_3_receiver_gets_no_parameters() -> None:
    async with serving() as site:
        esme = await site.bound(version=0x33)
        await owe(site.desk, 1)
        [(_, pdu)] = await esme.next()
        assert pdu.tlvs == ()
