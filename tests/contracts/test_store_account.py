"""Store contract: tokens, answers, webhooks, deliveries, events, facts."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from gateway.core.account import (
    Answer,
    Delivery,
    DeliveryState,
    Role,
    Token,
    Webhook,
    WebhookState,
)
from gateway.core.errors import StoreConflict
from gateway.core.event import EventType
from gateway.core.ids import DeliveryId, MessageId, TokenId, WebhookId
from gateway.core.message_store import Page
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker


def token(make: Maker) -> Token:
    return Token(
        id=TokenId(make.ids.new("tok")),
        name="IVR",
        digest=make.ids.secret(32),
        scopes=frozenset({Role.MESSAGES_SEND, Role.EVENTS_READ}),
        created_at=make.now,
        sources=("192.0.2.0/24",),
        report_secret=b"\x00\x01",
    )


def webhook(make: Maker) -> Webhook:
    return Webhook(
        id=WebhookId(make.ids.new("whk")),
        url="https://example.org/hook",
        types=("message.*",),
        secrets=(b"\x00new", b"\xffold"),
        state=WebhookState.ACTIVE,
        created_at=make.now,
        description="CRM",
    )


def delivery(make: Maker, to: Webhook | None, **other: object) -> Delivery:
    made = Delivery(
        id=DeliveryId(make.ids.new("dlv")),
        webhook_id=to.id if to else None,
        url=to.url if to else "https://example.net/report",
        token_id=None if to else TokenId("tok_1"),
        message_id=MessageId("msg_1"),
        event_seq=7,
        event_type="message.sent",
        body='{"a":1}',
        state=DeliveryState.PENDING,
        attempts=0,
        due_at=make.now,
        created_at=make.now,
    )
    return replace(made, **other)  # type: ignore[arg-type]  # fields by name


async def test_a_token_is_found_by_its_digest(store: SqlStore, make: Maker) -> None:
    kept = token(make)
    await store.write(lambda tx: tx.accounts.insert_token(kept))
    found = await store.read(lambda tx: tx.accounts.token_by_digest(kept.digest))
    assert found == kept
    revoked = replace(
        kept,
        name="old IVR",
        scopes=frozenset({Role.ADMIN}),
        revoked_at=make.now,
        expires_at=make.now,
        last_used_at=make.now,
        sources=(),
        report_secret=b"",
    )
    await store.write(lambda tx: tx.accounts.save_token(revoked))
    assert await store.read(lambda tx: tx.accounts.token(kept.id)) == revoked
    assert await store.read(lambda tx: tx.accounts.tokens()) == [revoked]


async def test_an_answer_is_kept_once(store: SqlStore, make: Maker) -> None:
    first = Answer(body_digest=b"\x01", status=202, body='{"id":"msg_1"}')
    tok = TokenId("tok_1")
    await store.write(lambda tx: tx.accounts.keep_answer(tok, "k", first, make.now))
    with pytest.raises(StoreConflict):
        await store.write(
            lambda tx: tx.accounts.keep_answer(
                tok, "k", replace(first, status=200), make.now
            )
        )
    assert await store.read(lambda tx: tx.accounts.answer(tok, "k")) == first
    other = TokenId("tok_2")
    assert await store.read(lambda tx: tx.accounts.answer(other, "k")) is None


async def test_a_webhook_comes_back_with_both_secrets(
    store: SqlStore, make: Maker
) -> None:
    kept = webhook(make)
    await store.write(lambda tx: tx.webhooks.insert(kept))
    assert await store.read(lambda tx: tx.webhooks.get(kept.id)) == kept
    changed = replace(
        kept,
        url="https://example.org/other",
        types=(),
        secrets=(b"one",),
        state=WebhookState.DISABLED,
        disabled_reason="410",
    )
    await store.write(lambda tx: tx.webhooks.save(changed))
    assert await store.read(lambda tx: tx.webhooks.listing()) == [changed]


async def test_a_deleted_webhook_is_owed_nothing(store: SqlStore, make: Maker) -> None:
    kept = webhook(make)

    def fn(tx: Tx) -> None:
        tx.webhooks.insert(kept)
        tx.webhooks.owe([delivery(make, kept)])

    await store.write(fn)
    assert await store.write(lambda tx: tx.webhooks.delete(kept.id))
    assert not await store.write(lambda tx: tx.webhooks.delete(kept.id))
    assert await store.read(lambda tx: tx.webhooks.pending_count()) == 0


async def test_what_a_url_is_owed_comes_first_due_first(
    store: SqlStore, make: Maker
) -> None:
    hook = webhook(make)
    later = make.now + timedelta(minutes=1)
    second = delivery(make, hook, due_at=later)
    first = delivery(make, hook)
    other = delivery(make, None, due_at=later)
    dead = delivery(make, hook, state=DeliveryState.DEAD, finished_at=make.now)

    def fn(tx: Tx) -> None:
        tx.webhooks.insert(hook)
        tx.webhooks.owe([second, first, other, dead])

    await store.write(fn)
    url = first.url
    assert await store.read(lambda tx: tx.webhooks.pending(url, 9)) == [first, second]
    assert await store.read(lambda tx: tx.webhooks.pending(url, 1)) == [first]
    agenda = await store.read(lambda tx: tx.webhooks.agenda())
    assert sorted(agenda) == sorted([(url, make.now), (other.url, later)])
    assert await store.read(lambda tx: tx.webhooks.pending_count()) == 3


def find_delivery(tx: Tx, *, delivery_id: DeliveryId) -> Delivery | None:
    return tx.webhooks.delivery(delivery_id)


async def test_delivered_ones_are_marked_together_and_missing_ones_passed_over(
    store: SqlStore, make: Maker
) -> None:
    hook = webhook(make)
    one, two, other = (delivery(make, hook) for _ in range(3))
    tried = replace(two, attempts=3, last_error="HTTP 500")

    def fn(tx: Tx) -> None:
        tx.webhooks.insert(hook)
        tx.webhooks.owe([one, tried, other])
        ids = [one.id, two.id, DeliveryId("whd_none")]
        tx.webhooks.delivered(ids, status=204, at=make.now)

    await store.write(fn)
    done = replace(
        one,
        state=DeliveryState.DELIVERED,
        attempts=1,
        finished_at=make.now,
        last_status=204,
        last_error=None,
    )
    for expected in (done, replace(done, id=two.id, attempts=4), other):
        found = await store.read(partial(find_delivery, delivery_id=expected.id))
        assert found == expected


async def test_events_are_read_within_a_span_and_by_exact_type(
    store: SqlStore, make: Maker
) -> None:
    kinds = [EventType.MESSAGE_SENT, EventType.LINK_UP, EventType.MESSAGE_SENT]

    def fn(tx: Tx) -> list[int]:
        return [tx.events.append(replace(make.event(), type=kind)) for kind in kinds]

    first, _, last = await store.write(fn)

    async def span(after: int, until: int, *types: str) -> list[int]:
        found = await store.read(lambda tx: tx.events.span(after, until, types))
        return [event.seq - first for event in found]

    assert await span(0, last, "message.sent", "link.up") == [0, 1, 2]
    assert await span(0, last, "message.sent") == [0, 2]
    assert await span(first, last, "message.sent") == [2]
    assert await span(0, last - 1, "message.sent") == [0]
    assert await span(0, last) == []


async def test_reports_are_wished_for_by_messages_with_a_url_of_their_own(
    store: SqlStore, make: Maker
) -> None:
    wishing, other = make.message(report_url="http://h/x"), make.message()

    def fn(tx: Tx) -> list[int]:
        make.keep(tx, wishing)
        make.keep(tx, other)
        return [
            tx.events.append(replace(make.event(), message_id=message_id))
            for message_id in (wishing.id, other.id, None, wishing.id)
        ]

    first, *_, last = await store.write(fn)
    wishes = await store.read(lambda tx: tx.webhooks.reports(0, last))
    assert [wish.event.seq for wish in wishes] == [first, last]
    assert {(wish.url, wish.token_id) for wish in wishes} == {
        ("http://h/x", wishing.token_id)
    }
    assert await store.read(lambda tx: tx.webhooks.reports(first, last - 1)) == []


async def test_deliveries_are_listed_by_listener_and_state(
    store: SqlStore, make: Maker
) -> None:
    hook = webhook(make)
    mine, other = delivery(make, hook), delivery(make, None)
    done = replace(
        mine,
        state=DeliveryState.DEAD,
        attempts=9,
        finished_at=make.now,
        last_status=500,
        last_error="HTTP 500",
    )

    def fn(tx: Tx) -> None:
        tx.webhooks.insert(hook)
        tx.webhooks.owe([mine, other])
        tx.webhooks.save_delivery(done)

    await store.write(fn)
    page = Page()
    assert await store.read(lambda tx: tx.webhooks.delivery(mine.id)) == done

    async def find(
        key: WebhookId | None, state: DeliveryState | None = None
    ) -> list[Delivery]:
        return await store.read(lambda tx: tx.webhooks.deliveries(key, state, page))

    assert await find(None) == [other, done]
    assert await find(hook.id) == [done]
    assert await find(hook.id, DeliveryState.PENDING) == []


async def test_events_are_read_after_a_place_and_by_type(
    store: SqlStore, make: Maker
) -> None:
    kinds = [
        EventType.MESSAGE_SENT,
        EventType.LINK_UP,
        EventType.MESSAGE_FAILED,
        EventType.LINK_DOWN,
    ]

    def fn(tx: Tx) -> list[int]:
        return [tx.events.append(replace(make.event(), type=kind)) for kind in kinds]

    assert await store.read(lambda tx: tx.events.first_seq()) == 0
    seqs = await store.write(fn)
    assert await store.read(lambda tx: tx.events.first_seq()) == seqs[0]
    assert await store.read(lambda tx: tx.events.last_seq()) == seqs[-1]

    async def after(seq: int, limit: int, *types: str) -> list[EventType]:
        found = await store.read(
            lambda tx: tx.events.after(seq, limit, types if types else None)
        )
        return [event.type for event in found]

    assert await after(0, 9) == kinds
    assert await after(seqs[0], 2) == kinds[1:3]
    assert await after(0, 9, "message.*") == [kinds[0], kinds[2]]
    assert await after(0, 9, "link.down", "message.sent") == [kinds[0], kinds[3]]
    assert await after(0, 9, "nothing.such") == []


async def test_an_event_comes_back_whole(store: SqlStore, make: Maker) -> None:
    data = {"text": "Привет 👋", "list": [1, None, True], "map": {"a": 0.5}}
    new = replace(
        make.event(), data=data, message_id="msg_1", thread_id="thr_1", link="sim1"
    )
    seq = await store.write(lambda tx: tx.events.append(new))
    event = await store.read(lambda tx: tx.events.get(seq))
    assert event is not None
    assert (event.type, event.at, event.data) == (new.type, new.at, data)
    assert (event.message_id, event.thread_id, event.link) == ("msg_1", "thr_1", "sim1")
    assert await store.read(lambda tx: tx.events.get(seq + 1)) is None


async def test_a_counter_wraps_and_a_fact_is_overwritten(store: SqlStore) -> None:
    values = [await store.write(lambda tx: tx.facts.count_up("n", 3)) for _ in range(5)]
    assert values == [0, 1, 2, 0, 1]
    await store.write(lambda tx: tx.facts.put("k", "a"))
    await store.write(lambda tx: tx.facts.put("k", "b"))
    assert await store.read(lambda tx: tx.facts.get("k")) == "b"
