"""Receipts early, late, twice, never, in another base: each settles its message once.

The daemon runs on the simulator's SMSC; the event log says what it made of them.
"""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hwsim.wire.smpp import Command, Pdu
from tests.support.carrier import (
    QUICK,
    came_to,
    carrier,
    judge,
    numbers,
    on_phones,
    quiet,
    scripted_site,
    send_to,
)
from tests.support.site import Site, site, until
from tests.support.smsc import Line, Smsc, receipt

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

COUNT = 100
KEYS = "window = 20\n"
WITH_RECEIPTS = frozenset({"scheduled", "queued", "sending", "sent"})


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Site]:
    """Up, and bound to the simulator's SMSC."""
    async with site(tmp_path, modems=0, carrier_keys=KEYS, extra=QUICK) as made:
        await made.start()
        await made.wait_for_links(1)
        yield made


async def fault(place: Site, kind: str, **values: object) -> None:
    await place.sim("POST", "/smsc/faults", {"kind": kind, "count": COUNT, **values})


async def delivered_events(place: Site) -> Counter[str]:
    """How often each message was said to be delivered."""
    counted, after = Counter[str](), 0
    while True:
        path = f"/events?after={after}&limit=1000&types=message.delivered"
        items = (await place.get(path))["items"]
        if not items:
            return counted
        counted.update(event["data"]["id"] for event in items)
        after = items[-1]["seq"]


async def each_is_delivered_once(place: Site, count: int = COUNT) -> None:
    await came_to(place, "delivered", count)
    messages = await quiet(place, moving=WITH_RECEIPTS)
    assert not judge(messages, await on_phones(place))
    events = await delivered_events(place)
    assert events == {message["id"]: 1 for message in messages}


async def nothing_waits(place: Site) -> None:
    """The SMSC has every receipt acknowledged."""

    async def is_empty() -> bool:
        smsc = await place.sim("GET", "/smsc")
        windows = sum(bind["window"] for bind in smsc["binds"])
        return bool(smsc["counters"]["waiting"] + windows == 0)

    await until(is_empty, within_s=20)


async def test_a_receipt_before_its_answer_is_kept_for_it(place: Site) -> None:
    await fault(place, "report_before_answer", delay_s=0.3)
    await send_to(place, numbers(COUNT))
    await each_is_delivered_once(place)


async def test_a_receipt_that_comes_twice_is_news_once(place: Site) -> None:
    await fault(place, "report_duplicate")
    await send_to(place, numbers(COUNT))
    await each_is_delivered_once(place)
    await nothing_waits(place)


async def test_a_receipt_that_never_comes_leaves_the_message_sent(place: Site) -> None:
    await fault(place, "report_missing")
    await send_to(place, numbers(COUNT))
    await came_to(place, "sent", COUNT)
    messages = await quiet(place)
    assert not judge(messages, await on_phones(place))
    assert not await delivered_events(place)


async def test_a_receipt_as_data_sm_is_one(place: Site) -> None:
    await fault(place, "report_as_data_sm")
    await send_to(place, numbers(COUNT))
    await each_is_delivered_once(place)


async def test_a_receipt_of_nobody_s_message_is_thanked_for(place: Site) -> None:
    await fault(place, "report_unknown_id", offset=1_000_000)
    await send_to(place, numbers(COUNT))
    await came_to(place, "sent", COUNT)
    await nothing_waits(place)
    assert not judge(await quiet(place), await on_phones(place))
    assert not await delivered_events(place)


async def test_receipts_come_after_a_restart(place: Site) -> None:
    await fault(place, "report_delayed", delay_s=3)
    await send_to(place, numbers(COUNT))
    await came_to(place, "sent", COUNT)
    assert await place.stop() == 0
    assert await place.start()
    await each_is_delivered_once(place)


@pytest.mark.parametrize(
    ("answered", "reported"),
    [
        ("hex", "decimal"),
        ("decimal", "hex"),
        ("hex", "upper"),
        ("decimal", "padded"),
        ("upper", "decimal"),
    ],
)
async def test_an_id_in_another_base_is_the_same_id(
    tmp_path: Path, answered: str, reported: str
) -> None:
    async with site(tmp_path, modems=0, carrier_keys=KEYS, extra=QUICK) as place:
        account = f"/smsc/accounts/{place.smsc['system_id']}"
        forms = {"message_id": answered, "receipt_id": reported}
        await place.sim("PUT", account, forms)
        await place.start()
        await place.wait_for_links(1)
        await send_to(place, numbers(COUNT))
        await each_is_delivered_once(place)
        # What was learnt of the ids is known after a restart, too.
        assert await place.stop() == 0
        assert await place.start()
        await place.wait_for_links(1)
        await send_to(place, numbers(COUNT, 1000))
        await each_is_delivered_once(place, 2 * COUNT)


async def test_receipts_come_on_whichever_bind_is_there(tmp_path: Path) -> None:
    keys = KEYS + 'bind = "pair"\nbinds = 2\n'
    async with site(tmp_path, modems=0, carrier_keys=keys, extra=QUICK) as place:
        await place.start()
        await place.wait_for_links(1)
        await send_to(place, numbers(COUNT))
        await each_is_delivered_once(place)
        modes = {bind["mode"] for bind in (await place.sim("GET", "/smsc"))["binds"]}
        assert modes == {"transmitter", "receiver"}
        assert "detail" in await carrier(place)


async def test_an_intermediate_receipt_does_not_end_a_message(tmp_path: Path) -> None:
    smsc = Smsc()

    def on_its_way_first(line: Line, pdu: Pdu) -> None:
        message_id = smsc.take(pdu)
        line.respond(pdu, message_id=message_id)
        smsc.owe(_enroute(receipt(pdu, message_id, tlvs=False)))
        smsc.report(pdu, message_id)
        smsc.owe(_enroute(receipt(pdu, message_id, tlvs=False)))

    smsc.script[Command.SUBMIT_SM] = on_its_way_first
    async with scripted_site(tmp_path, smsc, KEYS) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(30))
        await came_to(place, "delivered", 30)

        async def all_acknowledged() -> bool:
            return smsc.unsettled == 0

        await until(all_acknowledged, within_s=10)
        messages = await quiet(place, moving=WITH_RECEIPTS)
        assert {message["state"] for message in messages} == {"delivered"}
        assert set((await delivered_events(place)).values()) == {1}


def _enroute(pdu: Pdu) -> Pdu:
    fields: dict[str, Any] = dict(pdu.fields)
    text: bytes = fields["short_message"]
    fields["short_message"] = text.replace(b"DELIVRD", b"ENROUTE")
    return Pdu(command=pdu.command, sequence=0, fields=fields)
