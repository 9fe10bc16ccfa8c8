"""Kill -9 at every named step of both ways, again and again, and then count.

The simulator and its ledger live through all of it; clients repeat what got no answer,
with the same idempotency key, as clients do. The names of the steps are those of
spec/reliability.md 1.4.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.support.site import Site, until

POINTS = tuple(
    [f"C{number}" for number in range(9)] + [f"I{number}" for number in (1, 2, 3)]
)
LONG = " и ещё слово" * 13  # 156 UCS-2 units: three segments
QUIET_S = 300.0


@dataclass(slots=True)
class Listener:
    """A webhook endpoint that keeps count of what it heard."""

    heard: Counter[str] = field(default_factory=Counter)
    messages: defaultdict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.heard[request.headers["webhook-id"]] += 1
        self.messages[body["type"]].add(body["data"]["id"])
        return web.Response(status=204)


@dataclass(slots=True)
class Sweep:
    """What was asked of the site, and what it said."""

    site: Site
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)  # by key
    accepted: dict[str, str] = field(default_factory=dict)  # key to message id
    recipients: dict[str, str] = field(default_factory=dict)  # number to key
    written: list[str] = field(default_factory=list)  # texts that phones sent
    kills: Counter[str] = field(default_factory=Counter)
    turns: int = 0

    async def turn(self, crash: str, *, patience_s: float) -> None:
        """One life of the gateway: work until the step kills it."""
        self.turns += 1
        alive = await self.site.start(crash=crash)
        if alive:
            self._ask()
            await asyncio.gather(self._submit(), self._phones_write())
            alive = not await self.site.died(patience_s)
        self.kills[f"{crash.partition(':')[0]}{' missed' if alive else ''}"] += 1
        if alive:
            await self.site.kill()

    async def last_turn(self) -> None:
        """A life without a kill, until nothing moves any more."""
        assert await self.site.start()
        await self._submit()
        await until(self._is_quiet, within_s=QUIET_S, every_s=0.3)

    def _ask(self) -> None:
        turn = self.turns
        for shape, ending in (("short", ""), ("long", LONG)):
            for message_class in ("normal", "otp"):
                key = f"out-{turn}-{shape}-{message_class}"
                to = f"+7903{len(self.recipients):07}"
                self.recipients[to] = key
                self.waiting[key] = {
                    "to": to,
                    "text": f"{key}.{ending}",
                    "class": message_class,
                }

    async def _submit(self) -> None:
        for key in list(self.waiting):
            if not await self._submit_one(key):
                return

    async def _submit_one(self, key: str) -> bool:
        """Whether it was answered."""
        try:
            status, answer = await self.site.api(
                "POST",
                "/messages",
                self.waiting[key],
                headers={"Idempotency-Key": key},
            )
        except (aiohttp.ClientError, OSError):
            return False
        assert status == 202, answer
        is_known = key in self.accepted
        assert self.accepted.setdefault(key, answer["id"]) == answer["id"]
        # Some are asked a second time after their answer: the answer is the same.
        if is_known or not key.endswith("short-otp"):
            del self.waiting[key]
        return True

    async def _phones_write(self) -> None:
        for shape, ending in (("short", ""), ("long", LONG)):
            text = f"in-{self.turns}-{shape}.{ending}"
            to = self.site.modems[self.turns % len(self.site.modems)]["msisdn"]
            await self.site.sim(
                "POST",
                f"/phones/+7905{self.turns:07}/messages",
                {"to": to, "text": text, "shuffle": True},
            )
            self.written.append(text)

    async def _is_quiet(self) -> bool:
        messages = await self.site.everything("/messages?direction=mt")
        moving = {"queued", "sending", "scheduled"}
        if any(message["state"] in moving for message in messages):
            return False
        received = await self.site.everything("/messages?direction=mo&state=received")
        return len(received) >= len(self.written)

    async def count(self) -> list[str]:
        """What is wrong, in words; empty when every invariant holds."""
        return [*await self._count_outbound(), *await self._count_inbound()]

    async def _count_outbound(self) -> list[str]:
        unanswered = self.waiting.keys() - self.accepted.keys()
        wrong = [f"{key}: never accepted" for key in unanswered]
        messages = {
            message["id"]: message
            for message in await self.site.everything("/messages?direction=mt")
        }
        if len(messages) != len(self.accepted):
            wrong.append(f"{len(self.accepted)} accepted, {len(messages)} kept")
        on_air = await self._on_air()
        for key, message_id in self.accepted.items():
            detail = await self.site.get(f"/messages/{message_id}")
            wrong += _judge(key, detail, on_air[key])
        return wrong

    async def _on_air(self) -> dict[str, Counter[int]]:
        """How often the network took each segment of each message, by its key."""
        entries = (await self.site.sim("GET", "/ledger"))["entries"]
        ours = {modem["msisdn"] for modem in self.site.modems}
        taken: dict[str, Counter[int]] = defaultdict(Counter)
        for entry in entries:
            if entry["kind"] == "accepted" and entry["from"] in ours:
                number = (entry["concatenation"] or {"number": 1})["number"]
                taken[self.recipients[entry["to"]]][number] += 1
        return taken

    async def _count_inbound(self) -> list[str]:
        messages = await self.site.everything("/messages?direction=mo")
        seen = Counter(message["text"] for message in messages)
        wrong = [
            f"{text[:20]!r}: {seen[text]} times in the gateway"
            for text in self.written
            if seen[text] != 1
        ]
        if strangers := seen.keys() - set(self.written):
            wrong.append(f"never written: {sorted(strangers)}")
        events = await self._events("message.received")
        wrong += [
            f"{message['text'][:20]!r}: {events[message['id']]} events"
            for message in messages
            if events[message["id"]] != 1
        ]
        return wrong

    async def _events(self, kind: str) -> Counter[str]:
        after, counted = 0, Counter[str]()
        while True:
            page = await self.site.get(f"/events?after={after}&limit=100&types={kind}")
            if not page["items"]:
                return counted
            counted.update(event["data"]["id"] for event in page["items"])
            after = page["items"][-1]["seq"]


def _judge(key: str, detail: dict[str, Any], taken: Counter[int]) -> list[str]:
    """Nothing lost; nothing twice except where the state said unknown."""
    # What was unknown when it was sent again may have been settled by a late report.
    tries = Counter(
        attempt["segment"]
        for attempt in detail["attempts"]
        if attempt["state"] in {"unknown", "accepted"}
    )
    wrong = []
    for segment in detail["segment_list"]:
        number = segment["number"]
        times = taken[number]
        allowed = 1 if detail["class"] == "normal" else tries[number]
        if times > allowed:
            wrong.append(f"{key} segment {number}: on the air {times} times")
        if times == 0 and segment["state"] != "unknown":
            wrong.append(f"{key} segment {number}: {segment['state']}, never on air")
        if times > 1 and not detail["possible_duplicate"]:
            wrong.append(f"{key}: twice, and does not say so")
    return wrong


def plans(hits: Sequence[int]) -> list[str]:
    """Every step at each of these hits."""
    return [f"{point}:{hit}" for hit in hits for point in POINTS]
