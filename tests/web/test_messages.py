"""`/messages` over HTTP."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.core.account import Role
from tests.web.world import Answer, World
from web.shape import AcceptedAll, MessagePage, MessageShape, Preview

TO = "+79161234567"
CYRILLIC_WITH_EMOJI = "Щ" * 70 + "😀"


async def send(world: World, **fields: Any) -> Answer:
    return await world.call(
        "POST", "/api/v1/messages", {"to": TO, "text": "hello", **fields}
    )


async def test_a_message_is_accepted_with_its_price(world: World) -> None:
    answer = await send(world, text=CYRILLIC_WITH_EMOJI)
    assert answer.status == 202
    assert answer.json["state"] == "queued"
    assert answer.json["alphabet"] == "ucs2"
    assert answer.json["segments"] == 2
    shown = await world.call("GET", f"/api/v1/messages/{answer.json['id']}")
    assert shown.json["to"] == TO
    assert shown.json["text"] == CYRILLIC_WITH_EMOJI
    assert [one["number"] for one in shown.json["segment_list"]] == [1, 2]
    assert shown.json["attempts"] == []


async def test_every_optional_field_is_kept(world: World) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    answer = await send(
        world,
        link="sim1",
        sender="+79160000001",
        reference="order 17",
        **{"class": "otp"},
        validity_s=600,
        send_at=later.isoformat(),
        priority=2,
        queue="sales",
        report_url="http://hooks.example.org/r",
        flash=True,
        on_unknown="fail",
        status_report=False,
    )
    assert answer.status == 202, answer.text
    assert answer.json["state"] == "scheduled"
    assert answer.json["link"] == "sim1"
    shown = (await world.call("GET", f"/api/v1/messages/{answer.json['id']}")).json
    kept = {"reference", "class", "priority", "queue", "flash", "own", "link"}
    assert {key: shown[key] for key in kept} == {
        "reference": "order 17",
        "class": "otp",
        "priority": 2,
        "queue": "sales",
        "flash": True,
        "own": "+79160000001",
        "link": "sim1",
    }
    assert datetime.fromisoformat(shown["send_at"]) - later < timedelta(seconds=1)


async def test_a_sender_that_no_link_can_show_is_refused(world: World) -> None:
    for where in ({}, {"link": "sim1"}):
        answer = await send(world, sender="SHOP", **where)
        assert (answer.status, answer.json["code"]) == (422, "sender_not_possible")
        assert answer.json["field"] == "sender"


async def test_eight_bit_content_goes_to_a_port(world: World) -> None:
    octets = base64.b64encode(bytes(range(100))).decode()
    answer = await world.call(
        "POST", "/api/v1/messages", {"to": TO, "octets": octets, "destination_port": 80}
    )
    assert answer.status == 202
    assert answer.json["alphabet"] == "8bit"
    shown = await world.call("GET", f"/api/v1/messages/{answer.json['id']}")
    assert shown.json["octets"] == octets
    assert shown.json["destination_port"] == 80


async def test_a_list_is_accepted_whole_or_not_at_all(world: World) -> None:
    both = await send(world, to=[TO, "+79160000009"])
    assert both.status == 202
    assert [one["to"] for one in both.json["messages"]] == [TO, "+79160000009"]
    msgspec.convert(both.json, AcceptedAll)
    refused = await send(world, to=["+79160000010", "*21*123#"])
    assert refused.status == 422
    assert refused.json["field"] == "to[1]"
    listed = await world.call("GET", "/api/v1/messages?peer=+79160000010")
    assert listed.json["items"] == []


async def test_a_list_of_one_is_answered_as_a_list(world: World) -> None:
    answer = await send(world, to=[TO])
    assert len(answer.json["messages"]) == 1


async def test_the_same_key_and_body_give_the_first_answer_again(world: World) -> None:
    headers = {"Idempotency-Key": "k-1"}
    body = {"to": TO, "text": "once"}
    first = await world.call("POST", "/api/v1/messages", body, headers=headers)
    again = await world.call(
        "POST",
        "/api/v1/messages",
        data=b'{ "text":"once",  "to":"+79161234567" }',
        headers=headers,
    )
    assert (again.status, again.text) == (first.status, first.text)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    listed = await world.call("GET", "/api/v1/messages")
    assert len(listed.json["items"]) == 1


async def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    headers = {"Idempotency-Key": "k-1"}
    body = {"to": TO, "text": "once"}
    await world.call("POST", "/api/v1/messages", body, headers=headers)
    other = await world.call(
        "POST", "/api/v1/messages", {**body, "text": "twice"}, headers=headers
    )
    assert other.status == 422
    assert other.json["code"] == "idempotency_key_reused"


async def test_a_key_belongs_to_its_token(world: World) -> None:
    headers = {"Idempotency-Key": "k-1"}
    body = {"to": TO, "text": "once"}
    _, other = await world.secret(Role.ADMIN)
    first = await world.call("POST", "/api/v1/messages", body, headers=headers)
    second = await world.call(
        "POST", "/api/v1/messages", body, headers=headers, secret=other
    )
    assert first.json["id"] != second.json["id"]


async def test_requests_with_one_key_at_once_make_one_message(world: World) -> None:
    answers = await asyncio.gather(
        *(
            world.call(
                "POST",
                "/api/v1/messages",
                {"to": TO, "text": "once"},
                headers={"Idempotency-Key": "k-1"},
            )
            for _ in range(20)
        )
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1


@pytest.mark.slow
async def test_two_hundred_at_once_are_all_answered_and_one_bad_one_alone_is_refused(
    world: World,
) -> None:
    texts = ["hello"] * 199 + ["\u0007"]
    answers = await asyncio.gather(*(send(world, text=text) for text in texts))
    assert sorted(answer.status for answer in answers) == [202] * 199 + [422]


async def test_media_is_refused_in_words(world: World) -> None:
    answer = await send(world, media=["https://hooks.example.org/cat.jpg"])
    assert answer.status == 422
    assert (answer.json["code"], answer.json["field"]) == ("media_unsupported", "media")


async def test_a_report_goes_only_to_an_allowed_host(world: World) -> None:
    answer = await send(world, report_url="http://evil.example.net/x")
    assert answer.status == 422
    assert answer.json["code"] == "host_not_allowed"
    assert answer.json["field"] == "report_url"


async def test_a_queued_message_is_cancelled_once(world: World) -> None:
    message_id = (await send(world)).json["id"]
    cancelled = await world.call("DELETE", f"/api/v1/messages/{message_id}")
    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    late = await world.call("DELETE", f"/api/v1/messages/{message_id}")
    assert (late.status, late.json["code"]) == (409, "too_late")


async def test_a_message_that_did_not_fail_is_not_retried(world: World) -> None:
    message_id = (await send(world)).json["id"]
    answer = await world.call("POST", f"/api/v1/messages/{message_id}/retry")
    assert answer.status == 409


async def test_an_unknown_message_is_not_found(world: World) -> None:
    for method, path in (
        ("GET", "/api/v1/messages/msg_none"),
        ("DELETE", "/api/v1/messages/msg_none"),
        ("POST", "/api/v1/messages/msg_none/retry"),
    ):
        answer = await world.call(method, path)
        assert answer.status == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_pages_follow_one_another_without_gap_or_repeat(world: World) -> None:
    sent = [(await send(world, text=f"m{n}")).json["id"] for n in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = await world.call("GET", f"/api/v1/messages?limit=2{cursor}")
        msgspec.convert(page.json, MessagePage)
        seen += [item["id"] for item in page.json["items"]]
        if page.json["next"] is None:
            break
        cursor = f"&cursor={page.json['next']}"
    assert seen == sent[::-1]


async def test_a_listing_is_filtered(world: World) -> None:
    await send(world, reference="a")
    wanted = (await send(world, to="+79160000009", reference="b")).json["id"]
    for query in ("reference=b", "peer=%2B79160000009", "peer=89160000009"):
        page = await world.call("GET", f"/api/v1/messages?state=queued&{query}")
        assert [item["id"] for item in page.json["items"]] == [wanted], query


async def test_a_preview_names_what_makes_a_text_dear(world: World) -> None:
    answer = await world.call(
        "POST", "/api/v1/messages/preview", {"text": "price: 5 ₽ or 1 €"}
    )
    preview = msgspec.convert(answer.json, Preview)
    assert (preview.alphabet, preview.segments) == ("ucs2", 1)
    assert preview.forcing == ["₽"]
    assert (await world.call("GET", "/api/v1/messages")).json["items"] == []


async def test_the_shown_message_is_the_described_one(world: World) -> None:
    message_id = (await send(world)).json["id"]
    shown = (await world.call("GET", f"/api/v1/messages/{message_id}")).json
    described = {field.encode_name for field in msgspec.structs.fields(MessageShape)}
    assert set(shown) <= described
    msgspec.convert(shown, MessageShape)
