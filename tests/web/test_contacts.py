"""Opting out over HTTP."""

import msgspec

from tests.web.world import World
from web.shape import OptOutPage, OptOutShape

NUMBER = "+79161234567"
PATH = f"/api/v1/contacts/{NUMBER}/opt-out"


async def state(world: World, path: str = PATH) -> OptOutShape:
    return msgspec.convert((await world.call("GET", path)).json, OptOutShape)


async def test_who_opted_out_is_sent_nothing_until_opted_in(world: World) -> None:
    assert not (await state(world)).opted_out
    put = await world.call("PUT", PATH, {"source": "phone call"})
    assert put.json["source"] == "phone call"
    body = {"to": NUMBER, "text": "x"}
    refused = await world.call("POST", "/api/v1/messages", body)
    assert (refused.status, refused.json["code"]) == (422, "opted_out")
    assert (await world.call("DELETE", PATH)).json["opted_out"] is False
    assert (await world.call("POST", "/api/v1/messages", body)).status == 202


async def test_doing_it_twice_is_one_event(world: World) -> None:
    for method in ("PUT", "PUT", "DELETE", "DELETE"):
        assert (await world.call(method, PATH)).status == 200
    events = await world.call("GET", "/api/v1/events?types=contact.*")
    assert [item["type"] for item in events.json["items"]] == [
        "contact.opted_out",
        "contact.opted_in",
    ]


async def test_any_spelling_of_a_number_is_the_same_number(world: World) -> None:
    await world.call("PUT", PATH)
    for spelling in ("89161234567", "%2B7%20916%20123-45-67", "79161234567"):
        found = await state(world, f"/api/v1/contacts/{spelling}/opt-out")
        assert (found.msisdn, found.opted_out) == (NUMBER, True), spelling


async def test_who_opted_out_is_listed(world: World) -> None:
    numbers = [f"+7916123450{digit}" for digit in range(3)]
    for number in numbers:
        await world.call("PUT", f"/api/v1/contacts/{number}/opt-out")
    first = await world.call("GET", "/api/v1/contacts/opted-out?limit=2")
    page = msgspec.convert(first.json, OptOutPage)
    rest = await world.call("GET", f"/api/v1/contacts/opted-out?cursor={page.next}")
    seen = [item.msisdn for item in page.items]
    seen += [item["msisdn"] for item in rest.json["items"]]
    assert seen == numbers[::-1]
