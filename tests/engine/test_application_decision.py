"""What applications ask about what they submitted, and take back."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.application import (
    ReportWish,
    SpokenAddress,
)
from gateway.core.errors import Conflict, NotFound
from gateway.core.link import InboundReport, SentSegment
from gateway.core.message import MessageState
from tests.support.application import (
    SHORT_CODE,
    open_account,
    ours,
    parts_of,
    receipts,
    report,
    send_all,
    spoken,
    submission,
    the_message,
)
from tests.support.builders import CUSTOMER
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

OTHER = "+79161234568"
NOBODY = SpokenAddress()


async def test_only_its_own_application_can_ask_and_take_back(rooms: Rooms) -> None:
    account = await open_account(rooms)
    other = await open_account(rooms, "erp")
    taken = await rooms.desk.submit(account, submission())
    strange = SpokenAddress(text="9999")
    for who, source in ((other, NOBODY), (account, strange)):
        with pytest.raises(NotFound):
            await rooms.desk.query(who, taken.message_id, source)
        with pytest.raises(NotFound):
            await rooms.desk.cancel(
                who,
                message_id=taken.message_id,
                source=source,
                destination=None,
                service_type="",
            )
        with pytest.raises(NotFound):
            await rooms.desk.replace(
                who, taken.message_id, submission("new", source=source)
            )


async def test_a_cancelled_submission_is_told_its_end(rooms: Rooms) -> None:
    account = await open_account(rooms)
    taken = await rooms.desk.submit(account, submission())
    count = await rooms.desk.cancel(
        account,
        message_id=taken.message_id,
        source=SHORT_CODE,
        destination=None,
        service_type="",
    )
    assert count == 1
    assert (await the_message(rooms)).state is MessageState.CANCELLED
    [told] = await receipts(rooms, account)
    assert told.state is MessageState.CANCELLED
    standing = await rooms.desk.query(account, taken.message_id, NOBODY)
    assert standing.final_at == rooms.clock.now()


async def test_what_has_left_cannot_be_cancelled_or_replaced(rooms: Rooms) -> None:
    account = await open_account(rooms)
    taken = await rooms.desk.submit(account, submission())
    await send_all(rooms)
    with pytest.raises(Conflict):
        await rooms.desk.cancel(
            account,
            message_id=taken.message_id,
            source=NOBODY,
            destination=None,
            service_type="",
        )
    with pytest.raises(Conflict):
        await rooms.desk.replace(account, taken.message_id, submission("new"))


class RecallingLink(FakeLink):
    """A link whose carrier takes messages back."""

    recalls = True
    inquire_after: timedelta | None = None

    async def recall(self, sent: SentSegment) -> None:
        """It is dropped."""

    async def inquire(self, sent: SentSegment) -> InboundReport:
        raise AssertionError("nobody asks")


async def test_what_has_left_is_taken_back_where_the_carrier_does_that(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path, links=()) as rooms:
        link = RecallingLink("carrier", rooms.clock)
        rooms.links["carrier"] = link
        rooms.board.register(link)
        account = await open_account(rooms)
        taken = await rooms.desk.submit(account, submission())
        await send_all(rooms)
        count = await rooms.desk.cancel(
            account,
            message_id=taken.message_id,
            source=NOBODY,
            destination=None,
            service_type="",
        )
        assert count == 1
        [told] = await receipts(rooms, account)
        assert told.state is MessageState.CANCELLED


async def test_everything_between_two_addresses_is_cancelled(rooms: Rooms) -> None:
    account = await open_account(rooms)
    await rooms.desk.submit(account, submission("one"))
    await rooms.desk.submit(account, submission("two", service_type="CMT"))
    await rooms.desk.submit(account, submission("three", to=(OTHER,)))
    await rooms.desk.submit(account, parts_of("four " * 50)[0])

    async def cancel(to: str, service_type: str = "") -> int:
        return await rooms.desk.cancel(
            account,
            message_id=None,
            source=SHORT_CODE,
            destination=spoken(to),
            service_type=service_type,
        )

    assert await cancel(CUSTOMER, "CMT") == 1
    assert await cancel(CUSTOMER) == 2
    with pytest.raises(NotFound):
        await cancel(CUSTOMER)
    waits = [m.text for m in await rooms.messages() if m.state is MessageState.QUEUED]
    assert waits == ["three"]


async def test_a_number_is_known_however_it_was_filed(rooms: Rooms) -> None:
    account = await open_account(rooms)
    await rooms.desk.submit(account, submission(to=("+491701234567",)))
    count = await rooms.desk.cancel(
        account,
        message_id=None,
        source=SHORT_CODE,
        destination=SpokenAddress(text="491701234567"),
        service_type="",
    )
    assert count == 1


async def test_a_replaced_message_keeps_its_id_and_says_the_new(rooms: Rooms) -> None:
    account = await open_account(rooms)
    send_at = rooms.clock.now() + timedelta(hours=1)
    taken = await rooms.desk.submit(account, submission("old", send_at=send_at))
    await rooms.desk.replace(
        account, taken.message_id, submission("new " * 60, to=(), recipients=())
    )
    message = await the_message(rooms)
    assert message.id == ours(taken.message_id)
    assert message.text == "new " * 60
    assert (message.state, message.due_at) == (MessageState.SCHEDULED, send_at)
    segments = await rooms.segments(message.id)
    assert [one.number for one in segments] == [1, 2]
    soon = submission("now", to=(), send_at=rooms.clock.now(), reports=ReportWish.NONE)
    await rooms.desk.replace(account, taken.message_id, soon)
    assert (await the_message(rooms)).state is MessageState.QUEUED
    await send_all(rooms)
    await report(rooms, "0")
    assert [unit.body.units for unit in rooms.link().sent] == [soon.body.units]
    assert await receipts(rooms, account) == []


async def test_a_purged_submission_is_not_found(rooms: Rooms) -> None:
    account = await open_account(rooms)
    with pytest.raises(NotFound):
        await rooms.desk.query(account, "msg_none", NOBODY)
