"""One modem and one carrier on one route: who sends while the other cannot."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.site import Site, site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PHONE = "+79031112233"
SOON = "[policy]\nfailover_after_s = 1\n"
BOTH_WAYS = [("carrier", "sim1"), ("sim1", "carrier")]


def route(*links: str, keys: str = "") -> str:
    listed = ", ".join(f'"{link}"' for link in links)
    return f"[[route]]\nlinks = [{listed}]\n{keys}\n"


async def ended(place: Site, message_id: str, state: str) -> dict[str, Any]:
    """The message once it has come to that state."""

    async def is_there() -> bool:
        message = await place.get(f"/messages/{message_id}")
        return bool(message["state"] == state)

    await until(is_there, within_s=60)
    message = await place.get(f"/messages/{message_id}")
    assert isinstance(message, dict)
    return message


async def link_is(place: Site, name: str, state: str, reason: str | None) -> None:
    async def is_so() -> bool:
        link = await place.get(f"/links/{name}")
        return bool(link["state"] == state and link["reason"] == reason)

    await until(is_so, within_s=60)


async def take_away(place: Site, name: str) -> None:
    if name == "carrier":
        await place.sim("POST", "/smsc/faults", {"kind": "refuse_connection"})
        await place.sim("POST", "/smsc/faults", {"kind": "link_drop", "at": "now"})
    else:
        modem = place.modems[0]["name"]
        await place.sim("POST", f"/modems/{modem}/faults", {"kind": "unplug"})

    async def is_gone() -> bool:
        return bool((await place.get(f"/links/{name}"))["state"] != "up")

    await until(is_gone, within_s=30)


async def give_back(place: Site, name: str) -> None:
    if name == "carrier":
        await place.sim("DELETE", "/smsc/faults")
    else:
        modem = place.modems[0]["name"]
        await place.sim("POST", f"/modems/{modem}/faults", {"kind": "plug"})
    await link_is(place, name, "up", None)


@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_the_other_takes_over_and_gives_back_in_order(
    tmp_path: Path, first: str, other: str
) -> None:
    async with site(
        tmp_path, carrier_keys="", extra=route(first, other) + SOON
    ) as place:
        await place.start()
        await place.wait_for_links(2)
        sent = [await place.send(PHONE, "1")]
        assert (await ended(place, sent[0]["id"], "delivered"))["link"] == first
        await take_away(place, first)
        sent += [await place.send(PHONE, text) for text in ("2", "3", "4")]
        assert (await ended(place, sent[3]["id"], "delivered"))["link"] == other
        await give_back(place, first)
        sent += [await place.send(PHONE, text) for text in ("5", "6")]
        assert (await ended(place, sent[5]["id"], "delivered"))["link"] == first
        on_phone = await place.sim("GET", f"/phones/{PHONE}/messages")
        assert [one["text"] for one in on_phone["messages"]] == list("123456")
        assert await place.stop() == 0


async def test_who_stands_in_shows_its_own_number(tmp_path: Path) -> None:
    keys = route("sim1", "carrier")
    async with site(tmp_path, carrier_keys="", extra=keys + SOON) as place:
        await place.start()
        await place.wait_for_links(2)
        await take_away(place, "sim1")
        sent = await place.send(PHONE, "Кто это?")
        message = await ended(place, sent["id"], "delivered")
        assert message["own"] == place.smsc["short_code"]
        [on_phone] = (await place.sim("GET", f"/phones/{PHONE}/messages"))["messages"]
        assert on_phone["from"] == place.smsc["short_code"]


async def test_a_carrier_that_refuses_is_routed_around_until_it_is_well(
    tmp_path: Path,
) -> None:
    keys = "[policy]\nfailover_after_s = 1\nbackoff_first_s = 1\nbackoff_cap_s = 2\n"
    extra = route("carrier", "sim1") + keys
    async with site(tmp_path, carrier_keys="", extra=extra) as place:
        await place.start()
        await place.wait_for_links(2)
        refuses = {"kind": "status", "status": 8, "match": "submit", "count": 1000}
        await place.sim("POST", "/smsc/faults", refuses)
        sent = [
            await place.send(f"+790311122{number:02}", f"Обход {number}")
            for number in range(12)
        ]
        await link_is(place, "carrier", "up", "degraded")

        async def is_told() -> bool:
            link = await place.get("/links/carrier")
            return "ESME_RSYSERR" in (link["last_error"] or "")

        await until(is_told, within_s=5)
        for one in sent:
            message = await ended(place, one["id"], "delivered")
            assert message["link"] == "sim1"
        await place.sim("DELETE", "/smsc/faults")

        async def is_well() -> bool:
            await place.send(PHONE, "Проба")
            return (await place.get("/links/carrier"))["reason"] is None

        await until(is_well, within_s=90, every_s=1.0)


async def test_a_sender_goes_by_the_carrier_or_is_refused(tmp_path: Path) -> None:
    otp = route("sim1", keys='name = "codes"\nclass = "otp"')
    extra = otp + route("sim1", "carrier")
    async with site(tmp_path, carrier_keys="", extra=extra) as place:
        await place.start()
        await place.wait_for_links(2)
        sent = await place.send(PHONE, "Привет", sender="Romashka")
        assert (await ended(place, sent["id"], "delivered"))["link"] == "carrier"
        [on_phone] = (await place.sim("GET", f"/phones/{PHONE}/messages"))["messages"]
        assert on_phone["from"] == "Romashka"
        code = {"to": PHONE, "text": "1234", "class": "otp"}
        status, refused = await place.api(
            "POST", "/messages", code | {"sender": "Romashka"}
        )
        assert (status, refused["code"]) == (422, "sender_not_possible")
        assert refused["field"] == "sender"
        sent = await place.send(PHONE, "1234", **{"class": "otp"})
        assert (await ended(place, sent["id"], "delivered"))["link"] == "sim1"
