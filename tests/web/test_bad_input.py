"""Every field of every call with what it cannot take: a problem that names it."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import pytest_asyncio

from gateway.core.agent import AgentRole
from tests.web.browser import Browser, browser_of
from tests.web.world import World
from web.endpoint import Endpoint
from web.schema import Nothing

AT_COMMAND = '+79161234567"\r\nATD+79009999999;\r'
WRONG: dict[str, Any] = {
    "wrong type": {"nested": [1, 2]},
    "empty": "",
    "over-long": "9" * 100_000,
    "control character": "9\u0000\u001b9",
    "AT command": AT_COMMAND,
}
# What is right in a field of that name.
TAKES = {
    "text": {"AT command"},  # anything a person writes
    "alias": {"empty"},
    "note": {"empty", "AT command"},
    "summary": {"empty", "AT command"},
    "preferences": {"wrong type"},  # any object
    "SaveDraft.text": {"empty", "AT command"},
}
FREE_TEXTS = {"reference", "q", "tag"}  # of query strings
GOOD: dict[str, dict[str, Any]] = {
    "CreateMessage": {"to": "+79161234567", "text": "hello"},
    "PreviewMessage": {"text": "hello"},
    "RunUssd": {"code": "*100#"},
    "CreateWebhook": {"url": "http://hooks.example.org/"},
    "CreateToken": {"name": "n", "scopes": ["admin"]},
    "CreateAccount": {"system_id": "crm"},
    "OpenSession": {"login": "anna", "password": "wrong"},
    "OwnPresence": {"presence": "break"},
    "SetPresence": {"presence": "break"},
    "ChangeOwnPassword": {"old": "x", "new": "four words of mine"},
    "ProveTotp": {"code": "123456"},
    "DropTotp": {"password": "x"},
    "CreateAgent": {"login": "oleg", "name": "Oleg", "role": "agent"},
    "Assign": {"agent": "agt_1"},
    "Snooze": {"until": "2126-01-01T00:00:00Z"},
    "PutTags": {"tags": ["vip"]},
    "StartThread": {"to": "+79161234567", "client_id": "c1"},
    "MergeContact": {"other": "con_2"},
    "SplitContact": {"contact": "con_2"},
    "CreateCanned": {"shortcut": "hello", "text": "Hello"},
    "ImportCanned": {"items": [{"shortcut": "hello", "text": "Hello"}]},
    "TestKeyword": {"text": "stop"},
    "SendReply": {"client_id": "c1", "text": "hello", "seen_seq": 1},
    "AddNote": {"client_id": "c1", "text": "hello"},
    "SaveDraft": {"text": "hello", "revision": 1},
    "MarkRead": {"entry": "msg_00000001000000000000000007"},
    "Look": {"connection": "cnn_1"},
    "ReplayDeliveries": {"since": "2026-01-01T00:00:00Z"},
}


def places(world: World, *, part: str) -> list[Endpoint]:
    found = [one for one in world.endpoints if getattr(one, part) is not Nothing]
    assert found
    return found


def path_of(endpoint: Endpoint) -> str:
    return (
        endpoint.path.replace("{msisdn}", "+79161234567")
        .replace("{link_id}", "sim1")
        .replace("{message_id}", "msg_1")
        .replace("{webhook_id}", "whk_1")
        .replace("{token_id}", "tok_1")
        .replace("{account_id}", "acc_1")
        .replace("{agent_id}", "root")
        .replace("{login_id}", "lgn_1")
        .replace("{thread_id}", "thr_1")
        .replace("{contact_id}", "con_1")
        .replace("{canned_id}", "can_1")
        .replace("{conversation_id}", "cnv_1")
        .replace("{entry_id}", "rep_1")
        .replace("{reply_id}", "rep_1")
    )


def names(shape: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(shape)]


@pytest_asyncio.fixture
async def root(world: World) -> AsyncIterator[Browser]:
    """Who may call everything."""
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as browser:
        yield browser


@pytest.mark.slow
async def test_each_field_of_each_body_names_itself(
    world: World, root: Browser
) -> None:
    last = await world.last_event()
    for endpoint in places(world, part="body"):
        for name in names(endpoint.body):
            for kind, value in WRONG.items():
                field = f"{endpoint.body.__name__}.{name}"
                if kind in TAKES.get(field, TAKES.get(name, ())):
                    continue
                good = GOOD.get(endpoint.body.__name__, {})
                answer = await root.call(
                    endpoint.method, path_of(endpoint), {**good, name: value}
                )
                where = f"{endpoint.path} {name} {kind}: {answer.text}"
                assert answer.status == 422, where
                assert answer.json["field"].startswith(name), where
                assert answer.json["errors"], where
                assert answer.json["code"] not in ("internal", ""), where
    assert world.link.codes == []
    assert await world.last_event() == last


async def test_each_field_of_each_query_names_itself(
    world: World, root: Browser
) -> None:
    for endpoint in places(world, part="query"):
        for name in names(endpoint.query):
            for kind, value in WRONG.items():
                if name in FREE_TEXTS and kind == "wrong type":
                    continue  # all of a query string is text
                text = value if isinstance(value, str) else '{"nested":[1,2]}'
                query = f"{name}={quote(text[:4000])}"
                answer = await root.call(
                    endpoint.method, f"{path_of(endpoint)}?{query}"
                )
                where = f"{endpoint.path} {name} {kind}: {answer.text}"
                assert answer.status == 422, where
                assert answer.json["field"] == name, where


async def test_an_unknown_field_is_named_everywhere(
    world: World, root: Browser
) -> None:
    for endpoint in world.endpoints:
        if not endpoint.path.startswith("/api/"):
            continue
        query = await root.call(endpoint.method, path_of(endpoint) + "?colour=red")
        assert query.status == 422, endpoint.path
        assert query.json["field"] == "colour", endpoint.path
        if endpoint.method in ("POST", "PUT", "PATCH"):
            good = GOOD.get(endpoint.body.__name__, {})
            body = await root.call(
                endpoint.method, path_of(endpoint), {**good, "colour": "red"}
            )
            assert body.status == 422, endpoint.path
            assert body.json["field"] == "colour", endpoint.path


async def test_all_problems_are_told_at_once(world: World) -> None:
    answer = await world.call(
        "POST",
        "/api/v1/messages",
        {"text": 5, "priority": 9, "colour": 1, "class": "x", "send_at": "soon"},
    )
    told = {problem["field"] for problem in answer.json["errors"]}
    assert told == {"text", "priority", "colour", "class", "send_at", "to"}


async def test_a_wrong_item_of_a_list_is_named_by_its_index(world: World) -> None:
    for wrong in ("", AT_COMMAND, 7):
        answer = await world.call(
            "POST", "/api/v1/messages", {"to": ["+79161234567", wrong], "text": "x"}
        )
        assert answer.status == 422
        assert answer.json["field"] == "to[1]"


async def test_half_a_surrogate_pair_is_refused(world: World) -> None:
    answer = await world.call(
        "POST", "/api/v1/messages", data=b'{"to":"+79161234567","text":"\\ud83d"}'
    )
    assert answer.status in (400, 422)


async def test_a_service_code_is_no_recipient(world: World) -> None:
    for code in ("*21*+79009999999#", "##002#", "*100#"):
        answer = await world.call("POST", "/api/v1/messages", {"to": code, "text": "x"})
        assert answer.status == 422, code
        assert answer.json["field"] == "to"


async def test_a_wrong_number_in_a_path_is_named(world: World) -> None:
    for wrong in ("%00", "AT%2BCMGD", "9" * 500):
        answer = await world.call("PUT", f"/api/v1/contacts/{wrong}/opt-out", {})
        assert answer.status == 422, wrong
        assert answer.json["field"] == "msisdn"


async def test_a_wrong_idempotency_key_is_named(world: World) -> None:
    for key in ("", "x" * 256):
        answer = await world.call(
            "POST",
            "/api/v1/messages",
            {"to": "+79161234567", "text": "x"},
            headers={"Idempotency-Key": key},
        )
        assert answer.status == 422, key
        assert answer.json["field"] == "Idempotency-Key"
