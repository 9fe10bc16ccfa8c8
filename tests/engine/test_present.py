"""The one JSON shape of each thing."""

import json
from datetime import UTC, datetime, timedelta, timezone

from gateway.engine.present import (
    contact_json,
    event_json,
    link_json,
    message_detail_json,
    message_json,
    time_text,
)
from tests.support.builders import CUSTOMER, inbound_text
from tests.support.rooms import Rooms


def test_times_are_in_utc_with_milliseconds() -> None:
    moscow = timezone(timedelta(hours=3))
    moment = datetime(2026, 3, 1, 15, 0, 0, 1500, tzinfo=moscow)
    assert time_text(moment) == "2026-03-01T12:00:00.001Z"
    assert time_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"
    assert time_text(None) is None


async def test_a_message_out_tells_all_that_was_promised(rooms: Rooms) -> None:
    message = await rooms.send("привет", reference="order 7", queue="sales")
    shown = message_json(message)
    assert shown["to"] == CUSTOMER
    assert "from" not in shown
    keys = "id direction state own text octets alphabet segments link lane reference"
    keys += " class flash priority queue created_at updated_at send_at expires_at"
    keys += " possible_duplicate error thread_id contact_id"
    assert set(keys.split()) <= shown.keys()
    assert (shown["reference"], shown["queue"], shown["error"]) == (
        "order 7",
        "sales",
        None,
    )


async def test_a_message_in_names_its_gap(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("длинный текст " * 12)[1])
    [message] = await rooms.messages()
    shown = message_json(message)
    assert (shown["from"], shown["missing"]) == (CUSTOMER, [1, 3])


async def test_octets_are_base64(rooms: Rooms) -> None:
    message = await rooms.send(text=None, octets=b"\x00\xff")  # type: ignore[arg-type]
    assert message_json(message)["octets"] == "AP8="


async def test_everything_is_json(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    segments = await rooms.segments(message.id)
    attempts = await rooms.attempts(message.id)
    detail = message_detail_json(message, segments, attempts)
    json.dumps(detail)
    assert isinstance(detail["segment_list"], list)
    json.dumps([event_json(event) for event in await rooms.events()])
    json.dumps(link_json(rooms.link().status))
    contact = await rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert contact is not None
    json.dumps(contact_json(contact))
