"""Kannel from Debian as an application: it binds to us as if we were its carrier.

Spec: smpp.md 3.7, 7
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from aiohttp import web

from tests.peers.place import CODE, PASSWORD, SYSTEM_ID, WITHIN_S, Place, place
from tests.support.kannel import Kannel, kannel
from tests.support.site import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PHONE = "+79031110000"
# dlr-mask, whose 4 makes Kannel ask for intermediate receipts, and what it tells.
ALL_NEWS, DELIVERED, UNDER_WAY, TAKEN = 31, 1, 4, 8
TEXTS = {
    "+79031110001": "Hello @ {}[]~€ à",
    "+79031110002": "Привет, это короткий текст",
    "+79031110003": "Слово 😀 и дело",
    "+79031110004": "long words " * 30,
    "+79031110005": "Длинный 😀 " * 20,
}


@dataclass(slots=True)
class Heard:
    """What Kannel told over HTTP."""

    news: set[tuple[str, int]] = field(default_factory=set)  # whom we wrote to, what
    messages: list[tuple[str, str]] = field(default_factory=list)  # from, text

    async def hear(self, request: web.Request) -> web.Response:
        octets = parse_qs(request.rel_url.raw_query_string, encoding="latin-1")
        query = {name: values[0] for name, values in octets.items()}
        if request.path == "/news":
            self.news.add((query["of"], int(query["what"])))
        else:
            charset = query["charset"]
            text = query["text"].encode("latin-1").decode(charset)
            self.messages.append((query["from"], text))
        return web.Response()


@dataclass(slots=True)
class Client:
    """Whoever uses Kannel."""

    boxes: Kannel
    heard: Heard
    news_at: str
    place: Place

    async def send(self, to: str, **fields: str) -> None:
        query = {
            "username": "user",
            "password": "user",
            "from": CODE,
            "to": to,
            "dlr-mask": str(ALL_NEWS),
            "dlr-url": f"{self.news_at}/news?of={to[1:]}&what=%d",
            **fields,
        }
        url = f"http://127.0.0.1:{self.boxes.sending_port}/cgi-bin/sendsms?"
        # Octets of the fields are Latin-1 here, so that binary ones are possible.
        url += urlencode(query, encoding="latin-1")
        async with self.place.site.session.get(url) as answer:
            assert answer.status == 202, await answer.text()

    async def write(self, to: str, text: str) -> None:
        is_gsm = text.isascii() or "€" in text
        await self.send(
            to,
            text=text.encode().decode("latin-1"),
            charset="UTF-8",
            coding="0" if is_gsm else "2",
        )

    async def until(self, holds: Callable[[], bool]) -> None:
        async def is_so() -> bool:
            return holds()

        await until(is_so, within_s=WITHIN_S)

    async def until_bound(self) -> None:
        async def is_bound() -> bool:
            url = f"{self.boxes.admin}/status.txt?password=admin"
            async with self.place.site.session.get(url) as answer:
                return "(online" in await answer.text()

        await until(is_bound, within_s=WITHIN_S)


@asynccontextmanager
async def client(folder: Path, **limits: object) -> AsyncIterator[Client]:
    """Kannel, bound to us; every inbound message goes to a URL."""
    heard = Heard()
    app = web.Application()
    app.router.add_get("/{any}", heard.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    news_at = f"http://127.0.0.1:{runner.addresses[0][1]}"
    service = f"""
group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{news_at}/message?from=%p&text=%b&charset=%C"
"""
    try:
        async with (
            place(folder, **limits) as served,
            kannel(
                folder,
                port=served.port,
                system_id=SYSTEM_ID,
                password=PASSWORD,
                core="sms-resend-freq = 1",  # s, after a refusal for now
                smsc="reconnect-delay = 1",
                others=service,
            ) as boxes,
        ):
            made = Client(boxes, heard, news_at, served)
            await made.until_bound()
            yield made
    finally:
        await runner.cleanup()


async def test_the_phone_shows_what_kannel_was_given_and_it_hears_of_it(
    tmp_path: Path,
) -> None:
    async with client(tmp_path) as kannel_user:
        for to, text in TEXTS.items():
            await kannel_user.write(to, text)
        for to, text in TEXTS.items():
            [shown] = await kannel_user.place.on_phone(to)
            assert (shown["text"], shown["from"]) == (text, CODE)
        each = (TAKEN, UNDER_WAY, DELIVERED)
        news = {(to[1:], what) for to in TEXTS for what in each}
        await kannel_user.until(lambda: kannel_user.heard.news >= news)
        assert kannel_user.heard.news == news


async def test_octets_and_their_header_pass_unchanged(tmp_path: Path) -> None:
    async with client(tmp_path) as kannel_user:
        header, body = "\x06\x05\x04\x0b\x84\x23\xf0", "\x01\x02\xff\x00\x7f"
        await kannel_user.send(PHONE, coding="1", udh=header, text=body)
        [shown] = await kannel_user.place.on_phone(PHONE)
        assert shown["data"] == "0102FF007F"
        assert shown["ports"] == [2948, 9200]


async def test_what_a_phone_writes_comes_to_kannel(tmp_path: Path) -> None:
    async with client(tmp_path) as kannel_user:
        for text in TEXTS.values():
            await kannel_user.place.from_phone(PHONE, text)
        await kannel_user.until(lambda: len(kannel_user.heard.messages) == len(TEXTS))
        expected = sorted((PHONE, text) for text in TEXTS.values())
        assert sorted(kannel_user.heard.messages) == expected


async def test_too_fast_is_told_to_kannel_and_everything_arrives_once(
    tmp_path: Path,
) -> None:
    async with client(tmp_path, rate_per_s=5) as kannel_user:
        for number in range(10):
            await kannel_user.write(PHONE, f"Nr {number}")
        shown = await kannel_user.place.on_phone(PHONE, 10)
        assert len(shown) == 10
        texts = {f"Nr {number}" for number in range(10)}
        assert {one["text"] for one in shown} == texts


async def test_kannel_binds_again_and_gets_what_was_kept(tmp_path: Path) -> None:
    """Killed, not stopped: and a phone writes while nobody is bound."""
    async with client(tmp_path) as kannel_user:
        site = kannel_user.place.site
        await site.stop(with_signal=signal.SIGKILL)
        await kannel_user.write(PHONE, "before")
        await kannel_user.place.from_phone(PHONE, "Ответ")
        await asyncio.sleep(1)
        await site.start()
        await kannel_user.until(lambda: len(kannel_user.heard.messages) == 1)
        assert kannel_user.heard.messages == [(PHONE, "Ответ")]
        [shown] = await kannel_user.place.on_phone(PHONE)
        assert shown["text"] == "before"
        told = {(PHONE[1:], TAKEN), (PHONE[1:], DELIVERED)}
        await kannel_user.until(lambda: kannel_user.heard.news >= told)
