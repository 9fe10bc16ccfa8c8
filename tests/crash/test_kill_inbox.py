"""An agent's answers go out once and the page misses nothing, however it is killed."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.site import Site, site, until

LIVES = 6
ANSWERS = 4  # in each life
PERSON = "+79059999999"
AS_ANNA = {"Seventy-Agent": "anna"}


@dataclass(slots=True)
class Watcher:
    """A page that comes back with its last place, for as long as the test lasts."""

    place: Site
    last: int = 0
    seqs: list[int] = field(default_factory=list)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    gaps: int = 0

    async def run(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                await self._watch()
            await asyncio.sleep(0.05)

    async def _watch(self) -> None:
        headers = {"Authorization": f"Bearer {self.place.token}", **AS_ANNA}
        url = f"{self.place.gateway}/api/v1/inbox/stream?after={self.last}"
        timeout = aiohttp.ClientTimeout(total=None)
        async with self.place.session.get(
            url, headers=headers, timeout=timeout
        ) as response:
            fields: dict[str, str] = {}
            async for line in response.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif fields:
                    self._hear(fields)
                    fields = {}

    def _hear(self, fields: dict[str, str]) -> None:
        self.gaps += fields.get("event") == "gap"
        if "id" in fields:
            self.last = int(fields["id"])
            self.seqs.append(self.last)
        if fields.get("event") == "entry":
            entry = json.loads(fields["data"])["entry"]
            self.entries[entry["id"]] = entry


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kill_9_at_any_moment_sends_every_answer_once(tmp_path: Path) -> None:
    chance = random.Random(5)
    async with site(tmp_path, simulator_arguments=("--retry", "0.5")) as place:
        assert await place.start()
        agent = {"login": "anna", "name": "Anna", "role": "agent"}
        status, _ = await place.api("POST", "/agents", agent)
        assert status == 201
        await place.wait_for_links(1)
        thread_id = await _first_words(place)
        watcher = Watcher(place)
        watching = asyncio.create_task(watcher.run())
        owed: list[dict[str, object]] = []
        for life in range(LIVES):
            owed += [
                {"client_id": f"c{life}-{one}", "text": f"{life}-{one}", "undo_s": 0}
                for one in range(ANSWERS)
            ]
            saying = asyncio.create_task(_say_all(place, thread_id, owed))
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            await place.kill()
            await asyncio.gather(saying, return_exceptions=True)
            assert await place.start()
        await _say_all(place, thread_id, owed)

        async def is_over() -> bool:
            sent = await place.everything("/messages?direction=mt")
            ends = {"sent", "delivered", "unknown"}
            return all(message["state"] in ends for message in sent)

        await until(is_over, within_s=120)
        await _check_messages(place, owed)
        log_end = (await place.get("/events?after=0&limit=1000"))["next"]
        await until(lambda: _is_at(watcher, log_end), within_s=30)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert watcher.gaps == 0
    assert watcher.seqs == sorted(set(watcher.seqs))
    said = {one["text"] for one in watcher.entries.values() if one["kind"] == "message"}
    assert said == {"Алло?", *(str(one["text"]) for one in owed)}


async def _is_at(watcher: Watcher, end: int) -> bool:
    states = {
        one["state"] for one in watcher.entries.values() if one["kind"] == "message"
    }
    return watcher.last >= end - 5 and not states & {"queued", "sending"}


async def _first_words(place: Site) -> str:
    to = place.modems[0]["msisdn"]
    await place.sim("POST", f"/phones/{PERSON}/messages", {"to": to, "text": "Алло?"})

    async def is_there() -> bool:
        return bool((await place.get("/threads?view=queue"))["items"])

    await until(is_there, within_s=30)
    [row] = (await place.get("/threads?view=queue"))["items"]
    return str(row["id"])


async def _say_all(place: Site, thread_id: str, owed: list[dict[str, object]]) -> None:
    """All that was to be said so far, once more: who cannot know says it again."""
    for body in owed:
        status, answer = await place.api(
            "POST",
            f"/threads/{thread_id}/replies",
            {**body, "force": True},
            headers=AS_ANNA,
        )
        assert status in (200, 201), answer


async def _check_messages(place: Site, owed: list[dict[str, object]]) -> None:
    """One message for each answer, and none that the phone has twice."""
    sent = await place.everything("/messages?direction=mt")
    texts = Counter(message["text"] for message in sent)
    assert texts == Counter(str(one["text"]) for one in owed)
    on_phone = (await place.sim("GET", f"/phones/{PERSON}/messages"))["messages"]
    arrived = Counter(message["text"] for message in on_phone)
    assert set(arrived.values()) == {1}
    for message in sent:
        assert message["state"] != "delivered" or arrived[message["text"]], message
