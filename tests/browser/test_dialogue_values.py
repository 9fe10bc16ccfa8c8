"""The dialogue's pure values, called in a real browser without a daemon."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.face import before
from tests.web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

CALL = """async ([module, name, given]) => {
  const script = document.querySelector('script[type="module"]').src;
  return (await import(new URL(module, script)))[name](...given);
}"""
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # a Friday


async def ask(world: World, calls: list[tuple[str, str, list[object]]]) -> list[Any]:
    """The answers of these functions: (module, name, what is given)."""
    async with before(world, "/inbox") as (page, _):
        return [await page.evaluate(CALL, list(call)) for call in calls]


def message(number: int, minute: int = 0, **fields: object) -> dict[str, object]:
    return {
        "id": f"msg_{number:026d}",
        "kind": "message",
        "direction": "mo",
        "state": "received",
        "at": (NOW + timedelta(minutes=minute)).isoformat(),
        "author": {"kind": "customer", "agent": None},
        "segments": 1,
        **fields,
    }


def ours(number: int, minute: int = 0, **fields: object) -> dict[str, object]:
    author = {"kind": "agent", "agent": {"id": "agt_1", "name": "Anna"}}
    sent = {"direction": "mt", "author": author}
    return {**message(number, minute), **sent, **fields}


async def test_a_tick_says_no_more_than_the_network_said(world: World) -> None:
    part = {"sent": 3, "delivered": 2, "total": 3}
    cases = [
        (ours(1, state="queued"), "clock", "d.tick.queued"),
        (ours(1, state="sent"), "sent", "d.tick.sent"),
        (ours(1, state="sent", segments=3, progress=part), "sent", "2/3"),
        (ours(1, state="delivered"), "delivered", "d.tick.delivered"),
        (ours(1, state="unknown"), "doubt", "d.tick.unknown"),
        (ours(1, state="undelivered"), "failed", "d.tick.undelivered"),
        ({**ours(1, state="queued"), "local": "offline"}, "clock", "d.tick.offline"),
    ]
    ticks = await ask(world, [("ticks.js", "tickOf", [case[0]]) for case in cases])
    for tick, (_, icon, words) in zip(ticks, cases, strict=True):
        assert tick["icon"] == icon
        assert words in (tick["key"], tick.get("count"))


async def test_every_failure_has_words(world: World) -> None:
    errors = [
        ({"code": "permanent", "reason": "unknown_subscriber"}, "number"),
        ({"code": "permanent", "reason": "sim_pin"}, "line"),
        ({"code": "temporary", "reason": "congestion"}, "network"),
        ({"code": "expired", "reason": "too late"}, "expired"),
        ({"code": "permanent", "reason": "what_is_this"}, "unknown"),
        (None, "unknown"),
    ]
    keys = await ask(world, [("ticks.js", "reasonKey", [one]) for one, _ in errors])
    assert keys == [f"d.reason.{family}" for _, family in errors]


async def test_rows_part_days_conversations_and_what_is_new(world: World) -> None:
    opened = {
        **message(0),
        "id": "stp_" + "0" * 26,
        "kind": "step",
        "step": "opened",
        "conversation": {"id": "cnv_1", "number": 1},
    }
    entries = [
        opened,
        message(1),
        message(2, minute=1),
        ours(3, minute=2),
        message(4, minute=60 * 24),
        {**ours(5, minute=60 * 24), "state": "withdrawn"},
    ]
    place = {"readPlace": f"{3:026d}", "meId": "agt_1"}
    [rows] = await ask(world, [("timeline.js", "rowsOf", [entries, place])])
    types = [row["type"] for row in rows]
    assert types == ["day", "conversation", *["entry"] * 3, "day", "new", "entry"]
    assert [row["follows"] for row in rows if row["type"] == "entry"] == [
        False,
        True,
        False,
        False,
    ]


async def test_a_variable_nobody_knows_stays_and_is_found(world: World) -> None:
    text = "{name}, заказ {номер} {name"
    values: list[object] = [text, {"name": "Ирина"}]
    filled, left = await ask(
        world,
        [("variables.js", "fill", values), ("variables.js", "leftOver", [text])],
    )
    assert filled == "Ирина, заказ {номер} {name"
    assert [place["name"] for place in left] == ["{name}", "{номер}"]


async def test_phrases_are_found_by_what_is_meant(world: World) -> None:
    phrases = [
        {"id": "1", "shortcut": "del", "title": "Доставка", "text": "Привезём завтра"},
        {"id": "2", "shortcut": "hrs", "title": "Часы", "text": "Сегодня до 18"},
        {"id": "3", "shortcut": "mor", "title": "Ещё", "text": "Чем помочь"},
    ]
    wanted = {"дост": "Доставка", "двка": "Доставка", "сегодня": "Часы", "еще": "Ещё"}
    found = await ask(
        world, [("canned_search.js", "findCanned", [phrases, one]) for one in wanted]
    )
    assert [best["title"] for best, *_ in found] == list(wanted.values())


async def test_who_may_write_what(world: World) -> None:
    anna = {"id": "agt_1", "name": "Anna"}
    mine = {"state": "active", "assignee": anna}
    number = {"address": "+79", "opted_out_at": None, "last_in_at": None}
    contact = {"address": "+79", "numbers": [number], "blocked_at": None}
    gone = {**number, "opted_out_at": "2026-01-02", "last_in_at": "2026-01-01"}
    back = {**gone, "last_in_at": "2026-01-03"}
    base = {"conversation": mine, "contact": contact, "me": anna, "link": None}
    cases: list[tuple[dict[str, object], tuple[str, str | None]]] = [
        ({}, ("reply", None)),
        ({"me": {"id": "agt_2"}}, ("note", "taken")),
        ({"conversation": {**mine, "state": "spam"}}, ("locked", "spam")),
        ({"contact": {**contact, "blocked_at": "2026"}}, ("locked", "blocked")),
        ({"contact": {**contact, "numbers": [gone]}}, ("note", "opted_out")),
        ({"contact": {**contact, "numbers": [back]}}, ("reply", "opted_out_answer")),
        ({"link": {"id": "sim1", "state": "down"}}, ("reply", "no_link")),
        ({"conversation": None}, ("reply", None)),
    ]
    rules = await ask(
        world,
        [("reply_rule.js", "replyRule", [{**base, **change}]) for change, _ in cases],
    )
    assert [(rule["mode"], rule["band"]) for rule in rules] == [
        expected for _, expected in cases
    ]


async def test_only_web_addresses_become_links(world: World) -> None:
    text = "a https://x.example/y?z=1). javascript:alert(1) \u202e"
    [parts] = await ask(world, [("message_text.js", "partsOf", [text])])
    assert parts == [
        {"text": "a "},
        {"link": "https://x.example/y?z=1", "text": "https://x.example/y?z=1"},
        {"text": "). javascript:alert(1) "},
        {"control": "U+202E"},
    ]
