"""Canned phrases, settings, keyword tests and search, as callers see them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.web.inbox_world import InboxWorld, inbox_of
from tests.web.world import World

ROOT = "/api/v1/canned"
SETTINGS = "/api/v1/inbox/settings"


@pytest_asyncio.fixture
async def inbox(world: World) -> AsyncIterator[InboxWorld]:
    async with inbox_of(world) as made:
        yield made


async def shared(inbox: InboxWorld, shortcut: str, text: str, **more: object) -> Any:
    body = {"shortcut": shortcut, "text": text, **more}
    answer = await inbox.vera.call("POST", ROOT, body)
    assert answer.status == 201, answer.text
    return answer.json


async def test_everybodys_phrases_are_a_supervisors(inbox: InboxWorld) -> None:
    body = {"shortcut": "привет", "text": "Здравствуйте, {name}!"}
    refused = await inbox.anna.call("POST", ROOT, body)
    assert refused.status == 403
    made = await shared(inbox, **body)
    assert (made["alphabet"], made["segments"], made["is_own"]) == ("ucs2", 1, False)
    change = await inbox.anna.call("PUT", f"{ROOT}/{made['id']}", {"text": "Привет"})
    assert change.status == 403
    listed = await inbox.anna.call("GET", ROOT)
    assert [item["id"] for item in listed.json["items"]] == [made["id"]]


async def test_an_agents_own_are_nobody_elses(inbox: InboxWorld) -> None:
    body = {"shortcut": "моё", "text": "Моя фраза", "is_own": True}
    made = await inbox.anna.call("POST", ROOT, body)
    assert made.json["is_own"] is True
    assert (await inbox.oleg.call("GET", ROOT)).json["items"] == []
    for method, path in (("PUT", ""), ("DELETE", ""), ("GET", "/versions")):
        path = f"{ROOT}/{made.json['id']}{path}"
        answer = await inbox.oleg.call(method, path, {} if method == "PUT" else None)
        assert answer.status == 404, method
    assert (await inbox.world.call("POST", ROOT, body)).status == 403


async def test_other_words_are_another_version(inbox: InboxWorld) -> None:
    made = await shared(inbox, "срок", "Доставка завтра", title="Срок")
    path = f"{ROOT}/{made['id']}"
    said = {"text": "Доставка в среду", "version": 1}
    changed = await inbox.vera.call("PUT", path, said)
    assert changed.json["version"] == 2
    stale = await inbox.vera.call("PUT", path, said)
    assert (stale.status, stale.json["code"]) == (409, "conflict")
    found = await inbox.vera.call("GET", f"{path}/versions")
    texts = [version["text"] for version in found.json["items"]]
    assert texts == ["Доставка в среду", "Доставка завтра"]
    assert (await inbox.vera.call("DELETE", path)).status == 204
    assert (await inbox.vera.call("DELETE", path)).status == 204
    assert (await inbox.anna.call("GET", ROOT)).json["items"] == []


async def test_a_shortcut_is_taken_once_for_the_same_people(inbox: InboxWorld) -> None:
    await shared(inbox, "адрес", "Мы на Мира, 1")
    body = {"shortcut": "Адрес", "text": "Другой"}
    taken = await inbox.vera.call("POST", ROOT, body)
    assert (taken.status, taken.json["field"]) == (409, "shortcut")
    assert (await shared(inbox, "адрес", "По-украински", language="uk"))["id"]


async def test_a_list_is_taken_in_again_without_doubles(inbox: InboxWorld) -> None:
    items = [{"shortcut": f"s{n}", "text": f"Текст {n}"} for n in range(5)]
    path = f"{ROOT}/import"
    assert (await inbox.anna.call("POST", path, {"items": items})).status == 403
    done = await inbox.vera.call("POST", path, {"items": items})
    assert done.json == {"created": 5, "changed": 0, "unchanged": 0}
    items[0]["text"] = "Другой"
    done = await inbox.vera.call("POST", path, {"items": items})
    assert done.json == {"created": 0, "changed": 1, "unchanged": 4}
    wrong = await inbox.vera.call("POST", path, {"items": [{"shortcut": "a b"}]})
    assert wrong.status == 422
    assert wrong.json["field"].startswith("items")


async def test_settings_are_changed_by_an_administrator(inbox: InboxWorld) -> None:
    before = (await inbox.anna.call("GET", SETTINGS)).json
    assert before["undo_s"] == 5
    assert {"name": "name", "longest": "Константин-Александр"} in before["variables"]
    assert before["retention"]["messages"] == 90.0
    assert (await inbox.vera.call("PUT", SETTINGS, {"undo_s": 7})).status == 403
    body = {"undo_s": 7, "tags": ["vip"], "price_per_segment": 250, "version": 0}
    after = await inbox.world.call("PUT", SETTINGS, body)
    assert (after.json["undo_s"], after.json["tags"]) == (7, ["vip"])
    assert after.json["version"] == 1
    stale = await inbox.world.call("PUT", SETTINGS, body | {"undo_s": 8})
    assert (stale.status, stale.json["code"]) == (409, "conflict")
    audit = await inbox.world.call("GET", "/api/v1/audit?action=settings.changed")
    [entry] = audit.json["items"]
    assert entry["before"]["undo_s"] == 5
    assert entry["after"]["undo_s"] == 7


@pytest.mark.parametrize(
    ("text", "action", "word", "hint"),
    [
        (" Стоп! ", "opt_out", "стоп", None),
        ("START", "opt_in", "start", None),
        ("CTOП.", "opt_out", "стоп", None),  # the first three letters are Latin
        ("SТОР", "opt_out", "stop", None),  # the last three are Cyrillic
        ("стоп пожалуйста", "none", None, "стоп"),
        ("где заказ", "none", None, None),
    ],
)
async def test_a_keyword_is_tried_without_being_sent(
    inbox: InboxWorld, text: str, action: str, word: str | None, hint: str | None
) -> None:
    answer = await inbox.vera.call("POST", "/api/v1/keywords/test", {"text": text})
    assert answer.json["action"] == action
    assert answer.json["word"] == word
    assert answer.json["hint"] == hint


async def test_search_answers_with_plain_pieces(inbox: InboxWorld) -> None:
    await inbox.hears("Где <b>заказ</b>?")
    while await inbox.world.services.desk.search_reader.once():
        pass
    answer = await inbox.anna.call("GET", "/api/v1/search?q=заказ")
    assert answer.status == 200, answer.text
    [item] = answer.json["items"]
    assert item["snippet"] == [
        {"text": "Где <b>", "hit": False},
        {"text": "заказ", "hit": True},
        {"text": "</b>?", "hit": False},
    ]
    assert (answer.json["how"], item["kind"]) == ("exact", "message")
    best = await inbox.anna.call("GET", "/api/v1/search?q=заказы&order=best")
    assert best.json["items"][0]["how"] == "cut"
    wrong = await inbox.anna.call("GET", "/api/v1/search?q=a&cursor=zzz")
    assert (wrong.status, wrong.json["field"]) == (422, "cursor")
    nowhere = await inbox.anna.call("GET", "/api/v1/search?q=a&thread=thr_1")
    assert nowhere.status == 404
