"""Many results and many reports in one go come to the same as one by one."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

from gateway.core.errors import PermanentFailure
from gateway.core.event import EventType
from gateway.core.ids import LinkId
from gateway.core.link import Capabilities, InboundReport, ReportKind
from gateway.core.message import AttemptState, MessageState
from gateway.core.message_store import tail_of
from tests.support.builders import inbound_report
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

WIDE = Capabilities(window=40)
LONG = "длинный текст " * 12  # three segments


def peer(number: int) -> str:
    return f"+7916000{number:04}"


def report(link: FakeLink, index: int, kind: ReportKind) -> InboundReport:
    """About what the link accepted as number `index`."""
    unit, reference = link.accepted[index]
    told = inbound_report(reference.value, kind=kind, recipient=str(unit.destination))
    return replace(told, unique=True, raw=f"{index} {kind}".encode())


async def sent(rooms: Rooms, count: int) -> None:
    for number in range(count):
        await rooms.send(LONG if number % 5 == 4 else "hello", to=(peer(number),))
    rooms.start()
    segments = count + count // 5 * 2
    await rooms.link().handed(segments)
    messages = [message.id for message in await rooms.messages()]
    for message_id in messages:
        await rooms.until(message_id, MessageState.SENT)


async def test_a_wide_window_records_all_that_was_answered(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        await sent(rooms, 60)
        kinds = Counter(await rooms.types())
        assert kinds[EventType.MESSAGE_SENDING] == kinds[EventType.MESSAGE_SENT] == 60
        for message in await rooms.messages():
            attempts = await rooms.attempts(message.id)
            assert {attempt.state for attempt in attempts} == {AttemptState.ACCEPTED}
            assert len(attempts) == message.segments


async def test_a_refusal_among_many_is_that_messages_only(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        link = rooms.link()
        link.script.extend([link.take, PermanentFailure("barred"), link.take])
        messages = [await rooms.send(to=(peer(n),)) for n in range(3)]
        rooms.start()
        await rooms.until(messages[1].id, MessageState.FAILED)
        for message in (messages[0], messages[2]):
            await rooms.until(message.id, MessageState.SENT)


async def test_a_result_that_comes_after_its_end_spoils_no_other(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        rooms.link().gate.clear()
        first, second = [await rooms.send(to=(peer(n),)) for n in range(2)]
        rooms.start()
        await rooms.link().handed(2)
        [attempt] = await rooms.attempts(first.id)
        ended = replace(attempt, state=AttemptState.UNKNOWN)
        await rooms.store.write(lambda tx: tx.outbox.save_attempt(ended))
        rooms.link().gate.set()
        await rooms.until(second.id, MessageState.SENT)
        assert await rooms.attempts(first.id) == [ended]


async def test_reports_in_any_company_come_to_the_same_as_alone(
    tmp_path: Path,
) -> None:
    chance = random.Random(70)
    ends = []
    for name in ("together", "in one", "alone"):
        folder = tmp_path / name
        folder.mkdir()
        async with open_rooms(folder, capabilities=WIDE) as rooms:
            await sent(rooms, 30)
            await rooms.kill()
            link = rooms.link()
            chance.seed(7)
            reports = [
                report(link, index, chance.choice(list(ReportKind)))
                for index in range(len(link.accepted))
            ]
            reports += chance.sample(reports, 10)  # repeated
            reports.append(replace(reports[0], reference="999"))  # of nothing of ours
            stranger = inbound_report("0").recipient
            reports.append(replace(reports[1], recipient=stranger))
            if name == "together":
                await asyncio.gather(*map(rooms.intake.accept, reports))
            elif name == "in one":
                assert not any(await rooms.intake.accept_all(reports))
            else:
                for one in reports:
                    await rooms.intake.accept(one)
            parked = await rooms.store.read(
                lambda tx, one=reports[0]: tx.inbox.parked_reports(  # type: ignore[misc]  # binds the loop's value
                    one.line, reference="999", tail=tail_of("0"), limit=9
                )
            )
            states = [message.state for message in await rooms.messages()]
            kinds = Counter(await rooms.types())
            ends.append((states, kinds, len(parked)))
    assert ends[0] == ends[1] == ends[2]


async def test_a_report_waits_for_the_reference_that_is_about_to_be_written(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        link, expectations = rooms.link(), rooms.board.expectations
        message = await rooms.send()
        rooms.start()
        await rooms.until(message.id, MessageState.SENT)
        told = report(link, 0, ReportKind.DELIVERED)
        _, reference = link.accepted[0]
        expectations.expect(reference, lambda: None)
        waiting = asyncio.create_task(rooms.intake.accept(told))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        assert rooms.board.knows(LinkId("sim1"))
        expectations.met(reference)
        await waiting
        await rooms.until(message.id, MessageState.DELIVERED)
