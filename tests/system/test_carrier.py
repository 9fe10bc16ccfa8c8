"""A carrier over SMPP beside the modems: daemon, simulator, and all between them."""

import contextlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.site import Site, site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PHONE = "+79031112233"
LONG = "Щедрый текст 😀 " * 20
ROUTE = '[[route]]\nlinks = ["carrier", "sim1"]\n'
SOON = "[policy]\nfailover_after_s = 1\n"


async def ended(place: Site, message_id: str, state: str) -> dict[str, Any]:
    """The message once it has come to that state."""

    async def is_there() -> bool:
        message = await place.get(f"/messages/{message_id}")
        return bool(message["state"] == state)

    await until(is_there, within_s=30)
    message = await place.get(f"/messages/{message_id}")
    assert isinstance(message, dict)
    return message


async def received(place: Site, count: int) -> list[dict[str, Any]]:
    """What came in, once there is so much of it."""

    async def is_there() -> bool:
        return len(await place.everything("/messages?state=received")) >= count

    await until(is_there, within_s=30)
    return await place.everything("/messages?state=received")


@pytest.mark.parametrize("long_text", ["udh", "payload"])
async def test_a_long_text_leaves_by_the_carrier_and_its_answer_comes_back(
    tmp_path: Path, long_text: str
) -> None:
    keys = f'long_text = "{long_text}"'
    async with site(tmp_path, carrier_keys=keys, extra=ROUTE) as place:
        await place.start()
        await place.wait_for_links(2)
        sent = await place.send(PHONE, LONG)
        message = await ended(place, sent["id"], "delivered")
        assert message["link"] == "carrier"
        assert message["own"] == place.smsc["short_code"]
        [on_phone] = (await place.sim("GET", f"/phones/{PHONE}/messages"))["messages"]
        assert (on_phone["text"], on_phone["from"]) == (LONG, place.smsc["short_code"])
        await place.sim(
            "POST",
            f"/phones/{PHONE}/messages",
            {"to": place.smsc["short_code"], "text": LONG},
        )
        [answer] = await received(place, 1)
        assert answer["text"] == LONG
        assert answer["thread_id"] == message["thread_id"]
        assert await place.stop() == 0


async def test_a_modem_stands_in_while_the_carrier_is_away(tmp_path: Path) -> None:
    async with site(tmp_path, carrier_keys="", extra=ROUTE + SOON) as place:
        await place.sim("POST", "/smsc/faults", {"kind": "refuse_connection"})
        await place.start()
        await place.wait_for_links(1)
        sent = await place.send(PHONE, "Запасной путь")
        message = await ended(place, sent["id"], "delivered")
        assert message["link"] == "sim1"
        assert message["own"] == place.modems[0]["msisdn"]
        await place.sim("DELETE", "/smsc/faults")
        await place.wait_for_links(2)
        again = await place.send("+79031112244", "И снова главный")
        message = await ended(place, again["id"], "delivered")
        assert message["link"] == "carrier"


async def test_a_kill_with_the_carrier_doubles_nothing_that_is_held(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, carrier_keys="", extra=ROUTE) as place:
        for turn, point in enumerate(("C2", "C3", "C4", "C5", "C6") * 2):
            await place.start(crash=f"{point}:1")
            # What an earlier life left may bring it to the step before we ask.
            with contextlib.suppress(aiohttp.ClientError):
                await place.wait_for_links(2)
                await place.send(f"+7903111000{turn}", f"Однажды {turn}")
            assert await place.died(10)
        await place.start()
        await place.wait_for_links(2)

        async def is_quiet() -> bool:
            moving = {"queued", "sending", "sent"}
            messages = await place.everything("/messages?direction=mt")
            return not any(message["state"] in moving for message in messages)

        await until(is_quiet, within_s=30)
        states = {
            message["text"]: message["state"]
            for message in await place.everything("/messages?direction=mt")
        }
        assert len(states) >= 5
        for text, state in states.items():
            path = f"/phones/+7903111000{text[-1]}/messages"
            on_phone = (await place.sim("GET", path))["messages"]
            assert [one["text"] for one in on_phone] in ([text], [])
            assert on_phone or state == "unknown"
