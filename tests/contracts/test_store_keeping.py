"""Store contract: what a purge takes, and what it must leave."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from gateway.core.account import Answer, Delivery, DeliveryState
from gateway.core.ids import DeliveryId, LinkId, TokenId
from gateway.core.link import InboundUndecoded
from gateway.core.message import MessageState
from gateway.core.store import RetentionCut, Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.builders import inbound_report

OWED = {MessageState.SCHEDULED, MessageState.QUEUED, MessageState.SENDING}


async def purge(store: SqlStore, limit: int = 500, /, **cut: datetime) -> int:
    return await store.write(lambda tx: tx.keeping.purge(RetentionCut(**cut), limit))


@pytest.mark.parametrize("state", list(MessageState))
async def test_a_message_goes_with_all_that_is_its_own_unless_it_is_owed(
    store: SqlStore, make: Maker, state: MessageState
) -> None:
    message = make.message(state=state)
    segments = make.segments(message)
    attempt = make.attempt(segments[0])

    def fn(tx: Tx) -> None:
        make.keep(tx, message, segments)
        tx.outbox.insert_attempts([attempt])

    await store.write(fn)
    later = make.now + timedelta(seconds=1)
    assert await purge(store, messages_before=make.now) == 0
    assert await purge(store, messages_before=later) == (state not in OWED)
    stays = state in OWED
    assert (await store.read(lambda tx: tx.outbox.get(message.id)) is None) is not stays
    kept = await store.read(lambda tx: tx.outbox.segments(message.id))
    assert bool(kept) is stays
    tries = await store.read(lambda tx: tx.outbox.attempts(message.id))
    assert bool(tries) is stays


async def test_a_purge_bites_off_no_more_than_its_limit(
    store: SqlStore, make: Maker
) -> None:
    old = [make.message(state=MessageState.DELIVERED) for _ in range(7)]
    # Owed messages in front do not keep the purge from those behind.
    owed = [make.message() for _ in range(5)]
    more = [make.message(state=MessageState.FAILED) for _ in range(3)]
    for message in (*old, *owed, *more):
        await store.write(make.kept(message))
    later = make.now + timedelta(seconds=1)
    bites = [await purge(store, 4, messages_before=later) for _ in range(4)]
    assert bites == [4, 4, 2, 0]


async def test_events_go_only_when_every_reader_has_seen_them(
    store: SqlStore, make: Maker
) -> None:
    seqs = [
        await store.write(lambda tx: tx.events.append(make.event())) for _ in "1234"
    ]
    await store.write(lambda tx: tx.facts.put("cursor:webhooks", str(seqs[1])))
    await store.write(lambda tx: tx.facts.put("cursor:other", str(seqs[3])))
    later = make.now + timedelta(seconds=1)
    assert await purge(store, events_before=make.now) == 0
    assert await purge(store, events_before=later) == 2
    assert await store.read(lambda tx: tx.events.first_seq()) == seqs[2]


async def test_event_numbers_go_on_growing_after_all_went(
    store: SqlStore, make: Maker
) -> None:
    last = await store.write(lambda tx: tx.events.append(make.event()))
    assert await purge(store, events_before=make.now + timedelta(seconds=1)) == 1
    assert await store.write(lambda tx: tx.events.append(make.event())) > last


async def test_raw_octets_go_and_the_segment_stays(
    store: SqlStore, make: Maker
) -> None:
    message = make.message(state=MessageState.RECEIVED)
    [segment] = make.segments(message, raw=b"\x04")
    await store.write(lambda tx: make.keep(tx, message, [segment]))
    assert await purge(store, raw_before=make.now) == 0
    assert await purge(store, raw_before=make.now + timedelta(seconds=1)) == 1
    assert await purge(store, raw_before=make.now + timedelta(seconds=1)) == 0
    kept = await store.read(lambda tx: tx.outbox.segment(segment.id))
    assert kept is not None
    assert kept.raw is None
    assert kept.body == segment.body


async def test_small_things_go_by_age(store: SqlStore, make: Maker) -> None:
    number = count()

    def fn(tx: Tx) -> None:
        for at in (make.now, make.now + timedelta(days=1)):
            key = str(next(number))
            tx.inbox.remember_fingerprint(key.encode(), at)
            tx.accounts.keep_answer(
                TokenId("tok"), key, Answer(body_digest=b"", status=202, body=""), at
            )
            tx.inbox.park_report(inbound_report(key, at=at))
            tx.inbox.quarantine(
                InboundUndecoded(
                    link=LinkId("sim1"), line="l", raw=b"", reason="", received_at=at
                )
            )
            for state in DeliveryState:
                tx.webhooks.owe([delivery(f"{key}{state}", state, at)])

    await store.write(fn)
    for name in ("fingerprints", "answers", "parked", "quarantine"):
        edge = {f"{name}_before": make.now + timedelta(hours=1)}
        assert await purge(store, 500, **edge) == 1, name
        assert await purge(store, 500, **edge) == 0, name
    later = make.now + timedelta(days=2)
    assert await purge(store, deliveries_before=later) == 4
    assert await store.read(lambda tx: tx.webhooks.pending_count()) == 2


def delivery(key: str, state: DeliveryState, at: datetime) -> Delivery:
    return Delivery(
        id=DeliveryId(key),
        webhook_id=None,
        url="https://example.org",
        token_id=None,
        message_id=None,
        event_seq=1,
        event_type="message.sent",
        body="",
        state=state,
        attempts=1,
        due_at=at,
        created_at=at,
        finished_at=None if state is DeliveryState.PENDING else at,
    )
