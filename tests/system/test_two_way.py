"""What an operator is promised, shown on a daemon and a simulator as two processes."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.site import Site, site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PHONE = "+79990000001"
OTHER = "+79990000002"
HOTLINE = "+79160000001"
# 71 letters and an emoji: one more than a single UCS-2 segment holds.
TEXT = ("Съешь ещё этих мягких французских булок, да выпей же чаю " * 2)[:71] + "😀"
LONG = (
    "Длинное сообщение из пяти частей, которые сеть доставит как захочет. " * 4 + "Всё."
)
POLICY = """
[policy]
reassembly_timeout_s = 2
failover_after_s = 1
"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Site]:
    """Two modems up, an incomplete message is shown after two seconds."""
    async with site(tmp_path, modems=2, extra=POLICY) as made:
        assert await made.start()
        await made.wait_for_links(2)
        yield made
        assert await made.stop() == 0


async def ends(
    here: Site, message_id: str, *states: str, within_s: float = 30
) -> dict[str, Any]:
    """The message, once it stands in one of the states."""
    seen: dict[str, Any] = {}

    async def there() -> bool:
        seen.update(await here.get(f"/messages/{message_id}"))
        return seen["state"] in states

    await until(there, within_s=within_s)
    return seen


async def received(here: Site, phone: str) -> list[dict[str, Any]]:
    """The whole messages a phone has."""
    found = (await here.sim("GET", f"/phones/{phone}/messages"))["messages"]
    return [message for message in found if message["complete"]]


async def inbox(here: Site, count: int, state: str) -> list[dict[str, Any]]:
    """The MO messages, once there are so many in that state."""
    seen: list[dict[str, Any]] = []

    async def there() -> bool:
        seen[:] = [
            message
            for message in await here.everything("/messages?direction=mo")
            if message["state"] == state
        ]
        return len(seen) >= count

    await until(there, within_s=30)
    return seen


async def events(here: Site, *types: str) -> list[dict[str, Any]]:
    page = await here.get(f"/events?after=0&limit=500&types={','.join(types)}")
    found = page["items"]
    assert isinstance(found, list)
    return found


async def test_a_long_text_with_an_emoji_arrives_as_written_and_ends_delivered(
    here: Site,
) -> None:
    assert len(TEXT) == 72
    accepted = await here.send(PHONE, TEXT)
    assert accepted["segments"] == 2
    await ends(here, accepted["id"], "delivered")
    (message,) = await received(here, PHONE)
    assert message["text"] == TEXT
    assert len(message["segments"]) == 2


async def test_a_text_shuffled_with_a_duplicate_is_one_message(here: Site) -> None:
    sent = await here.sim(
        "POST",
        f"/phones/{PHONE}/messages",
        {"to": HOTLINE, "text": LONG, "shuffle": True, "duplicate": [2]},
    )
    assert sent["segments"] == 5 or len(sent["segments"]) == 5
    (message,) = await inbox(here, 1, "received")
    assert message["text"] == LONG
    assert (message["from"], message["own"]) == (PHONE, HOTLINE)
    assert len(await events(here, "message.received")) == 1


async def test_a_gap_is_shown_in_time_and_closed_when_the_segment_comes(
    here: Site,
) -> None:
    request = {"to": HOTLINE, "text": LONG, "reference": 70}
    path = f"/phones/{PHONE}/messages"
    await here.sim("POST", path, {**request, "drop": [3]})
    (shown,) = await inbox(here, 1, "partial")

    async def surfaced() -> bool:
        return len(await events(here, "message.received")) == 1

    await until(surfaced, within_s=30)
    shown = await here.get(f"/messages/{shown['id']}")
    assert shown["missing"] == [3]
    assert shown["text"][:50] == LONG[:50]
    assert shown["text"] != LONG
    await here.sim("POST", path, {**request, "drop": [1, 2, 4, 5]})
    (whole,) = await inbox(here, 1, "received")
    assert (whole["id"], whole["text"], whole["missing"]) == (shown["id"], LONG, [])
    assert len(await events(here, "message.amended")) == 1


async def test_a_dialogue_is_one_thread_and_stays_on_its_line(here: Site) -> None:
    await here.sim(
        "POST", f"/phones/{PHONE}/messages", {"to": "+79160000002", "text": "Вопрос"}
    )
    (question,) = await inbox(here, 1, "received")
    answer = await here.send(PHONE, "Ответ")
    done = await ends(here, answer["id"], "delivered")
    assert done["thread_id"] == question["thread_id"]
    (heard,) = await received(here, PHONE)
    assert heard["from"] == "+79160000002"


async def test_who_says_stop_gets_nothing_more_until_they_say_start(
    here: Site,
) -> None:
    path = f"/phones/{PHONE}/messages"
    await here.sim("POST", path, {"to": HOTLINE, "text": "Стоп"})
    await inbox(here, 1, "received")
    status, problem = await here.api("POST", "/messages", {"to": PHONE, "text": "x"})
    assert status in (403, 409, 422)
    assert problem["code"] == "opted_out"
    await here.sim("POST", path, {"to": HOTLINE, "text": "старт"})
    await inbox(here, 2, "received")
    accepted = await here.send(PHONE, "С возвращением")
    await ends(here, accepted["id"], "delivered")
    assert [m["text"] for m in await received(here, PHONE)] == ["С возвращением"]


async def test_a_missed_call_is_an_event_with_the_caller(here: Site) -> None:
    await here.sim("POST", f"/phones/{PHONE}/calls", {"to": HOTLINE, "duration_s": 2})

    async def told() -> bool:
        return bool(await events(here, "call.missed"))

    await until(told, within_s=30)
    (event,) = await events(here, "call.missed")
    assert PHONE in str(event["data"])


async def test_ussd_answers_in_the_language_of_the_network(here: Site) -> None:
    links = (await here.get("/links"))["items"]
    status, answer = await here.api(
        "POST", f"/links/{links[0]['id']}/ussd", {"code": "*100#"}
    )
    assert status == 200
    assert "руб" in answer["text"]


async def test_what_is_scheduled_leaves_in_time_and_what_is_cancelled_never(
    here: Site,
) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    first = await here.send(PHONE, "По расписанию", send_at=soon)
    second = await here.send(OTHER, "Никогда", send_at=later)
    assert (first["state"], second["state"]) == ("scheduled", "scheduled")
    status, cancelled = await here.api("DELETE", f"/messages/{second['id']}")
    assert (status, cancelled["state"]) == (200, "cancelled")
    await ends(here, first["id"], "delivered")
    status, problem = await here.api("DELETE", f"/messages/{first['id']}")
    assert status == 409
    assert problem["code"]
    assert await received(here, OTHER) == []


async def test_when_a_modem_is_pulled_out_the_other_one_sends(here: Site) -> None:
    first, second = here.modems
    await here.sim("POST", f"/modems/{first['name']}/faults", {"kind": "unplug"})
    link = "sim1"

    async def down() -> bool:
        return bool((await here.get(f"/links/{link}"))["state"] == "down")

    await until(down, within_s=5)
    sent = [await here.send(f"+7999000010{n}", f"Запасной путь {n}") for n in range(3)]
    for accepted in sent:
        done = await ends(here, accepted["id"], "delivered")
        assert done["link"] == "sim2"
    await here.sim("POST", f"/modems/{first['name']}/faults", {"kind": "plug"})
    await here.wait_for_links(2)
    assert second["msisdn"] != first["msisdn"]


async def test_a_stop_and_a_start_lose_nothing_and_send_nothing_twice(
    here: Site,
) -> None:
    sent = [await here.send(f"+799900002{n:02}", f"Номер {n}") for n in range(20)]
    assert await here.stop() == 0
    await here.sim(
        "POST", f"/phones/{PHONE}/messages", {"to": HOTLINE, "text": "Пока вас не было"}
    )
    assert await here.start()
    for accepted in sent:
        # A report that nobody took during the stop comes again in the network's time.
        await ends(here, accepted["id"], "delivered", within_s=60)
    for number in range(20):
        (message,) = await received(here, f"+799900002{number:02}")
        assert message["text"] == f"Номер {number}"
    (missed,) = await inbox(here, 1, "received")
    assert missed["text"] == "Пока вас не было"


async def test_the_same_key_gives_the_same_answer_after_a_restart(here: Site) -> None:
    body = {"to": PHONE, "text": "Один раз"}
    key = {"Idempotency-Key": "order-17"}
    status, first = await here.api("POST", "/messages", body, headers=key)
    assert status == 202
    await ends(here, first["id"], "delivered")
    assert await here.stop(with_signal=signal.SIGINT) == 0
    assert await here.start()
    await here.wait_for_links(2)
    status, again = await here.api("POST", "/messages", body, headers=key)
    assert (status, again["id"]) == (202, first["id"])
    other = {**body, "text": "Другое"}
    status, _ = await here.api("POST", "/messages", other, headers=key)
    assert status == 422
    await asyncio.sleep(1)
    assert len(await received(here, PHONE)) == 1


async def test_a_phone_that_cannot_be_reached_is_told_as_it_is(here: Site) -> None:
    await here.sim("PUT", f"/phones/{PHONE}", {"report": "permanent"})
    accepted = await here.send(PHONE, "Никто не услышит")
    done = await ends(here, accepted["id"], "undelivered", "failed")
    assert done["state"] == "undelivered"
    assert done["error"] is not None
