"""What applications ask for, and the answers they get, in order."""

import asyncio
import logging

import pytest

from gateway.core.application import (
    Account,
    Refusal,
    SpokenAddress,
    Standing,
    Submission,
    Taken,
)
from gateway.core.errors import Forbidden, StoreBroken, StoreBusy, StoreError
from gateway.core.message import MessageState
from smpp import pdu as p
from tests.smpp.desk import START, MemoryDesk, account
from tests.smpp.esme import serving, submit
from tests.smpp.peer import until

PAYLOAD = p.Tag.MESSAGE_PAYLOAD


class ReversingDesk(MemoryDesk):
    """Keeps the last submission first."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[asyncio.Event] = []

    async def submit(self, account: Account, submission: Submission) -> Taken:
        turn = asyncio.Event()
        self.waiting.append(turn)
        taken = await super().submit(account, submission)
        await turn.wait()
        return taken


async def test_a_submission_is_answered_with_the_id_of_the_desk() -> None:
    async with serving() as site:
        esme = await site.bound()
        assert await esme.ask(submit()) == p.SubmitSmResp(message_id="msg_1")
        assert site.desk.submissions[0].recipients == ("+79161234567",)
        data = p.DataSm(
            destination_addr="79161234567", tlvs=(p.Tlv(tag=PAYLOAD, value=b"x"),)
        )
        assert await esme.ask(data) == p.DataSmResp(message_id="msg_2")


async def test_answers_come_in_the_order_of_the_submissions() -> None:
    desk = ReversingDesk()
    async with serving(desk) as site:
        esme = await site.bound()
        last = esme.send(*(submit(bytes((65 + n,))) for n in range(20)))
        await until(lambda: len(desk.waiting) == 20)
        for turn in reversed(desk.waiting):
            turn.set()
            await asyncio.sleep(0)
        answers = await esme.next(20)
        assert [sequence for sequence, _ in answers] == list(range(last - 19, last + 1))
        assert [body.body.units for body in desk.submissions] == [
            bytes((65 + n,)) for n in range(20)
        ]


async def test_what_is_over_the_window_is_refused_at_once_and_not_kept() -> None:
    desk = MemoryDesk(account(window=3))
    desk.gate.clear()
    async with serving(desk) as site:
        esme = await site.bound()
        first = esme.send(*(submit() for _ in range(5))) - 4
        early = await esme.next(2)
        assert early == [
            (first + 3, p.SubmitSmResp(status=0x58)),
            (first + 4, p.SubmitSmResp(status=0x58)),
        ]
        assert await esme.ask(p.EnquireLink()) == p.EnquireLinkResp()
        desk.gate.set()
        answers = await esme.next(3)
        assert [(n, answer.status) for n, answer in answers] == [
            (first + n, 0) for n in range(3)
        ]
        assert len(desk.submissions) == 3


async def test_a_hundred_are_worked_on_at_the_same_time() -> None:
    desk = MemoryDesk()
    desk.gate.clear()
    async with serving(desk) as site:
        esme = await site.bound()
        esme.send(*(submit() for _ in range(100)))
        await until(lambda: len(desk.submissions) == 100)
        desk.gate.set()
        assert {answer.status for _, answer in await esme.next(100)} == {0}


async def test_the_rate_counts_over_all_binds_of_an_account() -> None:
    async with serving(MemoryDesk(account(rate_per_s=2))) as site:
        one, other = await site.bound(), await site.bound()
        assert (await one.ask(submit())).status == 0
        assert (await other.ask(submit())).status == 0
        assert (await one.ask(submit())).status == 0x58
        assert (await other.ask(p.QuerySm(message_id="no"))).status == 0x0C
        await site.second()
        assert (await one.ask(submit())).status == 0
        assert len(site.desk.submissions) == 3


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreBusy("full"), 0x14),
        (StoreBroken("broken"), 0x08),
        (StoreError("odd"), 0x08),
        (Forbidden("opted_out", "wants no more", field="to"), 0x0B),
    ],
)
async def test_what_was_not_kept_is_never_thanked_for(
    error: Exception, status: int
) -> None:
    async with serving() as site:
        site.desk.refuse = error
        esme = await site.bound()
        assert await esme.ask(submit()) == p.SubmitSmResp(status=status)
        site.desk.refuse = None
        assert (await esme.ask(submit())).status == 0


async def test_words_go_to_who_can_read_them() -> None:
    tag = p.Tag.ADDITIONAL_STATUS_INFO_TEXT
    async with serving() as site:
        site.desk.refuse = Forbidden("opted_out", "wants no more", field="to")
        old, new = await site.bound(), await site.bound(version=0x50)
        assert (await old.ask(submit())).tlvs == ()
        assert (await new.ask(submit())).find(tag) == b"wants no more\0"
        assert (await new.ask(p.CancelSm(message_id="1"))).find(tag)
        data = p.DataSm(destination_addr="79161234567")
        assert (await old.ask(data)).find(tag) == b"wants no more\0"


async def test_each_reason_to_refuse_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as site:
        site.desk.refuse = Forbidden("opted_out", "+79161234567 is out", field="to")
        esme = await site.bound()
        with caplog.at_level(logging.INFO):
            for _ in range(3):
                await esme.ask(submit())
            await esme.ask(submit(dest_addr_ton=9))
    told = [record.getMessage() for record in caplog.records]
    assert [line.rpartition(": ")[2] for line in told if "refused with" in line] == [
        "opted_out (to)",
        "dest_addr_ton 9",
    ]
    assert not any("7916" in line for line in told)


async def test_to_several_is_one_submission_with_the_refused_listed() -> None:
    async with serving() as site:
        away = SpokenAddress(ton=1, npi=1, text="79161234568")
        site.desk.refused = (
            Refusal(destination=away, code="opted_out", field="to[1]"),
        )
        esme = await site.bound()
        pdu = p.SubmitMulti(
            destinations=(
                p.Destination(ton=1, npi=1, text="79161234567"),
                p.Destination(ton=1, npi=1, text="79161234568"),
                p.ListName(name="friends"),
            ),
            short_message=b"all",
        )
        answer = await esme.ask(pdu)
        assert answer == p.SubmitMultiResp(
            message_id="msg_1",
            unsuccessful=(
                p.Unsuccessful(text="friends", error=0x34),
                p.Unsuccessful(ton=1, npi=1, text="79161234568", error=0x0B),
            ),
        )
        nobody = p.SubmitMulti(destinations=(p.ListName(name="friends"),))
        refused = await esme.ask(nobody)
        assert isinstance(refused, p.SubmitMultiResp)
        assert (refused.status, len(refused.unsuccessful)) == (0x45, 1)


async def test_a_query_tells_how_it_stands() -> None:
    async with serving() as site:
        site.desk.states["msg_1"] = Standing(
            message_id="msg_1",
            state=MessageState.UNDELIVERED,
            final_at=START,
            carrier_code="err:034",
        )
        esme = await site.bound()
        assert await esme.ask(p.QuerySm(message_id="msg_1")) == p.QuerySmResp(
            message_id="msg_1",
            final_date="261122080000000+",
            message_state=5,
            error_code=34,
        )
        assert (await esme.ask(p.QuerySm(message_id="msg_2"))).status == 0x0C


async def test_a_message_is_cancelled_by_its_id_or_by_addresses() -> None:
    async with serving() as site:
        esme = await site.bound()
        source = SpokenAddress(text="2345")
        by_id = p.CancelSm(message_id="msg_1", source_addr="2345")
        assert await esme.ask(by_id) == p.CancelSmResp()
        by_address = p.CancelSm(
            source_addr="2345", destination_addr="79161234567", service_type="CMT"
        )
        assert await esme.ask(by_address) == p.CancelSmResp()
        assert site.desk.asked == [
            ("cancel", "msg_1", source, None, ""),
            ("cancel", None, source, SpokenAddress(text="79161234567"), "CMT"),
        ]
        assert (await esme.ask(p.CancelSm())).status == 0x0B


async def test_a_message_is_replaced_by_its_id() -> None:
    async with serving() as site:
        esme = await site.bound()
        new = p.ReplaceSm(message_id="msg_1", source_addr="1", short_message=b"new")
        assert await esme.ask(new) == p.ReplaceSmResp()
        [(_, message_id, submission)] = site.desk.asked
        assert message_id == "msg_1"
        assert isinstance(submission, Submission)
        assert submission.body.units == b"new"
        assert (await esme.ask(p.ReplaceSm(short_message=b"x"))).status == 0x0C
