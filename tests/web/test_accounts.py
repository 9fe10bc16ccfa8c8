"""`/accounts` over HTTP."""

import msgspec
import pytest

from gateway.core.application import ReportWish, SpokenAddress
from gateway.core.application_store import Carried, Spoken
from gateway.core.ids import AccountId
from gateway.engine.password import is_password
from tests.web.world import START, World
from web.account import AccountShape

pytestmark = pytest.mark.usefixtures("cheap_passwords")

ROOT = "/api/v1/accounts"
RULES = {
    "description": "the shop",
    "sources": ["192.0.2.0/24", "2001:db8::1"],
    "max_binds": 2,
    "rate_per_s": 50.5,
    "window": 20,
    "deliver_window": 5,
    "senders": ["BANK", "+7495*"],
    "destinations": ["+7"],
    "numbers": ["8 916 000-00-01", "*"],
    "queue": "crm",
    "decimal_ids": True,
    "long_dates": True,
    "receipt_tlvs": False,
    "idempotent_s": 60,
}


async def made(world: World, **fields: object) -> AccountShape:
    answer = await world.call("POST", ROOT, {"system_id": "crm", **fields})
    assert answer.status == 201, answer.text
    return msgspec.convert(answer.json, AccountShape)


async def test_an_account_is_made_with_a_password_that_is_shown_once(
    world: World,
) -> None:
    account = await made(world)
    assert account.password is not None
    assert len(account.password) == 8
    listed = await world.call("GET", ROOT)
    assert account.password not in listed.text
    assert "scrypt" not in listed.text
    kept = await world.store.read(
        lambda tx: tx.applications.account_by_system_id("crm")
    )
    assert kept is not None
    assert is_password(account.password, kept.password_hash)


async def test_every_rule_can_be_said_and_changed(world: World) -> None:
    account = await made(world, **RULES)
    told = (await world.call("GET", f"{ROOT}/{account.id}")).json
    spelled = {
        **RULES,
        "sources": ["192.0.2.0/24", "2001:db8::1/128"],
        "numbers": ["+79160000001", "*"],
    }
    assert {name: told[name] for name in RULES} == spelled
    for name, value in (
        ("description", None),
        ("sources", []),
        ("max_binds", 9),
        ("rate_per_s", None),
        ("window", 7),
        ("deliver_window", 8),
        ("senders", []),
        ("destinations", []),
        ("numbers", []),
        ("queue", None),
        ("decimal_ids", False),
        ("long_dates", False),
        ("receipt_tlvs", True),
        ("idempotent_s", 0),
    ):
        answer = await world.call("PATCH", f"{ROOT}/crm", {name: value})
        assert answer.status == 200, answer.text
        spelled[name] = "" if name == "description" else value
        assert {name: answer.json[name] for name in RULES} == spelled


async def test_a_closed_account_can_be_opened_again(world: World) -> None:
    account = await made(world)
    path = f"{ROOT}/{account.id}"
    closed = (await world.call("DELETE", path)).json["disabled_at"]
    assert closed is not None
    assert (await world.call("DELETE", path)).json["disabled_at"] == closed
    opened = await world.call("PATCH", path, {"disabled": False, "window": 5})
    assert (opened.json["disabled_at"], opened.json["window"]) == (None, 5)
    shut = await world.call("PATCH", path, {"disabled": True})
    assert shut.json["disabled_at"] is not None


async def test_another_password_takes_the_place_of_the_first(world: World) -> None:
    account = await made(world, password="first one"[:8])
    given = await world.call("POST", f"{ROOT}/crm/password", {"password": "second"})
    assert given.json["password"] == "second"
    drawn = await world.call("POST", f"{ROOT}/{account.id}/password", {})
    assert len(drawn.json["password"]) == 8
    kept = await world.store.read(
        lambda tx: tx.applications.account_by_system_id("crm")
    )
    assert kept is not None
    assert is_password(drawn.json["password"], kept.password_hash)


async def test_a_system_id_is_given_once(world: World) -> None:
    await made(world)
    answer = await world.call("POST", ROOT, {"system_id": "crm"})
    assert (answer.status, answer.json["code"]) == (409, "system_id_taken")
    assert answer.json["field"] == "system_id"


async def test_what_cannot_be_names_its_field(world: World) -> None:
    for wrong, field in (
        ({"system_id": "a b"}, "system_id"),
        ({"system_id": "sixteen-letters!"}, "system_id"),
        ({"password": "123456789"}, "password"),
        ({"password": "pässwor"}, "password"),
        ({"sources": ["10.0.0.0/8", "10.0.0.0/33"]}, "sources[1]"),
        ({"senders": ["*BANK"]}, "senders[0]"),
        ({"destinations": ["+7", "x"]}, "destinations[1]"),
        ({"numbers": ["**"]}, "numbers[0]"),
        ({"queue": "a b"}, "queue"),
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"description": "a\nb"}, "description"),
    ):
        answer = await world.call("POST", ROOT, {"system_id": "crm", **wrong})
        assert (answer.status, answer.json["field"]) == (422, field), answer.text


async def test_an_unknown_account_is_not_found(world: World) -> None:
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/password"),
    ):
        body: dict[str, object] | None = {} if method in ("PATCH", "POST") else None
        answer = await world.call(method, f"{ROOT}/acc_none{path}", body)
        assert (answer.status, answer.json["code"]) == (404, "no_such_account")


async def test_a_message_is_found_by_the_name_its_application_has_for_it(
    world: World,
) -> None:
    account = await made(world)
    sent = await world.call(
        "POST", "/api/v1/messages", {"to": "+79161234567", "text": "hello"}
    )
    message_id = sent.json["id"]
    decimal = Carried(
        account_id=AccountId(account.id),
        id="1000000001",
        message_id=message_id,
        reports=ReportWish.NONE,
        intermediate=False,
        spoken=Spoken(
            source=SpokenAddress(),
            destination=SpokenAddress(),
            service_type="",
            user_reference=None,
            submitted_at=START,
            text="",
        ),
    )
    await world.store.write(lambda tx: tx.applications.carry([decimal]))
    for name in (message_id, message_id.removeprefix("msg_"), "1000000001"):
        answer = await world.call("GET", f"/api/v1/messages/{name}")
        assert answer.json["id"] == message_id
    missing = await world.call("GET", "/api/v1/messages/1000000002")
    assert missing.status == 404
