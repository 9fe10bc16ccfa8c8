"""The inbox neither forgets nor doubles a conversation, however it is killed."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.support.site import Site, site, until

LIVES = 8
PEOPLE = 4  # who write for the first time in each life
REGULAR = "+79059999999"


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kill_9_at_any_moment_opens_every_conversation_once(
    tmp_path: Path,
) -> None:
    chance = random.Random(4)
    people: set[str] = {REGULAR}
    written = 0
    async with site(tmp_path, simulator_arguments=("--retry", "0.5")) as place:
        for life in range(LIVES):
            assert await place.start()
            writers = [f"+7905{life:03}{one:04}" for one in range(PEOPLE)]
            for person in (*writers, REGULAR):
                await _write(place, person, f"{life}")
                people.add(person)
                written += 1
            await asyncio.sleep(chance.uniform(0.0, 1.2))
            await place.kill()
        assert await place.start()

        async def is_whole() -> bool:
            received = await place.everything("/messages?direction=mo")
            found = await place.everything("/conversations")
            return len(received) >= written and len(found) >= len(people)

        await until(is_whole, within_s=120)
        conversations = await place.everything("/conversations")
        rows = await place.everything("/threads?view=queue")
        assert {row["contact"]["address"] for row in rows} == people
        assert len(conversations) == len(people)
        await _check_log(place, {one["id"]: one["revision"] for one in conversations})


async def _write(place: Site, person: str, text: str) -> None:
    to = place.modems[0]["msisdn"]
    path = f"/phones/{person}/messages"
    await place.sim("POST", path, {"to": to, "text": text})


async def _check_log(place: Site, revisions: dict[str, int]) -> None:
    """Each was opened once, and every change of it was told once and in order."""
    told: dict[str, list[int]] = {}
    kinds: Counter[tuple[str, str]] = Counter()
    after = 0
    while True:
        page = await place.get(f"/events?types=conversation.*&after={after}&limit=500")
        for event in page["items"]:
            data = event["data"]
            told.setdefault(data["id"], []).append(data["revision"])
            kinds[data["id"], event["type"]] += 1
        if page["next"] == after:
            break
        after = page["next"]
    assert told == {one: list(range(1, last + 1)) for one, last in revisions.items()}
    for conversation_id in revisions:
        assert kinds[conversation_id, "conversation.opened"] == 1
