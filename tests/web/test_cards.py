"""`/contacts`: looked up, written on, merged, split, blocked, handed out, erased."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.support.builders import CUSTOMER
from tests.web.inbox_world import InboxWorld, inbox_of
from tests.web.world import World

OTHER = "+380501112233"
ROOT = "/api/v1/contacts"


@pytest_asyncio.fixture
async def inbox(world: World) -> AsyncIterator[InboxWorld]:
    async with inbox_of(world) as made:
        await made.hears("Это Ирина")
        await made.hears("Это Олена", OTHER)
        yield made


async def index(inbox: InboxWorld) -> None:
    while await inbox.world.services.desk.search_reader.once():
        pass


async def contact(inbox: InboxWorld, number: str = CUSTOMER) -> str:
    path = f"{ROOT}/by-number/{quote(number)}"
    answer = await inbox.anna.call("GET", path)
    assert answer.status == 200, answer.text
    return str(answer.json["id"])


async def test_a_number_is_looked_up_however_it_is_written(inbox: InboxWorld) -> None:
    one = await contact(inbox)
    assert await contact(inbox, "89161234567") == one
    answer = await inbox.anna.call("GET", f"{ROOT}/by-number/%2B79990000000")
    assert (answer.status, answer.json["code"]) == (404, "contact_not_found")


async def test_a_card_is_written_on_and_told_of(inbox: InboxWorld) -> None:
    one = await contact(inbox)
    said = {
        "name": " Ирина К. ",
        "language": "uk",
        "crm_id": "a b/1",
        "attributes": {"город": "Львів"},
        "tags": ["vip", "vip", "долг"],
    }
    answer = await inbox.anna.call("PATCH", f"{ROOT}/{one}", said)
    assert answer.status == 200, answer.text
    assert answer.json["name"] == "Ирина К."
    assert answer.json["tags"] == ["vip", "долг"]
    assert answer.json["crm_url"] is None
    template = "https://crm.example/c/{crm_id}"
    settings = "/api/v1/inbox/settings"
    await inbox.world.call("PUT", settings, {"crm_url_template": template})
    shown = await inbox.anna.call("GET", f"{ROOT}/{one}")
    assert shown.json["crm_url"] == "https://crm.example/c/a%20b%2F1"
    assert shown.json["conversations"] == 1
    assert len(shown.json["threads"]) == 1
    cleared = await inbox.anna.call("PATCH", f"{ROOT}/{one}", {"crm_id": None})
    assert cleared.json["crm_id"] is None
    assert cleared.json["attributes"] == {"город": "Львів"}
    tagged = await inbox.anna.call("GET", f"{ROOT}?tag=долг")
    assert [item["id"] for item in tagged.json["items"]] == [one]
    assert (await inbox.anna.call("GET", f"{ROOT}?tag=дол")).json["items"] == []
    await index(inbox)
    for asked in ("ирину", "Ирина", "9161234"):
        found = await inbox.anna.call("GET", f"{ROOT}?q={asked}")
        assert [item["id"] for item in found.json["items"]] == [one], asked
    events = await inbox.world.call("GET", "/api/v1/events?types=contact.changed")
    assert [event["data"]["id"] for event in events.json["items"]] == [one, one]


@pytest.mark.parametrize(
    "body",
    [
        {"tags": [" "]},
        {"attributes": {"a": "b\u202ec"}},
        {"attributes": {"a": ""}},
        {"language": "Russian!"},
        {"name": "a\nb"},
        {"tags": ["x"] * 31},
    ],
)
async def test_what_a_card_cannot_take_is_named(
    inbox: InboxWorld, body: dict[str, object]
) -> None:
    one = await contact(inbox)
    answer = await inbox.anna.call("PATCH", f"{ROOT}/{one}", body)
    assert answer.status == 422
    assert answer.json["field"].startswith(next(iter(body)))


async def test_script_in_a_name_is_a_name(inbox: InboxWorld) -> None:
    one, name = await contact(inbox), "<script>alert(1)</script>"
    answer = await inbox.anna.call("PATCH", f"{ROOT}/{one}", {"name": name})
    assert answer.json["name"] == name
    assert answer.headers["Content-Type"].startswith("application/json")


async def test_two_numbers_are_one_person_and_two_again(inbox: InboxWorld) -> None:
    one, two = await contact(inbox), await contact(inbox, OTHER)
    merged = await inbox.anna.call("POST", f"{ROOT}/{one}/merge", {"other": two})
    assert merged.status == 200, merged.text
    numbers = [number["address"] for number in merged.json["numbers"]]
    assert numbers == [CUSTOMER, OTHER]
    assert merged.json["numbers"][1]["last_in_at"] is not None
    assert await contact(inbox, OTHER) == one
    rows = await inbox.rows("view=all")
    assert [row["contact"]["id"] for row in rows] == [one]
    twice = await inbox.anna.call("POST", f"{ROOT}/{one}/merge", {"other": two})
    assert (twice.status, twice.json["code"]) == (409, "same_contact")
    parted = await inbox.anna.call("POST", f"{ROOT}/{one}/split", {"contact": two})
    assert parted.status == 200, parted.text
    assert parted.json["contact"]["id"] == one
    assert parted.json["split"]["id"] == two
    assert len(await inbox.rows("view=all")) == 2
    actions = await inbox.world.call("GET", f"/api/v1/audit?subject={one}")
    assert [entry["action"] for entry in actions.json["items"]] == [
        "contact.split",
        "contact.merged",
    ]


async def test_a_person_who_opts_another_out_is_noted(inbox: InboxWorld) -> None:
    one = await contact(inbox)
    path = f"{ROOT}/{quote(CUSTOMER)}/opt-out"
    for method in ("PUT", "PUT", "DELETE"):
        assert (await inbox.vera.call(method, path, {})).status == 200
    assert (await inbox.world.call("PUT", path, {})).status == 200
    actions = await inbox.world.call("GET", f"/api/v1/audit?subject={one}")
    assert [entry["action"] for entry in actions.json["items"]] == [
        "contact.opted_in",
        "contact.opted_out",
    ]
    card = await inbox.anna.call("GET", f"{ROOT}/{one}")
    assert card.json["numbers"][0]["opted_out_at"] is not None


async def test_who_is_blocked_bothers_nobody(inbox: InboxWorld) -> None:
    one = await contact(inbox)
    blocked = await inbox.anna.call("POST", f"{ROOT}/{one}/block")
    assert blocked.json["blocked_at"] is not None
    again = await inbox.anna.call("POST", f"{ROOT}/{one}/block")
    assert again.json["blocked_at"] == blocked.json["blocked_at"]
    free = await inbox.anna.call("POST", f"{ROOT}/{one}/unblock")
    assert free.json["blocked_at"] is None


async def test_an_erasure_takes_two_steps_and_an_administrator(
    inbox: InboxWorld,
) -> None:
    one = await contact(inbox)
    path = f"{ROOT}/{one}/erase"
    refused = await inbox.vera.call("POST", path, {"dry_run": True})
    assert refused.status == 403
    call = inbox.world.call
    before = await call("POST", path, {})
    assert before.status == 200, before.text
    assert (before.json["messages"], before.json["erased"]) == (1, False)
    unsaid = await call("POST", path, {"dry_run": False})
    assert (unsaid.status, unsaid.json["field"]) == (422, "confirm")
    wrong = await call("POST", path, {"dry_run": False, "confirm": OTHER})
    assert (wrong.status, wrong.json["code"]) == (422, "confirm_mismatch")
    said = {"dry_run": False, "confirm": "+7 916 1234567"}
    gone = await call("POST", path, said)
    assert gone.json == before.json | {"erased": True}
    assert (await call("GET", f"{ROOT}/{one}")).status == 404
    assert len(await inbox.rows("view=all")) == 1


async def test_an_export_is_a_file(inbox: InboxWorld) -> None:
    one = await contact(inbox)
    assert (await inbox.vera.call("GET", f"{ROOT}/{one}/export")).status == 403
    answer = await inbox.world.call("GET", f"{ROOT}/{one}/export")
    assert answer.status == 200
    named = f'attachment; filename="{one}.json"'
    assert answer.headers["Content-Disposition"] == named
    [message] = answer.json["messages"]
    assert message["text"] == "Это Ирина"
    assert answer.json["contact"]["address"] == CUSTOMER
