"""Threads over HTTP: views, a thread, its entries, and writing to somebody."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from gateway.core.account import Role
from tests.support.builders import CUSTOMER
from tests.web.inbox_world import InboxWorld, inbox_of
from tests.web.world import World
from web.conversation import ConversationShape
from web.thread import (
    EntryPageShape,
    StartedShape,
    ThreadPage,
    ThreadShape,
    TimelineEntry,
)

ROOT = "/api/v1/threads"


@pytest_asyncio.fixture
async def inbox(world: World) -> AsyncIterator[InboxWorld]:
    async with inbox_of(world) as made:
        yield made


def fields(shape: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(shape)}


async def thread_id(inbox: InboxWorld) -> str:
    return str((await inbox.rows("view=all"))[0]["id"])


async def test_a_list_is_as_it_is_described(inbox: InboxWorld) -> None:
    await inbox.hears("Где заказ?")
    answer = await inbox.anna.call("GET", ROOT + "?view=queue")
    page = msgspec.convert(answer.json, ThreadPage)
    assert page.seq == await inbox.world.last_event()
    assert (page.counts.queue, page.counts.open, page.counts.mine) == (1, 1, 0)
    [row] = page.items
    assert (row.unread, row.draft) == (1, False)
    assert row.contact.address == CUSTOMER
    assert row.last is not None
    assert (row.last.text, row.last.direction) == ("Где заказ?", "mo")
    [shown] = answer.json["items"]
    assert set(shown["conversation"]) == fields(ConversationShape)


async def test_views_are_paged_without_gaps_or_repeats(inbox: InboxWorld) -> None:
    senders = [f"+7916000{number:04}" for number in range(7)]
    for sender in senders:
        await inbox.hears("Алло", sender)
    for view, order in (("queue", 1), ("open", -1), ("all", -1)):
        found: list[str] = []
        query = f"view={view}&limit=3"
        cursor: str | None = ""
        while cursor is not None:
            where = f"{ROOT}?{query}" + (f"&cursor={cursor}" if cursor else "")
            answer = await inbox.anna.call("GET", where)
            found += [row["contact"]["address"] for row in answer.json["items"]]
            cursor = answer.json["next"]
        assert found == senders[::order], view


async def test_mine_is_the_callers_or_the_named_agents(inbox: InboxWorld) -> None:
    await inbox.hears()
    conversation = await inbox.first()
    await inbox.anna.call(
        "POST", f"/api/v1/conversations/{conversation['id']}/take", {}
    )
    assert len(await inbox.rows("view=mine")) == 1
    assert await inbox.rows("view=mine", inbox.oleg) == []
    anna = (await inbox.first())["assignee"]["id"]
    assert len(await inbox.rows(f"view=mine&agent={anna}", inbox.oleg)) == 1
    assert len(await inbox.rows(f"view=open&agent={anna}", inbox.oleg)) == 1
    assert await inbox.rows("view=queue") == []


async def test_a_list_may_be_of_a_tag(inbox: InboxWorld) -> None:
    await inbox.hears()
    conversation = await inbox.first()
    path = f"/api/v1/conversations/{conversation['id']}/tags"
    await inbox.anna.call("PUT", path, {"tags": ["карта"]})
    assert len(await inbox.rows("view=open&tag=карта")) == 1
    assert await inbox.rows("view=open&tag=кар") == []


async def test_a_key_for_nobody_sees_lists_but_has_no_own(inbox: InboxWorld) -> None:
    await inbox.hears()
    _, secret = await inbox.world.secret(Role.INBOX)
    answer = await inbox.world.call("GET", ROOT, secret=secret)
    [row] = answer.json["items"]
    assert (row["unread"], answer.json["counts"]["mine"]) == (0, 0)
    refused = await inbox.world.call("GET", ROOT + "?view=mine", secret=secret)
    assert (refused.status, refused.json["code"]) == (403, "agent_needed")
    shown = await inbox.world.call("GET", f"{ROOT}/{row['id']}", secret=secret)
    assert shown.json["reply"]["allowed"] is False


async def test_a_thread_shows_what_a_page_needs(inbox: InboxWorld) -> None:
    await inbox.hears()
    answer = await inbox.anna.call("GET", f"{ROOT}/{await thread_id(inbox)}")
    shown = msgspec.convert(answer.json, ThreadShape)
    assert set(answer.json) == fields(ThreadShape)
    assert (shown.earlier, shown.draft, shown.read) == ([], None, None)
    assert [(line.id, line.state) for line in shown.links] == [("sim1", "up")]
    assert shown.thread.conversation is not None
    missing = await inbox.anna.call("GET", f"{ROOT}/thr_nothing")
    assert (missing.status, missing.json["code"]) == (404, "thread_not_found")


async def test_earlier_conversations_are_shown_with_a_thread(
    inbox: InboxWorld,
) -> None:
    await inbox.hears()
    first = await inbox.first()
    path = f"/api/v1/conversations/{first['id']}"
    await inbox.anna.call("POST", f"{path}/spam", {})
    await inbox.anna.call(
        "POST", f"/api/v1/contacts/{await contact_id(inbox)}/unblock", {}
    )
    await inbox.hears("Я не спам")
    answer = await inbox.anna.call("GET", f"{ROOT}/{first['thread_id']}")
    assert [one["id"] for one in answer.json["earlier"]] == [first["id"]]
    assert answer.json["thread"]["conversation"]["number"] == 2


async def contact_id(inbox: InboxWorld) -> str:
    return str((await inbox.rows("view=all"))[0]["contact"]["id"])


async def test_entries_come_old_to_new_from_every_side(inbox: InboxWorld) -> None:
    for number in range(12):
        await inbox.hears(f"№ {number}")
    where = f"{ROOT}/{await thread_id(inbox)}/entries"
    whole = await inbox.anna.call("GET", where)
    page = msgspec.convert(whole.json, EntryPageShape)
    assert (page.before, page.after) == (None, None)
    ids = [one.id for one in page.items]
    assert len(ids) == 13
    for entry in whole.json["items"]:
        assert set(entry) <= fields(TimelineEntry), entry["kind"]

    async def cut(query: str) -> Any:
        answer = await inbox.anna.call("GET", f"{where}?limit=5&{query}")
        assert answer.status == 200, answer.text
        found = answer.json
        return [one["id"] for one in found["items"]], found["before"], found["after"]

    last, before, after = await cut("")
    assert (last, after) == (ids[-5:], None)
    middle, before, after = await cut(f"before={before}")
    assert middle == ids[-10:-5]
    first, before, _ = await cut(f"before={before}")
    assert (first, before) == (ids[:3], None)
    assert (await cut(f"after={after}"))[0] == ids[-5:]
    around, before, after = await cut(f"around={ids[6]}")
    assert around == ids[3:8]
    assert before is not None
    assert after is not None
    assert (await cut(f"before={ids[0]}")) == ([], None, None)
    for wrong in ("000", "IOU", "msg_", "_"):
        answer = await inbox.anna.call("GET", f"{where}?around={wrong}")
        assert (answer.status, answer.json["field"]) == (422, "around"), wrong


async def test_who_wrote_what_is_said(inbox: InboxWorld) -> None:
    await inbox.hears()
    await inbox.world.call(
        "POST", "/api/v1/messages", {"to": CUSTOMER, "text": "от системы"}
    )
    wanted = await thread_id(inbox)
    body = {"client_id": "c-1", "text": "от Анны", "seen_seq": 10**6}
    sent = await inbox.anna.call("POST", f"{ROOT}/{wanted}/replies", body)
    assert sent.status == 201, sent.text
    answer = await inbox.anna.call("GET", f"{ROOT}/{wanted}/entries")
    authors = {
        one["text"]: (one["author"]["kind"], (one["author"]["agent"] or {}).get("name"))
        for one in answer.json["items"]
        if one["kind"] == "message"
    }
    assert authors == {
        "Где заказ?": ("customer", None),
        "от системы": ("api", None),
        "от Анны": ("agent", "Anna"),
    }


async def test_writing_to_somebody_new_opens_a_conversation(
    inbox: InboxWorld,
) -> None:
    body = {"to": "8 916 765-43-21", "client_id": "c-1", "text": "Здравствуйте!"}
    answer = await inbox.anna.call("POST", ROOT, body)
    assert answer.status == 201, answer.text
    started = msgspec.convert(answer.json, StartedShape)
    assert started.thread.contact.address == "+79167654321"
    assert started.thread.own == "+79160000001"
    assert started.conversation is not None
    assert started.conversation.origin == "agent"
    assert started.conversation.state == "waiting"
    assert started.entry is not None
    again = await inbox.anna.call("POST", ROOT, body)
    assert again.json["entry"]["id"] == started.entry.id
    assert again.json["thread"]["id"] == started.thread.id
    assert len(await inbox.rows("view=all")) == 1


async def test_without_words_a_thread_is_found_and_a_conversation_begun(
    inbox: InboxWorld,
) -> None:
    body = {"to": CUSTOMER, "client_id": "c-1"}
    answer = await inbox.anna.call("POST", ROOT, body)
    assert answer.status == 201
    conversation = answer.json["conversation"]
    assert (conversation["state"], conversation["assignee"]["name"]) == (
        "active",
        "Anna",
    )
    assert (answer.json["entry"], conversation["unanswered_at"]) == (None, None)
    other = await inbox.oleg.call("POST", ROOT, body)
    assert other.json["conversation"] == conversation


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"to": "*100#"}, "invalid_number", "to"),
        ({"own": "+79990000000"}, "unknown_number", "own"),
        ({"text": "x" * 20_000}, "too_long", "text"),
    ],
)
async def test_what_cannot_be_started_begins_nothing(
    inbox: InboxWorld, fields: dict[str, str], code: str, field: str
) -> None:
    body = {"to": CUSTOMER, "client_id": "c-1", **fields}
    answer = await inbox.anna.call("POST", ROOT, body)
    assert (answer.status, answer.json["code"]) == (422, code), answer.text
    assert answer.json["field"] == field
    assert await inbox.rows("view=all") == []


async def test_who_is_blocked_is_not_written_to(inbox: InboxWorld) -> None:
    await inbox.hears()
    conversation = await inbox.first()
    await inbox.anna.call(
        "POST", f"/api/v1/conversations/{conversation['id']}/spam", {}
    )
    answer = await inbox.anna.call("POST", ROOT, {"to": CUSTOMER, "client_id": "c-1"})
    assert (answer.status, answer.json["code"]) == (403, "blocked")


async def test_script_and_direction_marks_are_text_like_any_other(
    inbox: InboxWorld,
) -> None:
    hostile = "<script>alert(1)</script> \u202egnp.exe\u202c \u0000"
    await inbox.hears(hostile.replace("\u0000", ""))
    [row] = await inbox.rows()
    assert row["last"]["text"] == hostile.replace(" \u0000", " ")
    assert "<script>" in row["conversation"]["reason"]
