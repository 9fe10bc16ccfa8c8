"""Connections lent and taken back, over real sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from tests.web.peer import (
    NO_CONTENT,
    THANKS,
    Peer,
    open_peer,
    saying,
    saying_and_closing,
)
from web.connection import NoAnswer
from web.egress import Egress
from web.pool import Pool

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    made = Pool(Egress(("127.0.0.1",), own_port=None), 0.4)
    yield made
    made.close()
    await asyncio.sleep(0)


def at(peer: Peer) -> URL:
    return URL(f"http://127.0.0.1:{peer.port}")


async def test_one_after_the_other_needs_one_connection(pool: Pool) -> None:
    async with open_peer(saying(THANKS)) as peer:
        for _ in range(5):
            await pool.exchange(at(peer), REQUEST)
        assert peer.connections == 1
        assert pool.origins == 1


async def test_those_at_once_have_a_connection_each_and_leave_them(pool: Pool) -> None:
    async with open_peer(saying(NO_CONTENT)) as peer:
        for _ in range(3):
            await asyncio.gather(*(pool.exchange(at(peer), REQUEST) for _ in range(10)))
        assert peer.connections == 10


async def test_a_connection_that_was_closed_while_it_waited_is_replaced(
    pool: Pool,
) -> None:
    async with open_peer(saying(NO_CONTENT)) as peer:
        await pool.exchange(at(peer), REQUEST)
        peer.writers[0].close()
        await asyncio.sleep(0.02)
        await pool.exchange(at(peer), REQUEST)
        assert peer.connections == 2


async def test_a_request_goes_out_again_when_an_old_connection_says_nothing(
    pool: Pool,
) -> None:
    async def once(peer: Peer, writer: asyncio.StreamWriter) -> None:
        if len(peer.requests) == 2:
            writer.close()
        else:
            writer.write(NO_CONTENT)

    async with open_peer(once) as peer:
        await pool.exchange(at(peer), REQUEST)
        assert (await pool.exchange(at(peer), REQUEST)).status == 204
        assert (peer.connections, len(peer.requests)) == (2, 3)


async def test_a_new_connection_that_says_nothing_is_an_answer_of_its_own(
    pool: Pool,
) -> None:
    async with open_peer(saying_and_closing()) as peer:
        with pytest.raises(NoAnswer):
            await pool.exchange(at(peer), REQUEST)
        assert len(peer.requests) == 1


async def test_half_an_answer_is_not_asked_for_again(pool: Pool) -> None:
    async def half(peer: Peer, writer: asyncio.StreamWriter) -> None:
        if len(peer.requests) == 1:
            writer.write(NO_CONTENT)
        else:
            writer.write(b"HTTP/1.1 2")
            writer.close()

    async with open_peer(half) as peer:
        await pool.exchange(at(peer), REQUEST)
        with pytest.raises(NoAnswer):
            await pool.exchange(at(peer), REQUEST)
        assert len(peer.requests) == 2


async def test_a_slow_answer_ends_in_time_and_its_connection_with_it(
    pool: Pool,
) -> None:
    async with open_peer(saying(b"HTTP/1.1 200 OK\r\n")) as peer:
        started = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await pool.exchange(at(peer), REQUEST)
        assert asyncio.get_running_loop().time() - started < 2
        assert pool.origins == 0


async def test_a_body_that_does_not_end_holds_no_connection_for_ever(
    pool: Pool,
) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n."
    async with open_peer(saying(endless)) as peer:
        assert (await pool.exchange(at(peer), REQUEST)).status == 200
        async with asyncio.timeout(5):
            await peer.ended.wait()


async def test_a_cancelled_exchange_gives_its_connection_to_nobody(pool: Pool) -> None:
    async with open_peer(saying()) as peer:
        waiting = asyncio.ensure_future(pool.exchange(at(peer), REQUEST))
        await peer.asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        peer.reply = saying(NO_CONTENT)
        await pool.exchange(at(peer), REQUEST)
        assert peer.connections == 2
