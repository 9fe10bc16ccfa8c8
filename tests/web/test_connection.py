"""One exchange on one connection, whatever the other side says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.web.peer import (
    NO_CONTENT,
    THANKS,
    Peer,
    Reply,
    open_peer,
    saying,
    saying_and_closing,
)
from web.connection import HEAD_LIMIT_OCTETS, Connection, Head, NoAnswer

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
)
OK = Head(status=200, retry_after=None)


@asynccontextmanager
async def connected(reply: Reply) -> AsyncIterator[tuple[Connection, Peer]]:
    async with open_peer(reply) as peer:
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(lambda _connection: None), "127.0.0.1", peer.port
        )
        try:
            yield connection, peer
        finally:
            connection.close()
            await asyncio.sleep(0)


async def exchange(connection: Connection) -> Head:
    async with asyncio.timeout(5):
        return await connection.exchange(REQUEST, until_s=0.0)


async def idle(connection: Connection) -> bool:
    """Is it, once the rest of the answer has come."""
    await asyncio.sleep(0.02)
    return connection.is_idle


async def refused(*octets: bytes) -> NoAnswer:
    async with connected(saying_and_closing(*octets)) as (connection, _):
        with pytest.raises(NoAnswer) as caught:
            await exchange(connection)
        assert not await idle(connection)
    return caught.value


@pytest.mark.parametrize("answer", [NO_CONTENT, THANKS, CHUNKED])
async def test_a_connection_serves_again_after_a_whole_answer(answer: bytes) -> None:
    async with connected(saying(answer)) as (connection, peer):
        for _ in range(3):
            assert (await exchange(connection)).status in (200, 204)
            assert await idle(connection)
        assert peer.requests == [REQUEST] * 3


async def test_an_answer_may_come_octet_by_octet() -> None:
    octets = [CHUNKED[index : index + 1] for index in range(len(CHUNKED))]
    async with connected(saying(*octets)) as (connection, _):
        assert await exchange(connection) == OK
        assert await idle(connection)


async def test_the_wish_to_wait_is_read_whatever_its_case() -> None:
    answer = b"HTTP/1.1 503 x\r\nrETRY-aFTER: 120\r\nContent-Length: 0\r\n\r\n"
    async with connected(saying(answer)) as (connection, _):
        assert await exchange(connection) == Head(status=503, retry_after="120")


async def test_interim_answers_are_passed_over() -> None:
    interim = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    )
    async with connected(saying(interim + THANKS)) as (connection, _):
        assert await exchange(connection) == OK
        assert await idle(connection)


async def test_interim_answers_without_end_are_no_answer() -> None:
    assert (await refused(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)).heard


@pytest.mark.parametrize(
    "octets",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"HTTP/1.1 2000 Many\r\n\r\n",
        b"HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_no_answer(octets: bytes) -> None:
    assert (await refused(octets)).heard


async def test_a_head_without_end_is_not_read() -> None:
    line = b"X-Filler: " + b"x" * 8000 + b"\r\n"
    flood = [line] * (3 * HEAD_LIMIT_OCTETS // len(line))
    error = await refused(b"HTTP/1.1 200 OK\r\n", *flood)
    assert error.heard
    assert "too long" in str(error)


async def test_a_close_without_an_answer_is_told_apart_from_half_of_one() -> None:
    assert not (await refused()).heard
    assert (await refused(b"HTTP/1.1 20")).heard


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        THANKS + THANKS,
        THANKS + b"garbage",
    ],
)
async def test_a_connection_that_cannot_serve_again_is_closed(answer: bytes) -> None:
    async with connected(saying_and_closing(answer)) as (connection, _):
        assert await exchange(connection) == OK
        assert not await idle(connection)


async def test_what_nobody_asked_for_ends_the_connection() -> None:
    """Else it would be taken for the answer to the next request."""
    async with connected(saying(THANKS)) as (connection, peer):
        await exchange(connection)
        assert await idle(connection)
        peer.writers[0].write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert not await idle(connection)


async def test_giving_up_ends_the_wait() -> None:
    async with connected(saying()) as (connection, _):
        waiting = asyncio.ensure_future(exchange(connection))
        await asyncio.sleep(0.01)
        connection.give_up()
        with pytest.raises(TimeoutError):
            await waiting
        assert not connection.is_idle


async def test_a_cancelled_exchange_leaves_no_answer_behind() -> None:
    async with connected(saying()) as (connection, _):
        waiting = asyncio.ensure_future(exchange(connection))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not connection.is_idle
