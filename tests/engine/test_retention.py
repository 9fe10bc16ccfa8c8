"""Purging what has been kept long enough."""

from datetime import timedelta

from gateway.core.policy import Retention
from gateway.engine.retention import cut_at, purge_bite
from tests.support.builders import inbound_text
from tests.support.clock import START
from tests.support.rooms import Rooms


def test_what_is_kept_for_ever_has_no_cut() -> None:
    cut = cut_at(Retention(messages=None, raw=timedelta(days=7)), START)
    assert cut.messages_before is None
    assert cut.raw_before == START - timedelta(days=7)


async def test_raw_octets_go_before_their_message(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("привет")[0])
    later = START + timedelta(days=8)
    assert await purge_bite(rooms.store, Retention(), later) == 1
    assert await purge_bite(rooms.store, Retention(), later) == 0
    [message] = await rooms.messages()
    [segment] = await rooms.segments(message.id)
    assert (message.text, segment.raw) == ("привет", None)


async def test_what_is_still_to_be_sent_stays(rooms: Rooms) -> None:
    await rooms.send()
    later = START + timedelta(days=1000)
    while await purge_bite(rooms.store, Retention(), later):
        pass
    assert len(await rooms.messages()) == 1
