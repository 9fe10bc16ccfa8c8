"""Agents' stream: complete, in order, resumed, shared, and dropped when not read."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.core.account import Role
from gateway.core.agent import BOX, Presence
from gateway.core.store import RetentionCut
from tests.support.agents import keep_agent
from tests.web.browser import Browser, agent_of, browser_of
from tests.web.hearing import hear, thread_of
from tests.web.world import START, World, open_world
from web.config import HttpConfig, HttpLimits
from web.session import COOKIE

STREAM = "/api/v1/inbox/stream"
LOOKING = "/api/v1/inbox/looking"
QUICK = HttpConfig(limits=HttpLimits(heartbeat_s=0.05))


@dataclass(slots=True)
class Frame:
    name: str
    data: dict[str, Any]
    seq: int | None


@dataclass(slots=True)
class Page:
    """A client of the stream."""

    response: aiohttp.ClientResponse
    hello: Frame

    async def frame(self, *names: str) -> Frame:
        """The next one, of these names."""
        async with asyncio.timeout(10):
            while True:
                found = await read_frame(self.response)
                if not names or found.name in names:
                    return found

    async def texts(self, count: int) -> list[str]:
        """Of messages, in the order told."""
        found: list[str] = []
        while len(found) < count:
            entry = (await self.frame("entry")).data["entry"]
            if entry["kind"] == "message":
                found.append(entry["text"])
        return found


async def read_frame(response: aiohttp.ClientResponse) -> Frame:
    fields: dict[str, str] = {}
    while True:
        line = (await response.content.readline()).decode()
        if not line:
            raise ConnectionResetError("the stream has ended")
        if line == "\n" and "event" in fields:
            break
        name, _, value = line.rstrip("\n").partition(": ")
        fields[name] = value
    seq = int(fields["id"]) if "id" in fields else None
    return Frame(fields["event"], json.loads(fields["data"]), seq)


@asynccontextmanager
async def page_of(
    browser: Browser, query: str = "", **headers: str
) -> AsyncIterator[Page]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    url = browser.world.base + STREAM + query
    async with browser.http.get(url, headers=sent) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "text/event-stream"
        hello = await read_frame(response)
        assert hello.name == "hello"
        yield Page(response, hello)


async def test_what_is_said_is_told_as_it_stands(world: World) -> None:
    async with browser_of(world) as anna, page_of(anna) as page:
        await hear(world, "Где мой заказ?")
        entry = (await page.frame("entry")).data["entry"]
        assert (entry["kind"], entry["text"]) == ("message", "Где мой заказ?")
        conversation = (await page.frame("conversation")).data["conversation"]
        assert conversation["state"] == "queued"
        assert conversation["thread_id"] == entry["thread_id"]


async def test_a_page_that_was_away_gets_all_in_order(world: World) -> None:
    async with browser_of(world) as anna:
        async with page_of(anna) as page:
            await hear(world, "раз")
            last = await page.frame("conversation")
        for number in range(12):
            await hear(world, f"{number}", sender=f"+7916000010{number % 4}")
        async with page_of(anna, Last_Event_ID=str(last.seq)) as page:
            assert await page.texts(12) == [str(number) for number in range(12)]
        async with page_of(anna, f"?after={last.seq}") as page:
            assert page.hello.data["seq"] == last.seq
            assert page.hello.data["last"] > last.seq
            assert await page.texts(1) == ["0"]


async def test_nothing_is_lost_or_repeated_however_often_it_is_cut(
    world: World,
) -> None:
    async with browser_of(world) as anna:
        place = await world.last_event()
        for number in range(30):
            await hear(world, f"{number}")
        seen: list[str] = []
        while len(seen) < 30:
            async with page_of(anna, f"?after={place}") as page:
                for _ in range(7):
                    if len(seen) == 30:
                        break
                    frame = await page.frame("entry", "conversation")
                    assert frame.seq is not None
                    place = frame.seq
                    entry = frame.data.get("entry", {})
                    if entry.get("kind") == "message":
                        seen.append(entry["text"])
        assert seen == [str(number) for number in range(30)]


async def test_a_restart_of_the_box_loses_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, browser_of(world) as anna:
        async with page_of(anna) as page:
            await hear(world, "до")
            assert await page.texts(1) == ["до"]
            place = await world.last_event()
        await hear(world, "между")
        secret = anna.secret
    async with open_world(tmp_path) as world:
        await hear(world, "после")
        headers = {
            "Cookie": f"{COOKIE}={secret}",
            "Last-Event-ID": str(place),
        }
        async with world.http.get(world.base + STREAM, headers=headers) as response:
            page = Page(response, await read_frame(response))
            assert await page.texts(2) == ["между", "после"]


async def test_a_server_that_stops_says_good_bye(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(tmp_path))
        anna = await stack.enter_async_context(browser_of(world))
        page = await stack.enter_async_context(page_of(anna))
        started = time.monotonic()
        reading = asyncio.create_task(page.frame("bye"))
        await world.listener.stop()
        assert (await reading).data == {}
        assert time.monotonic() - started < 5


async def test_who_is_too_far_behind_is_told_of_a_gap(world: World) -> None:
    async with browser_of(world) as anna:
        for number in range(3):
            await hear(world, f"{number}")
        cut = RetentionCut(events_before=START + timedelta(days=36_500))
        await world.store.write(lambda tx: tx.keeping.purge(cut, 1000))
        await hear(world, "новое")
        last = await world.last_event()
        async with page_of(anna, "?after=1") as page:
            assert (await page.frame()).name == "gap"
            assert page.hello.data["seq"] == last
        async with page_of(anna, "?after=999999999") as page:
            assert (await page.frame()).name == "gap"


async def test_many_events_about_one_thing_are_told_once(world: World) -> None:
    async with browser_of(world) as anna:
        place = await world.last_event()
        for number in range(5):
            await hear(world, f"{number}")
        last = await world.last_event()
        async with page_of(anna, f"?after={place}") as page:
            frames = [await page.frame("conversation", "entry") for _ in range(7)]
        about = [frame for frame in frames if frame.name == "conversation"]
        assert len(about) == 1
        assert about[0] == frames[-1]
        assert about[0].seq == last


async def test_a_beat_is_felt(tmp_path: Path) -> None:
    async with (
        open_world(tmp_path, config=QUICK) as world,
        browser_of(world) as anna,
        page_of(anna) as page,
    ):
        assert "at" in (await page.frame("beat")).data


async def test_who_is_logged_out_is_told_so(world: World) -> None:
    async with browser_of(world) as anna, page_of(anna) as page:
        assert (await anna.call("DELETE", "/api/v1/session")).status == 204
        assert (await page.frame("expired")).data == {}
        with pytest.raises(ConnectionResetError):
            await read_frame(page.response)


async def test_a_key_that_is_revoked_ends_its_stream(tmp_path: Path) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        await keep_agent(world.store, world.services.ids, "bot")
        token, secret = await world.secret(Role.INBOX)
        headers = {"Authorization": f"Bearer {secret}", "Seventy-Agent": "bot"}
        async with world.http.get(world.base + STREAM, headers=headers) as response:
            page = Page(response, await read_frame(response))
            await world.services.tokens.revoke(token.id, actor=BOX)
            assert (await page.frame("expired")).data == {}


async def test_a_key_alone_has_no_page(world: World) -> None:
    answer = await world.call("GET", STREAM)
    assert (answer.status, answer.json["code"]) == (403, "agent_needed")


async def test_others_see_who_looks_and_types(world: World) -> None:
    async with (
        browser_of(world) as anna,
        browser_of(world, "oleg") as oleg,
        page_of(anna) as page,
        page_of(oleg) as other,
    ):
        await hear(world)
        thread_id = await thread_of(world)
        said = {
            "connection": other.hello.data["connection"],
            "thread_id": thread_id,
            "typing": True,
            "focused": True,
        }
        assert (await oleg.call("POST", LOOKING, said)).status == 204
        while not (threads := (await page.frame("looking")).data["threads"]):
            pass
        [viewer] = threads[thread_id]
        assert (viewer["agent"]["name"], viewer["typing"]) == ("Oleg", True)
        foreign = await anna.call("POST", LOOKING, said)
        assert (foreign.status, foreign.json["code"]) == (404, "no_such_connection")
        # Who comes later is told what there is.
        async with page_of(anna) as late:
            assert thread_id in (await late.frame("looking")).data["threads"]


async def test_ones_own_draft_is_told_to_ones_own_tabs_only(world: World) -> None:
    await hear(world)
    thread_id = await thread_of(world)
    async with (
        browser_of(world) as anna,
        browser_of(world, "oleg") as oleg,
        page_of(anna) as page,
        page_of(oleg) as other,
    ):
        path = f"/api/v1/threads/{thread_id}/draft"
        answer = await anna.call("PUT", path, {"text": "Уже", "revision": 1})
        assert answer.json["kept"] is True
        told = (await page.frame("draft")).data
        assert (told["thread_id"], told["draft"]["text"]) == (thread_id, "Уже")
        await hear(world, "ещё")
        names = {(await other.frame()).name}
        while "entry" not in names:
            names.add((await other.frame()).name)
        assert "draft" not in names


async def test_the_agents_presence_follows_the_stream(world: World) -> None:
    async with browser_of(world) as anna, page_of(anna):
        assert (await agent_of(world, "anna")).presence is Presence.ONLINE


@pytest.mark.slow
async def test_twenty_pages_share_the_work_and_a_slow_one_is_dropped(
    tmp_path: Path,
) -> None:
    limits = HttpLimits(stream_write_timeout_s=0.5, inbox_streams=21)
    async with (
        open_world(tmp_path, config=HttpConfig(limits=limits)) as world,
        browser_of(world) as anna,
        AsyncExitStack() as stack,
    ):
        oleg = await stack.enter_async_context(browser_of(world, "oleg"))
        ivan = await stack.enter_async_context(browser_of(world, "ivan"))
        pages = [
            await stack.enter_async_context(page_of((anna, oleg)[number % 2]))
            for number in range(20)
        ]
        slow = await slow_reader(world, ivan)
        reading = [asyncio.create_task(page.texts(100)) for page in pages]
        slow_id = (await agent_of(world, "ivan")).id
        for batch in range(10):
            for _ in range(30):
                words: dict[str, object] = {"filler": "x" * 100_000}
                world.services.desk.lookers.tell(slow_id, "draft", words)
            await hear(world, *(f"{batch}-{number}" for number in range(10)))
        told = await asyncio.gather(*reading)
        assert all(one == told[0] for one in told)
        assert told[0] == [f"{number // 10}-{number % 10}" for number in range(100)]
        # The place of the one who does not read is free again once it was dropped.
        async with asyncio.timeout(10):
            while await status_of(anna) == 503:
                pass
        slow.close()


async def status_of(browser: Browser) -> int:
    async with browser.http.get(browser.world.base + STREAM) as response:
        return response.status


async def slow_reader(world: World, browser: Browser) -> asyncio.StreamWriter:
    """A page that never reads."""
    _, writer = await asyncio.open_connection("127.0.0.1", world.port, limit=1024)
    head = (
        f"GET {STREAM} HTTP/1.1\r\nHost: x\r\n"
        f"Cookie: seventy_session={browser.secret}\r\n\r\n"
    )
    writer.write(head.encode())
    await writer.drain()
    return writer
