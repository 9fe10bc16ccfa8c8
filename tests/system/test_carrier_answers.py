"""Answers late, in another order, twice, to nobody, or that say: not now.

The daemon runs on a scripted SMSC; each message goes to a phone of its own, so that
the SMSC's count of what it took is the judge.
"""

import asyncio
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from hwsim.wire.smpp import Command, Pdu
from tests.support.carrier import (
    MOVING,
    came_to,
    carrier,
    judge,
    numbers,
    quiet,
    scripted_site,
    send_to,
)
from tests.support.site import Site, until
from tests.support.smsc import Line, Smsc

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WINDOW = "window = 20\n"
SHORT = "request_timeout_s = 1.0\n"
THROTTLED, QUEUE_FULL = 0x58, 0x14


class Held:
    """Submissions that are taken, and answered when the test says so."""

    def __init__(self, smsc: Smsc) -> None:
        self._smsc = smsc
        self.waiting: list[tuple[Line, Pdu, str]] = []
        smsc.script[Command.SUBMIT_SM] = self.hold

    def hold(self, line: Line, pdu: Pdu) -> None:
        self.waiting.append((line, pdu, self._smsc.take(pdu)))

    def answer(self, held: tuple[Line, Pdu, str], status: int = 0) -> None:
        line, pdu, message_id = held
        line.respond(pdu, status, message_id=message_id)
        if status == 0:
            self._smsc.report(pdu, message_id)

    async def are(self, count: int) -> None:
        async def so_many() -> bool:
            return len(self.waiting) >= count

        await until(so_many, within_s=20)


async def test_late_answers_settle_what_was_unknown(tmp_path: Path) -> None:
    smsc = Smsc()
    held = Held(smsc)
    async with scripted_site(tmp_path, smsc, WINDOW + SHORT) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(20))
        await came_to(place, "unknown", 20)
        for one in held.waiting:
            held.answer(one)
        await came_to(place, "delivered", 20)
        messages = await quiet(place)
        assert not judge(messages, smsc.on_phones)
        assert (await carrier(place))["recoveries"] == 0


async def test_late_refusals_settle_what_was_unknown(tmp_path: Path) -> None:
    smsc = Smsc()
    asked: list[tuple[Line, Pdu]] = []
    smsc.script[Command.SUBMIT_SM] = lambda line, pdu: asked.append((line, pdu))
    async with scripted_site(tmp_path, smsc, WINDOW + SHORT) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(10))
        await came_to(place, "unknown", 10)
        smsc.script[Command.SUBMIT_SM] = smsc.submit
        for n, (line, pdu) in enumerate(asked):
            line.respond(pdu, (0x0B, THROTTLED)[n % 2])
        await came_to(place, "failed", 5)
        # The others were proven not to have left: they go once more, and only then.
        await came_to(place, "delivered", 5)
        assert not judge(await quiet(place), smsc.on_phones)


async def test_answers_in_reverse_order_reach_whom_they_are_for(tmp_path: Path) -> None:
    smsc = Smsc(receipts=False)
    held = Held(smsc)
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        ids = await send_to(place, numbers(20))
        await held.are(20)
        for one in reversed(held.waiting):
            held.answer(one)
        await came_to(place, "sent", 20)
        by_number = {
            f"+{pdu.text('destination_addr')}": message_id
            for _, pdu, message_id in held.waiting
        }
        for message_id in ids:
            message = await place.get(f"/messages/{message_id}")
            [segment] = message["segment_list"]
            # References are kept in lower case without zeros in front.
            assert segment["reference"] == by_number[message["to"]]


async def test_answers_to_nobody_and_second_answers_change_nothing(
    tmp_path: Path,
) -> None:
    smsc = Smsc()

    def thrice(line: Line, pdu: Pdu) -> None:
        message_id = smsc.take(pdu)
        stranger = Pdu(command=pdu.command, sequence=pdu.sequence + 5000)
        line.respond(stranger, 0x45)
        line.respond(pdu, message_id=message_id)
        line.respond(pdu, message_id="ffff")
        line.respond(pdu, 0x0B)
        smsc.report(pdu, message_id)

    smsc.script[Command.SUBMIT_SM] = thrice
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(50))
        await came_to(place, "delivered", 50)
        assert not judge(await quiet(place), smsc.on_phones)
        assert (await carrier(place))["recoveries"] == 0


async def submissions_of(place: Site, message_id: str) -> list[dict[str, Any]]:
    attempts: list[dict[str, Any]] = (await place.get(f"/messages/{message_id}"))[
        "attempts"
    ]
    return attempts


@pytest.mark.parametrize("status", [THROTTLED, QUEUE_FULL])
async def test_throttling_fails_nothing_and_keeps_the_order_to_each_phone(
    tmp_path: Path, status: int
) -> None:
    smsc = Smsc()
    order: defaultdict[str, list[str]] = defaultdict(list)
    refused = 0
    clock = asyncio.get_running_loop().time
    free_at = 0.0

    def fifty_a_second(line: Line, pdu: Pdu) -> None:
        nonlocal free_at, refused
        free_at = max(free_at, clock() - 0.1) + 0.02
        if free_at > clock():
            free_at -= 0.02
            refused += 1
            line.respond(pdu, status)
            return
        text = pdu.octets("short_message").decode()
        order[pdu.text("destination_addr")].append(text)
        smsc.submit(line, pdu)

    smsc.script[Command.SUBMIT_SM] = fifty_a_second
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        phones, texts = numbers(20), [f"number {n}" for n in range(10)]
        for text in texts:
            await send_to(place, phones, text)
        seconds = await came_to(place, "delivered", 200, within_s=60)
        print(f"{refused} refused, {seconds:.1f} s")  # noqa: T201 -- the run's output
        assert refused
        assert all(got == texts for got in order.values())
        messages = await quiet(place)
        assert {message["state"] for message in messages} == {"delivered"}
        assert not any(message["possible_duplicate"] for message in messages)


TEMPORARY = (0x08, 0x64, 0x99)
OF_THE_LINK = (0x04,)
VENDOR = (0x45, 0x0400)
FINAL = (0x01, 0x0A, 0x0B, 0x15, 0x43, 0x61, 0x62, 0x66, 0xC0)


async def test_each_status_ends_a_message_as_the_table_says(tmp_path: Path) -> None:
    smsc = Smsc()
    statuses = dict(
        zip(
            numbers(100),
            (*TEMPORARY, *OF_THE_LINK, *VENDOR, *FINAL),
            strict=False,
        )
    )
    tries = Counter[str]()

    def refuse_twice(line: Line, pdu: Pdu) -> None:
        to = f"+{pdu.text('destination_addr')}"
        tries[to] += 1
        if tries[to] <= 2 or statuses[to] in VENDOR:
            line.respond(pdu, statuses[to])
        else:
            smsc.submit(line, pdu)

    smsc.script[Command.SUBMIT_SM] = refuse_twice
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        for to in statuses:
            await send_to(place, [to])
        messages = await quiet(place, moving=MOVING | {"sent"}, within_s=60)
        ended = {message["to"]: message for message in messages}
        for to, status in statuses.items():
            if status in FINAL or status in VENDOR:
                assert ended[to]["state"] == "failed"
                assert f"0x{status:08x}" in ended[to]["error"]["carrier_code"]
                assert tries[to] == (3 if status in VENDOR else 1)
            else:
                assert (status, ended[to]["state"]) == (status, "delivered")
        assert not judge(messages, smsc.on_phones)


async def test_a_refusal_with_or_without_a_body_is_the_same(tmp_path: Path) -> None:
    smsc = Smsc()
    bodies = (b"", b"\0", b"0123456789abcdef\0", b"\0\x00\x1d\x00\x03no\0", b"x" * 70)

    def refuse(line: Line, pdu: Pdu) -> None:
        body = bodies[smsc.received[Command.SUBMIT_SM] % len(bodies)]
        header = (0x80000004, 0x0B, pdu.sequence)
        line.write(
            b"".join(n.to_bytes(4, "big") for n in (16 + len(body), *header)) + body
        )

    smsc.script[Command.SUBMIT_SM] = refuse
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(20))
        messages = await quiet(place)
        assert {message["state"] for message in messages} == {"failed"}
        assert (await carrier(place))["recoveries"] == 0


async def test_a_generic_nack_refuses_what_it_numbers(tmp_path: Path) -> None:
    smsc = Smsc()

    def nack_first(line: Line, pdu: Pdu) -> None:
        if smsc.received[Command.SUBMIT_SM] <= 5:
            line.respond(Pdu(command=Command.GENERIC_NACK, sequence=pdu.sequence), 0x03)
        else:
            smsc.submit(line, pdu)

    smsc.script[Command.SUBMIT_SM] = nack_first
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(10))
        await came_to(place, "delivered", 10, within_s=60)
        assert not judge(await quiet(place), smsc.on_phones)


async def test_an_answer_without_an_id_is_not_called_sent(tmp_path: Path) -> None:
    smsc = Smsc(receipts=False)

    def without_id(line: Line, pdu: Pdu) -> None:
        smsc.take(pdu)
        line.respond(pdu, message_id="")

    smsc.script[Command.SUBMIT_SM] = without_id
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(5))
        messages = await quiet(place)
        assert {message["state"] for message in messages} == {"unknown"}
        assert not judge(messages, smsc.on_phones)
