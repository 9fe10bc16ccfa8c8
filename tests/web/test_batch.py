"""How events travel together."""

import json
from dataclasses import replace
from datetime import timedelta

from gateway.core.ids import WebhookId
from tests.web.test_line import delivery, line_of
from tests.web.world import START
from web.batch import OCTETS_LIMIT, belong_together, body_of, identity_of

EVENT = '{"type":"message.sent","timestamp":"2026-03-01T12:00:00.000Z","data":{"a":1}}'


def test_an_event_in_a_batch_is_what_it_is_alone_with_its_id() -> None:
    members = [replace(delivery(number), body=EVENT) for number in range(3)]
    content = json.loads(body_of(members))
    assert content["type"] == "batch"
    assert content["timestamp"] == "2026-03-01T12:00:00.000Z"
    for member, event in zip(members, content["data"]["events"], strict=True):
        assert event.pop("id") == member.id
        assert event == json.loads(EVENT)


def test_the_identity_of_a_batch_is_made_of_its_members() -> None:
    one, two = delivery(1), delivery(2)
    assert identity_of([one, two]) == identity_of([one, two])
    assert len({identity_of(batch) for batch in ([one], [two], [one, two])}) == 3
    assert identity_of([one]).startswith("whb_")


def test_what_failed_together_stays_together() -> None:
    new, later = delivery(1), delivery(2, due_at=timedelta(seconds=1))
    assert belong_together(new, later)
    failed, other = replace(new, attempts=1), replace(later, attempts=1)
    assert belong_together(failed, replace(failed, id=other.id))
    assert not belong_together(failed, other)
    assert not belong_together(new, failed)
    assert not belong_together(new, replace(later, webhook_id=WebhookId("whk_2")))


def test_a_batch_is_bounded_in_events_and_in_octets() -> None:
    line = line_of(10)
    first = line.next(START)
    assert first is not None
    assert [one.event_seq for one in line.join(first, 4)] == [0, 1, 2, 3]
    second = line.next(START)
    assert second is None  # one under way is all that the window allows
    line.under_way = 0
    second = line.next(START)
    assert second is not None
    big = replace(second, body="x" * OCTETS_LIMIT)
    assert line.join(big, 100) == [big]
