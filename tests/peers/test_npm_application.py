"""npm `smpp` as an application that binds to us.

Spec: smpp.md 3.7, 7
"""

import asyncio
import json
import re
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.place import CODE, PASSWORD, SYSTEM_ID, WITHIN_S, Place, place
from tests.support.npm import with_smpp

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PHONE = "+79031112233"
THROTTLED = 0x58
INVALID_PASSWORD = 0x0E
RECEIPT, DELIVERED = 0x04, 2
RECEIPT_TEXT = re.compile(  # SMPP 3.4, appendix B
    r"id:(?P<id>\S+) sub:(\d{3}) dlvrd:\2 submit date:\d{10} done date:\d{10} "
    r"stat:DELIVRD err:\d{3} [Tt]ext:"
)
LONG = "Съешь ещё этих мягких французских булок 😀 " * 4
UNITS = 66  # UCS-2 units of a part with a header of seven octets or fewer


class Application:
    """The program on its package: told what to do, it tells what happened."""

    def __init__(self, process: Process, port: int) -> None:
        self._process = process
        self._port = port
        self._heard: list[tuple[str, Any]] = []

    def tell(self, verb: str, given: Mapping[str, object] | None = None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([verb, given or {}]).encode() + b"\n")

    def submit(self, name: str, **fields: object) -> None:
        to = {"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": PHONE[1:]}
        self.tell(
            "submit",
            {
                "name": name,
                "source_addr": CODE,
                "registered_delivery": 1,
                **to,
                **fields,
            },
        )

    async def bind(self, *, password: str = PASSWORD) -> int:
        url = f"smpp://127.0.0.1:{self._port}"
        names = {"system_id": SYSTEM_ID, "password": password}
        self.tell("bind", {"url": url, **names})
        [status] = await self.hear("bound", 1)
        assert isinstance(status, int)
        return status

    async def hear(self, kind: str, count: int) -> list[Any]:
        """So many happenings of the kind; others stay to be asked for."""
        assert self._process.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            while len(self._of(kind)) < count:
                line = await self._process.stdout.readline()
                heard_kind, value = json.loads(line)
                self._heard.append((heard_kind, value))
        found = self._of(kind)
        self._heard = [one for one in self._heard if one[0] != kind]
        return found

    def _of(self, kind: str) -> list[Any]:
        return [value for heard_kind, value in self._heard if heard_kind == kind]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package in it."""
    program = Path(__file__).with_name("npm_application.js")
    return with_smpp(tmp_path_factory.mktemp("npm"), program, "application.js")


@asynccontextmanager
async def application(package: Path, at: Place) -> AsyncIterator[Application]:
    process = await asyncio.create_subprocess_exec(
        "node", "application.js", cwd=package, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Application(process, at.port)
    finally:
        process.kill()
        await process.wait()


def in_parts(text: str) -> list[str]:
    """The text's UCS-2 units, cut as an application that knows no better cuts them."""
    octets = text.encode("utf-16-be")
    step = UNITS * 2
    return [octets[at : at + step].hex() for at in range(0, len(octets), step)]


def ids_of(answers: Sequence[Mapping[str, Any]]) -> set[str]:
    assert {answer["status"] for answer in answers} == {0}
    return {answer["id"] for answer in answers}


async def receipts_of(app: Application, count: int) -> set[str]:
    """The ids that so many receipts speak of, all of them saying delivered."""
    receipts = await app.hear("deliver", count)
    for receipt in receipts:
        assert receipt["esm_class"] == RECEIPT
        assert receipt["state"] == DELIVERED
        text = RECEIPT_TEXT.match(receipt["text"])
        assert text is not None, receipt["text"]
        assert text["id"] == receipt["id"]
        assert (receipt["from"], receipt["to"]) == (PHONE[1:], CODE)
    return {receipt["id"] for receipt in receipts}


async def inbound(app: Application) -> Mapping[str, Any]:
    """What a phone wrote; a receipt acknowledged at the kill may come once more."""
    while True:
        for one in await app.hear("deliver", 1):
            if one["esm_class"] != RECEIPT:
                assert isinstance(one, Mapping)
                return one


async def test_texts_and_octets_arrive_and_their_receipts_come_back(
    package: Path, tmp_path: Path
) -> None:
    async with place(tmp_path) as at, application(package, at) as app:
        assert await app.bind() == 0
        app.submit("plain", short_message="Hello", data_coding=0)
        app.submit("emoji", short_message="Привет 😀")
        app.submit(
            "octets",
            short_message={"hex": "0102ff007f"},
            data_coding=4,
            esm_class=0x40,
            udh={"hex": "0605040b8423f0"},
        )
        ids = ids_of(await app.hear("answer", 3))
        assert await receipts_of(app, 3) == ids
        shown = await at.on_phone(PHONE, 3)
        texts = {one["text"] for one in shown if one["data"] is None}
        assert texts == {"Hello", "Привет 😀"}
        [octets] = [one for one in shown if one["data"] is not None]
        assert (octets["data"], octets["ports"]) == ("0102FF007F", [2948, 9200])
        app.tell("unbind")
        await app.hear("unbound", 1)


async def test_a_long_text_arrives_whole_in_each_of_three_ways(
    package: Path, tmp_path: Path
) -> None:
    async with place(tmp_path) as at, application(package, at) as app:
        assert await app.bind() == 0
        parts = in_parts(LONG)
        for number, part in enumerate(parts, start=1):
            header = bytes((5, 0, 3, 77, len(parts), number)).hex()
            body = {"short_message": {"hex": part}, "data_coding": 8}
            app.submit("udh", udh={"hex": header}, esm_class=0x40, **body)
        ids = ids_of(await app.hear("answer", len(parts)))
        assert await receipts_of(app, len(parts)) == ids
        [shown] = await at.on_phone(PHONE)
        assert shown["text"] == LONG

        for number, part in enumerate(parts, start=1):
            app.submit(
                "sar",
                short_message={"hex": part},
                data_coding=8,
                sar_msg_ref_num=4711,
                sar_total_segments=len(parts),
                sar_segment_seqnum=number,
            )
        ids = ids_of(await app.hear("answer", len(parts)))
        assert await receipts_of(app, len(parts)) == ids
        [_, shown] = await at.on_phone(PHONE, 2)
        assert shown["text"] == LONG

        app.submit("payload", message_payload={"message": LONG}, data_coding=8)
        ids = ids_of(await app.hear("answer", 1))
        assert await receipts_of(app, 1) == ids
        [*_, shown] = await at.on_phone(PHONE, 3)
        assert shown["text"] == LONG


async def test_what_a_phone_writes_comes_to_the_application(
    package: Path, tmp_path: Path
) -> None:
    async with place(tmp_path) as at, application(package, at) as app:
        assert await app.bind() == 0
        await at.from_phone(PHONE, "Ответ 😀")
        [message] = await app.hear("deliver", 1)
        assert message["text"] == "Ответ 😀"
        assert (message["from"], message["to"]) == (PHONE[1:], CODE)
        assert message["esm_class"] & 0x3C == 0


async def test_too_fast_is_told_so_and_what_was_taken_arrives(
    package: Path, tmp_path: Path
) -> None:
    async with (
        place(tmp_path, rate_per_s=5) as at,
        application(package, at) as app,
    ):
        assert await app.bind() == 0
        for number in range(30):
            app.submit("fast", short_message=f"Nr {number}", data_coding=0)
        answers = await app.hear("answer", 30)
        assert {answer["status"] for answer in answers} == {0, THROTTLED}
        taken = ids_of([answer for answer in answers if answer["status"] == 0])
        assert await receipts_of(app, len(taken)) == taken
        assert len(await at.on_phone(PHONE, len(taken))) == len(taken)


async def test_the_application_binds_again_after_we_were_killed(
    package: Path, tmp_path: Path
) -> None:
    async with place(tmp_path) as at, application(package, at) as app:
        assert await app.bind(password="wrong") == INVALID_PASSWORD
        assert await app.bind() == 0
        app.submit("before", short_message="before", data_coding=0)
        ids = ids_of(await app.hear("answer", 1))
        assert await receipts_of(app, 1) == ids
        await at.site.stop(with_signal=signal.SIGKILL)
        await app.hear("closed", 1)
        await at.from_phone(PHONE, "Меня слышно?")
        await at.site.start()
        assert await app.bind() == 0
        message = await inbound(app)
        assert message["text"] == "Меня слышно?"
        app.submit("after", short_message="after", data_coding=0)
        ids = ids_of(await app.hear("answer", 1))
        assert await receipts_of(app, 1) == ids
        texts = [one["text"] for one in await at.on_phone(PHONE, 2)]
        assert texts == ["before", "after"]
