"""Every field of every call with what it cannot take: a problem that names it."""

from typing import Any
from urllib.parse import quote

import msgspec

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
# A text is anything a person writes; only these cannot be in it.
TEXT_TAKES = {"AT command"}
GOOD: dict[str, dict[str, Any]] = {
    "CreateMessage": {"to": "+79161234567", "text": "hello"},
    "PreviewMessage": {"text": "hello"},
    "RunUssd": {"code": "*100#"},
    "CreateWebhook": {"url": "http://hooks.example.org/"},
    "CreateToken": {"name": "n", "scopes": ["admin"]},
    "CreateAccount": {"system_id": "crm"},
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
    )


def names(shape: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(shape)]


async def test_each_field_of_each_body_names_itself(world: World) -> None:
    last = await world.last_event()
    for endpoint in places(world, part="body"):
        for name in names(endpoint.body):
            for kind, value in WRONG.items():
                if name == "text" and kind in TEXT_TAKES:
                    continue
                good = GOOD.get(endpoint.body.__name__, {})
                answer = await world.call(
                    endpoint.method, path_of(endpoint), {**good, name: value}
                )
                where = f"{endpoint.path} {name} {kind}: {answer.text}"
                assert answer.status == 422, where
                assert answer.json["field"].startswith(name), where
                assert answer.json["errors"], where
                assert answer.json["code"] not in ("internal", ""), where
    assert world.link.codes == []
    assert await world.last_event() == last


async def test_each_field_of_each_query_names_itself(world: World) -> None:
    for endpoint in places(world, part="query"):
        for name in names(endpoint.query):
            for kind, value in WRONG.items():
                if name == "reference" and kind == "wrong type":
                    continue  # all of a query string is text, and so is this field
                text = value if isinstance(value, str) else '{"nested":[1,2]}'
                query = f"{name}={quote(text[:4000])}"
                answer = await world.call("GET", f"{path_of(endpoint)}?{query}")
                where = f"{endpoint.path} {name} {kind}: {answer.text}"
                assert answer.status == 422, where
                assert answer.json["field"] == name, where


async def test_an_unknown_field_is_named_everywhere(world: World) -> None:
    for endpoint in world.endpoints:
        if not endpoint.path.startswith("/api/"):
            continue
        query = await world.call(endpoint.method, path_of(endpoint) + "?colour=red")
        assert query.status == 422, endpoint.path
        assert query.json["field"] == "colour", endpoint.path
        if endpoint.method in ("POST", "PUT", "PATCH"):
            good = GOOD.get(endpoint.body.__name__, {})
            body = await world.call(
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
