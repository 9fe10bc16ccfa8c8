"""Sending again: one delivery, or a span of the log."""

from datetime import UTC, datetime, timedelta

from gateway.core.event import EventType, NewEvent
from tests.web.test_webhooks import ROOT, make
from tests.web.world import World


async def test_one_delivery_is_replayed_with_its_identity(world: World) -> None:
    made = await make(world)
    delivery = (await world.call("POST", f"{ROOT}/{made.id}/test")).json
    path = f"{ROOT}/{made.id}/replay"
    answer = await world.call("POST", path, {"delivery_id": delivery["id"]})
    assert (answer.status, answer.json["count"]) == (202, 1)
    page = await world.call("GET", f"{ROOT}/{made.id}/deliveries")
    assert [item["id"] for item in page.json["items"]] == [delivery["id"]]
    foreign = await make(world)
    answer = await world.call(
        "POST", f"{ROOT}/{foreign.id}/replay", {"delivery_id": delivery["id"]}
    )
    assert (answer.status, answer.json["field"]) == (404, "delivery_id")


async def test_a_span_is_replayed_from_the_log_each_event_once(world: World) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(3):
        await world.call(
            "POST", "/api/v1/messages", {"to": f"+7916123456{number}", "text": "x"}
        )
    made = await make(world, types=["message.*"])
    body = {"since": before.isoformat()}
    for _ in range(2):
        answer = await world.call("POST", f"{ROOT}/{made.id}/replay", body)
        assert answer.json == {"count": 3, "next_since": None}
    page = await world.call("GET", f"{ROOT}/{made.id}/deliveries")
    assert len(page.json["items"]) == 3
    assert {item["event_type"] for item in page.json["items"]} == {"message.queued"}


async def test_a_replay_says_which_field_is_missing_or_wrong(world: World) -> None:
    made = await make(world)
    now = datetime.now(UTC)
    for body, field in (
        ({}, "since"),
        ({"delivery_id": "whd_1", "since": now.isoformat()}, "since"),
        (
            {
                "since": now.isoformat(),
                "until": (now - timedelta(hours=1)).isoformat(),
            },
            "until",
        ),
    ):
        answer = await world.call("POST", f"{ROOT}/{made.id}/replay", body)
        assert (answer.status, answer.json["field"]) == (422, field), body


async def test_a_span_longer_than_one_call_is_continued(world: World) -> None:
    made = await make(world, types=["link.up"])
    first = datetime(2026, 1, 1, tzinfo=UTC)
    events = [
        NewEvent(
            type=EventType.LINK_UP,
            at=first + timedelta(seconds=second),
            data={"id": "x"},
        )
        for second in range(2500)
    ]
    await world.store.write(lambda tx: [tx.events.append(event) for event in events])
    # From the 101st second to the 2400th, in calls of a thousand events.
    body = {
        "since": (first + timedelta(seconds=100)).isoformat(),
        "until": (first + timedelta(seconds=2400)).isoformat(),
    }
    counts = []
    while body["since"]:
        answer = await world.call("POST", f"{ROOT}/{made.id}/replay", body)
        counts.append(answer.json["count"])
        body["since"] = answer.json["next_since"]
    assert counts == [1000, 1000, 300]
    owed = await world.store.read(lambda tx: tx.webhooks.pending_count())
    assert owed == 2300
