"""What a carrier has: taken back on a person's word, asked about when it is late."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.core.errors import (
    Conflict,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import LinkId
from gateway.core.link import (
    Capabilities,
    InboundReport,
    LinkState,
    RecallLink,
    Reference,
    ReportKind,
    SentSegment,
    Unit,
)
from gateway.core.message import CarrierOptions, MessageState
from gateway.engine.recall import Inquiry
from tests.support.builders import CUSTOMER, inbound_report
from tests.support.clock import FakeClock
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12  # three segments
LATE = timedelta(hours=4)


class Carrier(FakeLink):
    """A link whose carrier may be asked."""

    def __init__(self, name: str, clock: FakeClock) -> None:
        super().__init__(name, clock, capabilities=Capabilities(any_sender=True))
        self.recalls = True
        self.inquire_after: timedelta | None = LATE
        self.recalled: list[SentSegment] = []
        self.asked: list[SentSegment] = []
        self.answer: SubmitFailure | ReportKind = ReportKind.DELIVERED

    def take(self, unit: Unit) -> Reference:
        reference = super().take(unit)
        return replace(reference, spelled=f"0{reference.value}-X")

    async def recall(self, sent: SentSegment) -> None:
        self.recalled.append(sent)
        if isinstance(self.answer, SubmitFailure):
            raise self.answer

    async def inquire(self, sent: SentSegment) -> InboundReport:
        self.asked.append(sent)
        if isinstance(self.answer, SubmitFailure):
            raise self.answer
        return inbound_report(
            sent.reference, link=self.id, kind=self.answer, salt=(len(self.asked),)
        )


@pytest_asyncio.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(tmp_path, links=()) as opened:
        carrier = Carrier("carrier", opened.clock)
        opened.links["carrier"] = carrier
        opened.board.register(carrier)
        opened.start()
        yield opened


@pytest.fixture
def carrier(rooms: Rooms) -> Carrier:
    link = rooms.links["carrier"]
    assert isinstance(link, Carrier)
    assert isinstance(link, RecallLink)
    return link


@pytest.fixture
def inquiry(rooms: Rooms) -> Inquiry:
    return Inquiry(rooms.store, rooms.clock, rooms.board)


async def ask(rooms: Rooms, inquiry: Inquiry) -> None:
    await inquiry.once(LinkId("carrier"), rooms.intake)


async def test_a_sent_message_is_taken_back_segment_by_segment(
    rooms: Rooms, carrier: Carrier
) -> None:
    options = CarrierOptions(source_kind=(5, 0))
    message = await rooms.send(LONG, sender="2345", carrier=options)
    await rooms.until(message.id, MessageState.SENT)
    cancelled = await rooms.submit.cancel(message.id)
    assert cancelled.state is MessageState.CANCELLED
    assert [sent.spelled for sent in carrier.recalled] == ["00-X", "01-X", "02-X"]
    first = carrier.recalled[0]
    assert (str(first.sender), str(first.destination)) == ("2345", CUSTOMER)
    assert first.carrier == options


async def test_what_the_carrier_keeps_is_too_late(
    rooms: Rooms, carrier: Carrier
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    carrier.answer = PermanentFailure("no", carrier_code="0x11")
    with pytest.raises(Conflict, match="0x11"):
        await rooms.submit.cancel(message.id)
    assert (await rooms.message(message.id)).state is MessageState.SENT


async def test_a_carrier_that_does_not_cancel_is_not_asked(
    rooms: Rooms, carrier: Carrier
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    carrier.recalls = False
    with pytest.raises(Conflict):
        await rooms.submit.cancel(message.id)
    assert carrier.recalled == []


async def test_what_became_late_is_asked_about_once(
    rooms: Rooms, carrier: Carrier, inquiry: Inquiry
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    await ask(rooms, inquiry)
    assert carrier.asked == []
    rooms.clock.pass_time(LATE.total_seconds() + 1)
    carrier.answer = ReportKind.TRYING
    await ask(rooms, inquiry)
    await ask(rooms, inquiry)
    assert [sent.spelled for sent in carrier.asked] == ["00-X"]
    assert (await rooms.message(message.id)).state is MessageState.SENT


async def test_the_answer_settles_the_message(
    rooms: Rooms, carrier: Carrier, inquiry: Inquiry
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    rooms.clock.pass_time(LATE.total_seconds() + 1)
    await ask(rooms, inquiry)
    assert len(carrier.asked) == 1
    assert (await rooms.message(message.id)).state is MessageState.DELIVERED


async def test_what_wants_no_report_is_not_asked_about(
    rooms: Rooms, carrier: Carrier, inquiry: Inquiry
) -> None:
    message = await rooms.send(status_report=False)
    await rooms.until(message.id, MessageState.SENT)
    rooms.clock.pass_time(LATE.total_seconds() + 1)
    await ask(rooms, inquiry)
    assert carrier.asked == []


async def test_a_link_that_fails_is_asked_again_and_one_without_news_is_not(
    rooms: Rooms, carrier: Carrier, inquiry: Inquiry
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    rooms.clock.pass_time(LATE.total_seconds() + 1)
    carrier.answer = TemporaryFailure("down", scope=Scope.LINK)
    await ask(rooms, inquiry)
    carrier.answer = PermanentFailure("unknown there")
    await ask(rooms, inquiry)
    await ask(rooms, inquiry)
    assert len(carrier.asked) == 2


async def test_a_link_that_is_down_is_left_in_peace(
    rooms: Rooms, carrier: Carrier, inquiry: Inquiry
) -> None:
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)
    rooms.clock.pass_time(LATE.total_seconds() + 1)
    carrier.become(LinkState.DOWN, rooms.intake)
    await ask(rooms, inquiry)
    assert carrier.asked == []
    assert inquiry.is_wanted
    carrier.inquire_after = None
    assert not inquiry.is_wanted
