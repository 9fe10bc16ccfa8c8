"""Conversations over HTTP: every verb, what is refused, lists and records."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from tests.support.builders import CUSTOMER
from tests.web.inbox_world import InboxWorld, Worker, inbox_of
from tests.web.world import Answer, World
from web.conversation import ConversationPage, ConversationShape, Decided
from web.thread import TranscriptShape

ROOT = "/api/v1/conversations"
FAR = "2126-01-01T00:00:00Z"


@pytest_asyncio.fixture
async def inbox(world: World) -> AsyncIterator[InboxWorld]:
    """With a customer who waits."""
    async with inbox_of(world) as made:
        await made.hears()
        yield made


async def say(
    inbox: InboxWorld, verb: str, who: Worker | None = None, **body: Any
) -> Answer:
    """A verb about the only conversation."""
    wanted = (await inbox.rows("view=all"))[0]["conversation"]["id"]
    path = f"{ROOT}/{wanted}/{verb}"
    return await (who or inbox.anna).call("POST", path, body)


async def test_every_verb_answers_with_the_conversation(inbox: InboxWorld) -> None:
    oleg = inbox.oleg.agent.id
    assignee = None
    verbs: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("take", {}, "active"),
        ("hold", {}, "hold"),
        ("resume", {}, "active"),
        ("hold", {"until": FAR}, "hold"),
        ("snooze", {"until": FAR, "mode": "time_only"}, "snoozed"),
        ("resume", {}, "active"),
        ("release", {}, "queued"),
        ("take", {}, "active"),
        ("pass", {"note": "кто может?"}, "queued"),
        ("resolve", {"result": "решено", "summary": "всё"}, "resolved"),
        ("reopen", {}, "active"),
        ("spam", {}, "spam"),
        ("restore", {}, "queued"),
        ("take", {}, "active"),
        ("pass", {"to": oleg, "note": "знает"}, "active"),
    )
    for verb, body, state in verbs:
        answer = await say(inbox, verb, **body)
        assert answer.status == 200, (verb, answer.text)
        told = msgspec.convert(answer.json, Decided).conversation
        assert told.state == state, verb
        assert set(answer.json["conversation"]) == {
            field.encode_name for field in msgspec.structs.fields(ConversationShape)
        }
        assignee = told.assignee
    assert assignee is not None
    assert assignee.name == "Oleg"


async def test_the_second_to_take_it_is_told_whose_it_is(inbox: InboxWorld) -> None:
    assert (await say(inbox, "take")).status == 200
    answer = await say(inbox, "take", inbox.oleg)
    assert (answer.status, answer.json["code"]) == (409, "not_yours")
    assert answer.json["assignee"]["name"] == "Anna"
    over = await say(inbox, "take", inbox.oleg, over=True)
    assert over.json["conversation"]["assignee"]["name"] == "Oleg"


async def test_a_stale_revision_is_refused_by_every_verb(inbox: InboxWorld) -> None:
    await say(inbox, "take")
    verbs: tuple[tuple[str, dict[str, Any]], ...] = (
        ("take", {"over": True}),
        ("release", {}),
        ("pass", {"note": "x"}),
        ("hold", {}),
        ("snooze", {"until": FAR}),
        ("resume", {}),
        ("resolve", {}),
        ("resolve", {"text": "всего доброго"}),
        ("reopen", {}),
        ("spam", {}),
        ("restore", {}),
    )
    for verb, body in verbs:
        answer = await say(inbox, verb, revision=1, **body)
        assert (answer.status, answer.json["code"]) == (409, "conflict"), verb
        assert answer.json["revision"] == 2
    assert (await inbox.first())["revision"] == 2


@pytest.mark.parametrize(
    ("verb", "body", "code", "field"),
    [
        ("pass", {}, "note_required", "note"),
        ("pass", {"note": " "}, "note_required", "note"),
        ("pass", {"to": "agt_x", "note": "x"}, "unknown_agent", "to"),
        ("hold", {"until": "2020-01-01T00:00:00Z"}, "in_the_past", "until"),
        ("snooze", {"until": "2020-01-01T00:00:00Z"}, "in_the_past", "until"),
        ("snooze", {}, "required", "until"),
        ("resolve", {"result": ""}, None, "result"),
    ],
)
async def test_what_a_verb_cannot_take_names_its_field(
    inbox: InboxWorld, verb: str, body: dict[str, Any], code: str | None, field: str
) -> None:
    await say(inbox, "take")
    answer = await say(inbox, verb, **body)
    assert (answer.status, answer.json["field"]) == (422, field), answer.text
    assert code in (None, answer.json["code"])


async def test_only_who_supervises_assigns(inbox: InboxWorld) -> None:
    oleg = inbox.oleg.agent.id
    refused = await say(inbox, "assign", agent=oleg)
    assert (refused.status, refused.json["code"]) == (403, "scope_missing")
    answer = await say(inbox, "assign", inbox.vera, agent=oleg)
    assert answer.json["conversation"]["assignee"]["name"] == "Oleg"


async def test_a_key_without_an_agent_decides_nothing(inbox: InboxWorld) -> None:
    wanted = (await inbox.first())["id"]
    for verb in ("take", "release", "resolve", "spam"):
        answer = await inbox.world.call("POST", f"{ROOT}/{wanted}/{verb}", {})
        assert (answer.status, answer.json["code"]) == (403, "agent_needed"), verb


async def test_an_unknown_conversation_is_not_found(inbox: InboxWorld) -> None:
    body: dict[str, Any] | None
    for method, path in (
        ("GET", f"{ROOT}/cnv_x"),
        ("GET", f"{ROOT}/cnv_x/transcript"),
        ("POST", f"{ROOT}/cnv_x/take"),
    ):
        body = {} if method == "POST" else None
        answer = await inbox.anna.call(method, path, body)
        assert answer.json["code"] == "conversation_not_found", path
        assert answer.status == 404


async def test_a_closing_text_is_said_first(inbox: InboxWorld) -> None:
    answer = await say(inbox, "resolve", result="решено", text="Всего доброго!")
    assert answer.status == 200, answer.text
    told = answer.json["conversation"]
    assert (told["state"], told["result"]) == ("resolved", "решено")
    assert told["last_out_at"] is not None
    [row] = await inbox.rows("view=resolved")
    assert row["last"]["text"] == "Всего доброго!"


async def test_what_cannot_be_said_is_not_resolved(inbox: InboxWorld) -> None:
    answer = await say(inbox, "resolve", text="Привет, {name}")
    assert answer.status == 422, answer.text
    assert (await inbox.first())["state"] == "queued"


async def test_tags_replace_one_another(inbox: InboxWorld) -> None:
    path = f"{ROOT}/{(await inbox.first())['id']}/tags"
    answer = await inbox.anna.call("PUT", path, {"tags": ["карта", "vip"]})
    assert answer.json["conversation"]["tags"] == ["карта", "vip"]
    answer = await inbox.anna.call("PUT", path, {"tags": []})
    assert answer.json["conversation"]["tags"] == []
    wrong = await inbox.anna.call("PUT", path, {"tags": ["x\u0000"]})
    assert (wrong.status, wrong.json["field"]) == (422, "tags[0]")


async def test_a_list_is_cut_and_filtered(inbox: InboxWorld) -> None:
    for number in range(5):
        await inbox.hears("x", f"+7916000000{number}")
    whole = await inbox.anna.call("GET", ROOT)
    page = msgspec.convert(whole.json, ConversationPage)
    ids = [one.id for one in page.items]
    assert len(ids) == 6
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = await inbox.anna.call("GET", f"{ROOT}?limit=2{more}")
        found += [one["id"] for one in answer.json["items"]]
        cursor = answer.json["next"]
    assert found == ids
    one = page.items[-1]
    contact = (await inbox.rows("view=all"))[-1]["contact"]["id"]
    for query, wanted in (
        ("state=queued", ids),
        ("state=spam", []),
        (f"thread={one.thread_id}", [one.id]),
        (f"contact={contact}", [one.id]),
        (f"assignee={inbox.anna.agent.id}", []),
        (f"from={FAR}", []),
        (f"to={FAR}", ids),
        ("thread=thr_x", []),
    ):
        answer = await inbox.anna.call("GET", f"{ROOT}?{query}")
        assert [one["id"] for one in answer.json["items"]] == wanted, query
    wrong = await inbox.anna.call("GET", f"{ROOT}?cursor=x")
    assert (wrong.status, wrong.json["field"]) == (422, "cursor")


async def test_a_transcript_is_of_one_conversation(inbox: InboxWorld) -> None:
    first = await inbox.first()
    await say(inbox, "resolve", text="Уже в пути")
    thread = first["thread_id"]
    note = {"client_id": "n-1", "text": "злой"}
    await inbox.anna.call("POST", f"/api/v1/threads/{thread}/notes", note)
    await say(inbox, "spam")
    contact = (await inbox.rows("view=all"))[0]["contact"]["id"]
    await inbox.anna.call("POST", f"/api/v1/contacts/{contact}/unblock", {})
    await inbox.hears("Второй вопрос")
    path = f"{ROOT}/{first['id']}/transcript"
    answer = await inbox.anna.call("GET", path)
    whole = msgspec.convert(answer.json, TranscriptShape)
    texts = [one.text for one in whole.items if one.kind == "message"]
    assert texts == ["Где заказ?", "Уже в пути"]
    assert whole.conversation.id == first["id"]
    assert "note" not in {one.kind for one in whole.items}
    noted = await inbox.anna.call("GET", path + "?notes=true")
    assert "злой" in noted.text
    second = await inbox.anna.call(
        "GET", f"{ROOT}/{(await inbox.first())['id']}/transcript"
    )
    assert [one["text"] for one in second.json["items"]] == ["", "Второй вопрос"]


async def test_a_transcript_as_text_is_for_people(inbox: InboxWorld) -> None:
    await say(inbox, "resolve", text="Уже в пути")
    path = f"{ROOT}/{(await inbox.rows('view=all'))[0]['conversation']['id']}"
    answer = await inbox.anna.call(
        "GET", f"{path}/transcript", headers={"Accept": "text/plain"}
    )
    assert answer.headers["Content-Type"].startswith("text/plain")
    opened, asked, *others = answer.text.splitlines()
    assert opened.endswith("[opened]")
    assert asked.endswith(f"{CUSTOMER}: Где заказ?")
    assert any(line.endswith("Anna: Уже в пути") for line in others)


async def test_a_verb_that_needs_nothing_said_needs_no_body(inbox: InboxWorld) -> None:
    path = f"{ROOT}/{(await inbox.first())['id']}"
    for verb, state in (("take", "active"), ("release", "queued")):
        answer = await inbox.anna.call("POST", f"{path}/{verb}")
        assert answer.json["conversation"]["state"] == state
