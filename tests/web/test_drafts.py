"""Notes, drafts and marks over HTTP: each agent's own, in any order of arrival."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.web.browser import Browser, browser_of
from tests.web.hearing import hear, thread_of
from tests.web.world import World


@dataclass(slots=True)
class Desk:
    """Two agents before one thread."""

    world: World
    anna: Browser
    oleg: Browser
    path: str


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with browser_of(world) as anna, browser_of(world, "oleg") as oleg:
        await hear(world, "раз", "два")
        yield Desk(world, anna, oleg, f"/api/v1/threads/{await thread_of(world)}")


async def test_a_late_save_does_not_bring_back_what_was_sent(desk: Desk) -> None:
    path = f"{desk.path}/draft"

    async def save(text: str, revision: int) -> dict[str, object]:
        body = {"text": text, "revision": revision}
        answer = await desk.anna.call("PUT", path, body)
        assert answer.status == 200
        shown: dict[str, object] = answer.json
        return shown

    assert (await save("Уже ед", 1))["kept"]
    body = {
        "client_id": "c1",
        "text": "Уже едет",
        "seen_seq": await desk.world.last_event(),
        "draft_revision": 3,
    }
    sent = await desk.anna.call("POST", f"{desk.path}/replies", body)
    assert (sent.status, sent.json["draft_revision"]) == (201, 3)
    late = await save("Уже едет", 2)
    assert (late["kept"], late["text"], late["revision"]) == (False, "", 3)
    assert (await save("Ещё", 4))["kept"]


async def test_saves_at_once_leave_the_latest(desk: Desk) -> None:
    await asyncio.gather(
        *(
            desk.anna.call(
                "PUT", f"{desk.path}/draft", {"text": f"{number}", "revision": number}
            )
            for number in (3, 1, 5, 2, 4)
        )
    )
    stale = {"text": "x", "revision": 0}
    kept = await desk.anna.call("PUT", f"{desk.path}/draft", stale)
    assert kept.json["text"] == "5"
    other = await desk.oleg.call("PUT", f"{desk.path}/draft", stale)
    assert other.json["kept"] is True


async def test_a_draft_is_thrown_away(desk: Desk) -> None:
    path = f"{desk.path}/draft"
    await desk.anna.call("PUT", path, {"text": "a", "revision": 1})
    for _ in range(2):
        assert (await desk.anna.call("DELETE", f"{path}?revision=7")).status == 204
    late = await desk.anna.call("PUT", path, {"text": "a", "revision": 7})
    assert late.json["kept"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"text": "a"},
        {"text": "a\x00", "revision": 1},
        {"text": "a" * 20_001, "revision": 1},
        {"text": "a", "revision": -1},
        {"text": "a", "revision": 2**60},
    ],
)
async def test_a_draft_that_cannot_be_is_refused(
    desk: Desk, body: dict[str, object]
) -> None:
    assert (await desk.anna.call("PUT", f"{desk.path}/draft", body)).status == 422


async def test_reading_moves_ones_own_mark_only(desk: Desk) -> None:
    page = await desk.anna.call("GET", f"{desk.path}/entries")
    first, second = (
        entry["id"] for entry in page.json["items"] if entry["kind"] == "message"
    )
    read = await desk.anna.call("PUT", f"{desk.path}/read", {"entry": second})
    assert (read.status, read.json["unread"]) == (200, 0)
    back = await desk.anna.call("DELETE", f"{desk.path}/read?from={first}")
    assert back.json["unread"] == 2
    other = await desk.oleg.call("PUT", f"{desk.path}/read", {"entry": first})
    assert other.json["unread"] == 1
    for wrong in ("x", "msg_" + "u" * 26, "msg_" + "0" * 26):
        refused = await desk.anna.call("PUT", f"{desk.path}/read", {"entry": wrong})
        assert refused.status == 422


async def test_a_note_is_added_once_and_seen_by_all(desk: Desk) -> None:
    body = {"client_id": "n1", "text": "<b>VIP</b>", "mentions": []}
    answers = await asyncio.gather(
        *(desk.anna.call("POST", f"{desk.path}/notes", body) for _ in range(5))
    )
    assert sorted(answer.status for answer in answers) == [200] * 4 + [201]
    page = await desk.oleg.call("GET", f"{desk.path}/entries")
    notes = [entry for entry in page.json["items"] if entry["kind"] == "note"]
    assert [note["text"] for note in notes] == ["<b>VIP</b>"]
    assert notes[0]["author"]["name"] == "Anna"
    empty = await desk.anna.call(
        "POST", f"{desk.path}/notes", {"client_id": "n2", "text": " "}
    )
    assert (empty.status, empty.json["code"]) == (422, "empty")
