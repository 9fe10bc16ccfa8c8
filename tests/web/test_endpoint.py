"""How a request is read, whatever it asks."""

import asyncio
import io

from gateway.core.account import Role
from tests.web.world import World


async def test_a_body_that_is_no_json_object_is_a_bad_request(world: World) -> None:
    for data in (b"{", b"[]", b"\xff\xfe", b'"x"', b"null", b"[" * 100_000, b"NaN"):
        answer = await world.call("POST", "/api/v1/messages", data=data)
        assert answer.status == 400, data[:10]
        assert answer.json["code"] in ("malformed_json", "not_an_object")


async def test_too_big_a_body_is_refused(world: World) -> None:
    answer = await world.call(
        "POST", "/api/v1/messages", data=io.BytesIO(b" " * 2_000_000)
    )
    assert answer.status == 413
    assert answer.json["code"] == "request_entity_too_large"


async def test_a_compressed_body_is_refused(world: World) -> None:
    answer = await world.call(
        "POST",
        "/api/v1/messages",
        data=b"x",
        headers={"Content-Encoding": "deflate"},
    )
    assert answer.status == 415


async def test_who_hangs_up_does_not_leave_a_message_that_no_lane_was_told_of(
    world: World,
) -> None:
    bell = world.board.bell(world.link.id)
    started = bell.rings
    body = b'{"to": "+79161234567", "text": "x"}'
    head = (
        "POST /api/v1/messages HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {world.secrets[Role.ADMIN]}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    for turn in range(40):
        _, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(head + body)
        await asyncio.sleep(turn / 10_000)
        writer.transport.abort()
    last = await world.call("POST", "/api/v1/messages", {"to": "900", "text": "x"})
    assert last.status == 202
    async with asyncio.timeout(10):
        while await world.last_event() != bell.rings - started:
            pass


async def test_a_parameter_given_twice_is_named(world: World) -> None:
    answer = await world.call("GET", "/api/v1/messages?limit=1&limit=2")
    assert (answer.status, answer.json["field"]) == (422, "limit")
    assert answer.json["code"] == "repeated"


async def test_a_body_is_read_as_json_whatever_it_is_called(world: World) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await world.call(
            "POST",
            "/api/v1/messages/preview",
            data=b'{"text": "x"}',
            headers={"Content-Type": kind},
        )
        assert answer.status == 200


async def test_a_call_without_a_body_takes_none_or_an_empty_one(world: World) -> None:
    for data in (b"", b"{}", b"  "):
        answer = await world.call("POST", "/api/v1/links/sim1/restart", data=data)
        assert answer.status == 202


async def test_a_method_that_is_not_there_names_those_that_are(world: World) -> None:
    answer = await world.call("PUT", "/api/v1/messages")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert answer.json["code"] == "method_not_allowed"
