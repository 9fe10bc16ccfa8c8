"""The event log as a long poll and as a stream."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import msgspec

from gateway.core.account import Role
from gateway.core.agent import BOX, AgentRole
from gateway.core.event import EventType, NewEvent
from gateway.core.store import RetentionCut
from tests.web.browser import browser_of
from tests.web.world import START, World, open_world
from web.config import HttpConfig, HttpLimits
from web.shape import EventPage

EVENTS = "/api/v1/events"
FAR = f"{EVENTS}?after=9999&wait=1"


async def happen(world: World, count: int = 1, *, size: int = 1) -> None:
    events = [
        NewEvent(type=EventType.MESSAGE_SENT, at=START, data={"id": "m" * size})
        for _ in range(count)
    ]
    await world.store.write(lambda tx: [tx.events.append(event) for event in events])


@dataclass(slots=True)
class Reader:
    """A client of the stream."""

    response: aiohttp.ClientResponse

    async def block(self) -> dict[str, str]:
        """The next frame, comments under the empty name."""
        frame: dict[str, str] = {}
        async with asyncio.timeout(10):
            while True:
                line = (await self.response.content.readline()).decode().rstrip("\n")
                if not line:
                    return frame
                name, _, value = line.partition(": ")
                frame[name] = value

    async def numbers(self, count: int) -> list[int]:
        found: list[int] = []
        while len(found) < count:
            frame = await self.block()
            if "id" in frame:
                found.append(int(frame["id"]))
        return found


@asynccontextmanager
async def stream(
    world: World, query: str = "", secret: str | None = None, **headers: str
) -> AsyncIterator[Reader]:
    sent = {
        "Authorization": f"Bearer {secret or world.secrets[Role.ADMIN]}",
        "Accept": "text/event-stream",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    async with world.http.get(world.base + EVENTS + query, headers=sent) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        reader = Reader(response)
        assert await reader.block() == {"retry": "2000"}
        yield reader


async def test_a_poll_reads_on_from_where_it_was(world: World) -> None:
    await happen(world, 5)
    first = await world.call("GET", f"{EVENTS}?limit=3")
    page = msgspec.convert(first.json, EventPage)
    assert [item.seq for item in page.items] == [1, 2, 3]
    rest = await world.call("GET", f"{EVENTS}?after={page.next}")
    assert [item["seq"] for item in rest.json["items"]] == [4, 5]
    none = await world.call("GET", f"{EVENTS}?after=5")
    assert none.json == {"items": [], "next": 5, "gap": False}


async def test_a_poll_waits_for_the_next_commit(world: World) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(world.call("GET", f"{EVENTS}?after=0&wait=30"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await happen(world)
    assert [item["seq"] for item in waiting.result().json["items"]] == [1]


async def test_a_poll_filters_by_type(world: World) -> None:
    await happen(world, 2)
    some = await world.call("GET", f"{EVENTS}?types=link.down,message.*")
    assert len(some.json["items"]) == 2
    none = await world.call("GET", f"{EVENTS}?types=link.*")
    assert none.json["items"] == []


async def test_a_stream_begins_now_and_goes_on(world: World) -> None:
    await happen(world, 3)
    async with stream(world) as reader:
        await happen(world, 2)
        frame = await reader.block()
        assert (frame["id"], frame["event"]) == ("4", "message.sent")
        assert msgspec.json.decode(frame["data"])["seq"] == 4
        assert await reader.numbers(1) == [5]


async def test_a_stream_that_is_cut_often_misses_and_repeats_nothing(
    world: World,
) -> None:
    await happen(world, 300)
    seen: list[int] = []
    while len(seen) < 300:
        async with stream(world, Last_Event_ID=str(seen[-1] if seen else 0)) as reader:
            seen += await reader.numbers(min(7, 300 - len(seen)))
    assert seen == list(range(1, 301))


async def test_an_idle_stream_is_kept_alive(tmp_path: Path) -> None:
    config = HttpConfig(limits=HttpLimits(heartbeat_s=0.02))
    async with open_world(tmp_path, config=config) as world, stream(world) as reader:
        assert await reader.block() == {"": "still here"}


async def test_a_stream_ends_with_its_token(tmp_path: Path) -> None:
    config = HttpConfig(limits=HttpLimits(heartbeat_s=0.02))
    async with open_world(tmp_path, config=config) as world:
        token, secret = await world.secret(Role.EVENTS_READ)
        async with stream(world, secret=secret) as reader:
            await world.services.tokens.revoke(token.id, actor=BOX)
            async with asyncio.timeout(5):
                await reader.response.content.read()


async def test_a_stream_ends_with_the_login_of_its_browser(tmp_path: Path) -> None:
    config = HttpConfig(limits=HttpLimits(heartbeat_s=0.02))
    async with (
        open_world(tmp_path, config=config) as world,
        browser_of(world, "vera", AgentRole.SUPERVISOR) as browser,
    ):
        headers = {"Accept": "text/event-stream"}
        async with browser.http.get(world.base + EVENTS, headers=headers) as answer:
            assert answer.status == 200
            await world.call("DELETE", "/api/v1/agents/vera/logins")
            async with asyncio.timeout(5):
                await answer.content.read()


async def test_a_reader_that_does_not_read_is_dropped(tmp_path: Path) -> None:
    limits = HttpLimits(stream_write_timeout_s=0.2, streams=1)
    async with open_world(tmp_path, config=HttpConfig(limits=limits)) as world:
        _, writer = await asyncio.open_connection("127.0.0.1", world.port, limit=1024)
        head = (
            f"GET {EVENTS}?after=0 HTTP/1.1\r\nHost: x\r\n"
            "Accept: text/event-stream\r\n"
            f"Authorization: Bearer {world.secrets[Role.ADMIN]}\r\n\r\n"
        )
        writer.write(head.encode())
        for _ in range(40):
            await happen(world, 50, size=10_000)
        # Its place is free again once it was dropped.
        async with asyncio.timeout(10):
            while (await world.call("GET", FAR)).status == 503:
                pass
        writer.close()


async def test_too_many_streams_are_told_to_come_later(tmp_path: Path) -> None:
    config = HttpConfig(limits=HttpLimits(streams=1))
    async with open_world(tmp_path, config=config) as world, stream(world):
        answer = await world.call(
            "GET", EVENTS, headers={"Accept": "text/event-stream"}
        )
        assert (answer.status, answer.json["code"]) == (503, "too_many_streams")
        assert answer.headers["Retry-After"] == "1"
        assert (await world.call("GET", f"{EVENTS}?wait=5&after=0")).status == 503
        assert (await world.call("GET", EVENTS)).status == 200


async def test_a_purged_gap_is_told(world: World) -> None:
    await happen(world, 5)
    cut = RetentionCut(events_before=START + timedelta(days=1))
    await world.store.write(lambda tx: tx.keeping.purge(cut, 100))
    await happen(world)
    behind = await world.call("GET", f"{EVENTS}?after=1")
    assert behind.json["gap"] is True
    in_step = await world.call("GET", f"{EVENTS}?after=5")
    assert in_step.json["gap"] is False


async def test_stopping_does_not_wait_for_streams(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, stream(world):
        started = time.monotonic()
    assert time.monotonic() - started < 2
