"""One connection: who is let in, what is served when, how it ends."""

import asyncio
import logging

import pytest

from gateway.core.application import (
    AdmissionFault,
)
from smpp import pdu as p
from smpp.wire import HEADER
from tests.smpp.desk import PASSWORD, MemoryDesk, account
from tests.smpp.esme import serving, submit
from tests.smpp.peer import until

PAYLOAD = p.Tag.MESSAGE_PAYLOAD


@pytest.mark.parametrize("distinct", [True, False])
@pytest.mark.parametrize(
    ("system_id", "password", "status"),
    [
        ("nobody", PASSWORD, 0x0F),
        ("billing", "wrong", 0x0E),
        ("billing", AdmissionFault.DISABLED, 0x0D),
        ("billing", AdmissionFault.SOURCE, 0x0D),
    ],
)
async def test_who_may_not_bind_is_told_why_and_the_connection_is_closed(
    system_id: str,
    password: str,
    status: int,
    distinct: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving(distinct_bind_errors=distinct) as site:
        esme = await site.esme()
        with caplog.at_level(logging.INFO):
            answer = await esme.bind(system_id=system_id, password=password)
        assert answer == p.BindTransceiverResp(status=status if distinct else 0x0D)
        await esme.closed()
    told = [record.getMessage() for record in caplog.records]
    [line] = [line for line in told if "refused" in line]
    assert system_id in line
    assert "wrong" not in line.replace("wrong_password", "")


async def test_after_too_many_failures_the_answer_is_late() -> None:
    async with serving() as site:
        esme = await site.esme()
        fault = AdmissionFault.TOO_MANY_FAILURES
        esme.send(p.BindTransmitter(system_id="billing", password=fault))
        esme.send(p.EnquireLink())
        assert await esme.next() == [(2, p.EnquireLinkResp())]
        await site.clock.advance(2.0)
        assert await esme.next() == [(1, p.BindTransmitterResp(status=0x0D))]
        await esme.closed()


async def test_binds_over_the_limit_are_already_bound_until_one_goes() -> None:
    async with serving(MemoryDesk(account(max_binds=2))) as site:
        first = await site.bound()
        await site.bound(p.BindReceiver)
        third = await site.esme()
        assert (await third.bind()).status == 0x05
        await third.closed()
        assert await first.ask(p.Unbind()) == p.UnbindResp()
        await first.closed()
        await site.bound()


async def test_a_slow_admission_does_not_stop_the_connection() -> None:
    async with serving() as site:
        site.desk.door.clear()
        esme = await site.esme()
        bind = esme.send(p.BindTransceiver(system_id="billing", password=PASSWORD))
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()
        assert await esme.ask(submit()) == p.SubmitSmResp(status=0x04)
        site.desk.door.set()
        [(sequence, answer)] = await esme.next()
        assert (sequence, answer.status) == (bind, 0)


async def test_who_goes_while_being_judged_is_not_on_the_roll() -> None:
    async with serving(MemoryDesk(account(max_binds=1))) as site:
        site.desk.door.clear()
        esme = await site.esme()
        esme.send(p.BindTransceiver(system_id="billing", password=PASSWORD))
        await esme.ask(p.EnquireLink())
        esme.drop()
        await asyncio.sleep(0.01)
        site.desk.door.set()
        await site.bound()


async def test_without_a_bind_within_ten_seconds_it_is_closed() -> None:
    async with serving() as site:
        esme = await site.esme()
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()
        await site.clock.advance(9.0)
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()
        await site.clock.advance(1.0)
        await esme.closed()


async def test_a_silent_application_is_asked_and_then_parted_from() -> None:
    async with serving() as site:
        esme = await site.bound()
        await site.clock.advance(30.0)
        [(sequence, probe)] = await esme.next()
        assert isinstance(probe, p.EnquireLink)
        esme.answer(sequence, p.EnquireLinkResp())
        await esme.ask(p.EnquireLink())
        await site.clock.advance(30.0)
        await esme.next()
        await site.clock.advance(10.0)
        await esme.closed()


async def test_an_unbind_is_answered_after_what_came_before_it() -> None:
    desk = MemoryDesk()
    desk.gate.clear()
    async with serving(desk) as site:
        esme = await site.bound()
        last = esme.send(submit(), p.Unbind(), submit())
        assert await esme.next() == [(last, p.SubmitSmResp(status=0x04))]
        desk.gate.set()
        assert await esme.next(2) == [
            (last - 2, p.SubmitSmResp(message_id="msg_1")),
            (last - 1, p.UnbindResp()),
        ]
        await esme.closed()


@pytest.mark.parametrize("octets", [bytes(16), b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64])
async def test_garbage_ends_with_a_nack(octets: bytes) -> None:
    async with serving() as site:
        esme = await site.bound()
        esme.write(octets)
        [(_, answer)] = await esme.next()
        assert answer == p.GenericNack(status=0x02)
        await esme.closed()
        await site.bound()


async def test_a_pdu_that_does_not_parse_costs_only_itself() -> None:
    async with serving() as site:
        esme = await site.bound()
        esme.write(HEADER.pack(18, p.Command.SUBMIT_SM, 0, 50) + b"\0\1")
        assert await esme.next() == [(50, p.SubmitSmResp(status=0x08))]
        assert (await esme.ask(submit())).status == 0


async def test_what_is_in_hand_is_bounded_in_octets() -> None:
    desk = MemoryDesk()
    desk.gate.clear()
    async with serving(desk, max_text_octets=65_535) as site:
        esme = await site.bound()
        big = submit(b"", tlvs=(p.Tlv(tag=PAYLOAD, value=b"x" * 60_000),))
        esme.send(*[big] * 90)
        await until(lambda: len(desk.submissions) > 4)
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert len(desk.submissions) < 12
        desk.gate.set()
        answers = await esme.next(90)
        assert {answer.status for _, answer in answers} == {0}


async def test_who_is_not_read_is_not_taken_for_dead() -> None:
    desk = MemoryDesk()
    desk.gate.clear()
    async with serving(desk, max_text_octets=65_535) as site:
        esme = await site.bound()
        big = submit(b"", tlvs=(p.Tlv(tag=PAYLOAD, value=b"x" * 60_000),))
        last = esme.send(*[big] * 20)
        await until(lambda: len(desk.submissions) > 4)
        for _ in range(60):
            await site.second()
        desk.gate.set()
        answers = await esme.next(20)
        assert answers[-1][0] == last
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()


async def test_unreadable_pdus_are_logged_once_without_their_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as site:
        esme = await site.bound()
        with caplog.at_level(logging.INFO):
            for sequence in range(50, 53):
                broken = HEADER.pack(18, p.Command.SUBMIT_SM, 0, sequence) + b"\0\1"
                esme.write(broken)
            assert len(await esme.next(3)) == 3
    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "source_addr" in line]) == 1


@pytest.mark.parametrize(
    ("system_id", "password", "status"),
    [(b"x" * 16, b"secret", 0x0F), (b"billing", b"x" * 65, 0x0E)],
)
async def test_names_that_nobody_can_have_are_refused_unasked(
    system_id: bytes, password: bytes, status: int
) -> None:
    async with serving() as site:
        site.desk.door.clear()
        esme = await site.esme()
        body = system_id + b"\0" + password + b"\0" + b"\0\x34\0\0\0"
        esme.write(HEADER.pack(16 + len(body), 9, 0, 5) + body)
        assert await esme.next() == [(5, p.BindTransceiverResp(status=status))]
        await esme.closed()
