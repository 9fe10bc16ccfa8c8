"""One signed POST, and what a listener may do to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier

from gateway.core.clock import SystemClock
from tests.web.receiver import answering, open_receiver
from web.connection import READ_LIMIT_OCTETS
from web.egress import Egress
from web.post import Answered, Poster, Unanswered

SECRETS = (b"s" * 32,)
BODY = '{"type":"message.received","data":{"text":"Щука 🐟"}}'.encode()


@asynccontextmanager
async def open_poster(*, timeout_s: float) -> AsyncIterator[Poster]:
    egress = Egress(("127.0.0.1",), own_port=None)
    made = Poster(egress, SystemClock(), timeout_s=timeout_s)
    try:
        yield made
    finally:
        await made.aclose()


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    """One with patience: a machine under load is no fault of a listener."""
    async with open_poster(timeout_s=30) as made:
        yield made


async def post(poster: Poster, url: str) -> Answered | Unanswered:
    return await poster.post(url, identity="whd_1", body=BODY, secrets=SECRETS)


async def test_the_reference_verifier_accepts_it(poster: Poster) -> None:
    async with open_receiver() as receiver:
        assert await post(poster, receiver.url) == Answered(status=204)
        [one] = receiver.received
        assert one.body == BODY
        assert one.headers["webhook-id"] == "whd_1"
        assert one.headers["Content-Type"] == "application/json"
        assert Verifier(SECRETS[0]).verify(one.body, one.headers)


async def test_a_redirect_is_an_answer_and_is_not_followed(poster: Poster) -> None:
    async with open_receiver() as elsewhere:
        behave = answering(302, Location=elsewhere.url)
        async with open_receiver(behave) as receiver:
            assert await post(poster, receiver.url) == Answered(status=302)
        assert elsewhere.received == []


async def test_a_listener_that_hangs_is_given_up_in_time() -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with open_receiver(hang) as receiver, open_poster(timeout_s=0.3) as poster:
        assert await post(poster, receiver.url) == Unanswered(
            reason="no answer within 0.3 s"
        )


async def test_a_trickled_body_does_not_undo_a_status(poster: Poster) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)

    async with open_receiver(trickle) as receiver:
        assert await post(poster, receiver.url) == Answered(status=200)


async def test_an_endless_body_is_not_read(poster: Poster) -> None:
    written = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * READ_LIMIT_OCTETS)
            written += READ_LIMIT_OCTETS

    async with open_receiver(flood) as receiver:
        assert await post(poster, receiver.url) == Answered(status=200)
        await asyncio.sleep(0.05)
    # What the kernel's buffers took, not what there was to send.
    assert written < 64 * 1_048_576


async def test_a_compressed_bomb_stays_compressed(poster: Poster) -> None:
    async def bomb(_request: web.Request) -> web.Response:
        return web.Response(
            body=b"\x1f\x8b" + b"\x00" * 100, headers={"Content-Encoding": "gzip"}
        )

    async with open_receiver(bomb) as receiver:
        assert await post(poster, receiver.url) == Answered(status=200)


async def test_a_reset_is_no_answer(poster: Poster) -> None:
    async def reset(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with open_receiver(reset) as receiver:
        assert isinstance(await post(poster, receiver.url), Unanswered)


async def test_retry_after_is_read(poster: Poster) -> None:
    async with open_receiver(answering(429, Retry_After="7")) as receiver:
        answer = await post(poster, receiver.url)
    assert answer == Answered(status=429, retry_after=timedelta(seconds=7))


async def test_a_connection_is_used_again(poster: Poster) -> None:
    peers = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(text="thanks")

    async with open_receiver(note) as receiver:
        for _ in range(3):
            await post(poster, receiver.url)
    assert len(peers) == 1


@pytest.mark.parametrize("proxy", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_no_proxy_of_the_environment_is_used(
    poster: Poster, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    async with open_receiver() as trap, open_receiver() as receiver:
        monkeypatch.setenv(proxy, trap.url)
        assert await post(poster, receiver.url) == Answered(status=204)
        assert trap.received == []


async def test_a_name_that_means_loopback_now_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS is not ours: the resolved address is what counts, at each connection."""
    egress = Egress(("hooks.example.org",), own_port=None)
    poster = Poster(egress, SystemClock())
    async with open_receiver() as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])

        def resolve(host: str, *_rest: object, **_more: object) -> list[object]:
            assert host == "hooks.example.org"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        answer = await post(poster, f"http://hooks.example.org:{port}/")
        assert isinstance(answer, Unanswered)
        assert "loopback" in answer.reason
        assert receiver.received == []
    await poster.aclose()


@pytest.mark.parametrize(
    "url",
    ["http://localhost:1/", "http://2130706433:1/", "http://10.0.0.1/", "nonsense"],
)
async def test_what_is_not_allowed_is_not_connected_to(
    poster: Poster, url: str
) -> None:
    assert isinstance(await post(poster, url), Unanswered)


async def test_sessions_are_bounded(poster: Poster) -> None:
    for port in range(1, 80):
        await post(poster, f"http://127.0.0.1:{port}/")
    assert poster.origins <= 64
