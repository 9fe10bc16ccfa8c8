"""What tests of a carrier link do again and again: send many, wait, hurry, count."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.site import Site, site, until
from tests.support.smsc import Smsc

QUICK = "[policy]\nbackoff_first_s = 1\nbackoff_cap_s = 2\nmax_tries = 50\n"
MOVING = frozenset({"scheduled", "queued", "sending"})
_MOST_LISTED = 1000


@asynccontextmanager
async def scripted_site(
    folder: Path, smsc: Smsc, keys: str = "", *, at: str | None = None
) -> AsyncIterator[Site]:
    """A gateway that runs, with a scripted SMSC as its only carrier."""
    async with (
        smsc.serving(),
        site(
            folder,
            modems=0,
            carrier_keys=keys,
            carrier_at=at or f"127.0.0.1:{smsc.port}",
            extra=QUICK,
        ) as place,
    ):
        assert await place.start()
        yield place


def numbers(count: int, start: int = 0) -> list[str]:
    """So many different recipients."""
    return [f"+7903{start + n:07}" for n in range(count)]


async def send_to(
    place: Site, recipients: Sequence[str], text: str = "hello", **fields: object
) -> list[str]:
    """One message to each; their ids, in that order."""
    ids: list[str] = []
    for first in range(0, len(recipients), 500):
        some = list(recipients[first : first + 500])
        status, body = await place.api(
            "POST", "/messages", {"to": some, "text": text, **fields}
        )
        assert status == 202, body
        ids += [message["id"] for message in body["messages"]]
    return ids


async def came_to(
    place: Site, states: str | frozenset[str], count: int, *, within_s: float = 30.0
) -> float:
    """Wait until so many messages of ours are in these states; how long it took."""
    wanted = {states} if isinstance(states, str) else states
    started = time.monotonic()

    async def are_there() -> bool:
        messages = await place.everything("/messages?direction=mt")
        return sum(message["state"] in wanted for message in messages) >= count

    await until(are_there, within_s=within_s, every_s=0.2)
    return time.monotonic() - started


async def quiet(
    place: Site, *, moving: frozenset[str] = MOVING, within_s: float = 60.0
) -> list[dict[str, Any]]:
    """All our messages, once none of them moves any more."""
    messages: list[dict[str, Any]] = []

    async def nothing_moves() -> bool:
        nonlocal messages
        messages = await place.everything("/messages?direction=mt")
        return not any(message["state"] in moving for message in messages)

    await until(nothing_moves, within_s=within_s, every_s=0.2)
    return messages


async def carrier(place: Site) -> dict[str, Any]:
    """The carrier as `links` shows it."""
    link: dict[str, Any] = await place.get("/links/carrier")
    return link


async def shows(place: Site, within_s: float = 20.0, **wanted: object) -> float:
    """Wait until `links` shows that of the carrier; how long it took."""
    started = time.monotonic()

    async def does_show() -> bool:
        link = await carrier(place)
        return all(link[name] == value for name, value in wanted.items())

    await until(does_show, within_s=within_s)
    return time.monotonic() - started


@asynccontextmanager
async def a_person_who_presses_restart(place: Site) -> AsyncIterator[None]:
    """Whenever the carrier is down: many flaps in the time of one back-off."""

    async def press() -> None:
        while True:
            with suppress(aiohttp.ClientError, AssertionError):
                if (await carrier(place))["state"] != "up":
                    await place.api("POST", "/links/carrier/restart")
            await asyncio.sleep(0.2)

    person = asyncio.create_task(press())
    try:
        yield
    finally:
        person.cancel()
        await asyncio.wait({person})


async def ledger(place: Site, kind: str) -> list[dict[str, Any]]:
    """All entries of one kind in the simulator's ledger."""
    entries: list[dict[str, Any]] = []
    after = 0
    while True:
        path = f"/ledger?kind={kind}&after={after}&limit={_MOST_LISTED}"
        page = (await place.sim("GET", path))["entries"]
        if not page:
            return entries
        entries += page
        after = page[-1]["seq"]


async def on_phones(place: Site) -> Counter[str]:
    """How many segments of ours each of the simulator's phones has got."""
    ours = place.smsc["short_code"]
    entries = await ledger(place, "delivered")
    return Counter(entry["to"] for entry in entries if entry["from"] == ours)


def judge(messages: Sequence[dict[str, Any]], got: Counter[str]) -> list[str]:
    """What is wrong, in words: each message went to another number, once.

    Nothing is lost unless it says so, and nothing is doubled unless it says so.
    """
    wrong = []
    for message in messages:
        name, state = f"{message['to']} {message['state']}", message["state"]
        times = got[message["to"]]
        if times > 1 and not message["possible_duplicate"]:
            wrong.append(f"{name}: {times} times on the phone")
        if times == 0 and state not in {"unknown", "failed"}:
            wrong.append(f"{name}: not on the phone")
        if times and state == "failed":
            wrong.append(f"{name}: failed, and yet on the phone")
        if state in MOVING:
            wrong.append(f"{name}: never came to an end")
    if strangers := got.keys() - {message["to"] for message in messages}:
        wrong.append(f"never sent: {sorted(strangers)}")
    return wrong
