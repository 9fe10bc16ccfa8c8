"""Accounts of applications."""

from typing import Any

import pytest

from gateway.core.application import Account
from gateway.core.errors import Conflict, Invalid, NotFound
from gateway.engine.application_accounts import MOST_ITEMS, Accounts
from gateway.engine.password import is_password
from tests.support.builders import inbound_text
from tests.support.rooms import Rooms

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def accounts(rooms: Rooms) -> Accounts:
    return Accounts(rooms.store, rooms.clock, rooms.ids, "RU")


async def test_a_new_account_lets_its_application_in(
    rooms: Rooms, accounts: Accounts
) -> None:
    made, password = await accounts.create("crm", {})
    assert await rooms.desk.admit("crm", password, "192.0.2.1") == made
    assert password not in made.password_hash


async def test_numbers_and_networks_are_kept_in_one_spelling(
    accounts: Accounts,
) -> None:
    rules = {"numbers": ["8 916 000-00-01", "7070", "*", "7070"]}
    made, _ = await accounts.create("crm", rules)
    assert made.numbers == ("+79160000001", "7070", "*")
    changed = await accounts.change("crm", {"sources": ["192.0.2.9/24", "::1"]})
    assert changed.sources == ("192.0.2.0/24", "::1/128")


async def test_whoever_listens_hears_of_each_change(accounts: Accounts) -> None:
    heard: list[Account] = []
    accounts.listen(heard.append)
    made, _ = await accounts.create("crm", {})
    assert heard == []
    changes = [
        await accounts.change(made.id, {"window": 5}),
        await accounts.disable("crm"),
        await accounts.enable("crm"),
        (await accounts.set_password("crm"))[0],
    ]
    assert heard == changes
    assert [one.window for one in heard] == [5] * 4
    assert [one.disabled_at is None for one in heard] == [True, False, True, True]


async def test_a_new_password_takes_the_place_of_the_old(accounts: Accounts) -> None:
    _, old = await accounts.create("crm", {})
    account, new = await accounts.set_password("crm", "chosen")
    assert new == "chosen"
    assert is_password(new, account.password_hash)
    assert not is_password(old, account.password_hash)


async def test_what_waits_is_counted(rooms: Rooms, accounts: Accounts) -> None:
    crm, _ = await accounts.create("crm", {"numbers": ["*"]})
    erp, _ = await accounts.create("erp", {})
    await rooms.intake.accept(inbound_text("hello")[0])
    assert await accounts.ls() == [(crm, 1), (erp, 0)]
    assert await accounts.get("crm") == (crm, 1)


async def test_a_name_is_given_once_and_must_exist(accounts: Accounts) -> None:
    await accounts.create("crm", {})
    with pytest.raises(Conflict):
        await accounts.create("crm", {})
    for name in ("erp", "acc_none", ""):
        with pytest.raises(NotFound):
            await accounts.change(name, {})


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"description": "a\nb"}, "description"),
        ({"description": "x" * 201}, "description"),
        ({"queue": "a b"}, "queue"),
        ({"max_binds": 0}, "max_binds"),
        ({"rate_per_s": 0.0}, "rate_per_s"),
        ({"window": 10_001}, "window"),
        ({"idempotent_s": -1}, "idempotent_s"),
        ({"sources": ["192.0.2.0/33"]}, "sources[0]"),
        ({"senders": ["BANK", "*BANK"]}, "senders[1]"),
        ({"destinations": ["7*"]}, "destinations[0]"),
        ({"numbers": ["BANK"]}, "numbers[0]"),
        ({"numbers": [str(1000 + n) for n in range(MOST_ITEMS + 1)]}, "numbers"),
    ],
)
async def test_a_rule_that_cannot_be_names_its_field(
    accounts: Accounts, rules: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await accounts.create("crm", rules)
    assert refused.value.field == field
    assert await accounts.ls() == []


@pytest.mark.parametrize("system_id", ["", "a b", "sixteen-letters!", "имя", "a\0"])
async def test_a_system_id_is_what_clients_can_send(
    accounts: Accounts, system_id: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await accounts.create(system_id, {})
    assert refused.value.field == "system_id"
