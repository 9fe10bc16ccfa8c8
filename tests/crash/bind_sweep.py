"""The same sweep as `sweep` with a carrier's bind: a window of many, load both ways.

Texts that persons write to the short code and receipts come as deliver_sm; the SMSC
repeats whatever was not acknowledged when the link went down.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from tests.crash.sweep import LONG, Sweep
from tests.support.carrier import ledger

WINDOW = 8
LOAD = 10  # messages each way in each life, beside the long ones


@dataclass(slots=True)
class BindSweep(Sweep):
    """What was asked of the site, and what it said."""

    def _ask(self) -> None:
        turn = self.turns
        names = [(f"short{n}", "", "normal") for n in range(LOAD)]
        names += [("short", "", "otp"), ("long", LONG, "normal"), ("long", LONG, "otp")]
        for shape, ending, message_class in names:
            key = f"out-{turn}-{shape}-{message_class}"
            to = f"+7903{len(self.recipients):07}"
            self.recipients[to] = key
            self.waiting[key] = {
                "to": to,
                "text": f"{key}.{ending}",
                "class": message_class,
            }

    async def _submit(self) -> None:
        """All at once, so that the window fills."""
        await asyncio.gather(*(self._submit_one(key) for key in list(self.waiting)))

    async def _phones_write(self) -> None:
        short_code = self.site.smsc["short_code"]
        for n in range(LOAD):
            ending = LONG if n == 0 else ""
            text = f"in-{self.turns}-{n}.{ending}"
            await self.site.sim(
                "POST",
                f"/phones/+7905{self.turns:03}{n:04}/messages",
                {"to": short_code, "text": text, "shuffle": True},
            )
            self.written.append(text)

    async def _on_air(self) -> dict[str, Counter[int]]:
        ours = self.site.smsc["short_code"]
        taken: dict[str, Counter[int]] = defaultdict(Counter)
        for entry in await ledger(self.site, "accepted"):
            if entry["from"] == ours:
                number = (entry["concatenation"] or {"number": 1})["number"]
                taken[self.recipients[entry["to"]]][number] += 1
        return taken

    async def count(self) -> list[str]:
        return [*await self._count_outbound(), *await self._count_inbound()] + (
            await self._count_receipts()
        )

    async def doubled(self) -> int:
        """Segments that the network took more than once; each says so."""
        on_air = await self._on_air()
        return sum(times - 1 for taken in on_air.values() for times in taken.values())

    async def _count_receipts(self) -> list[str]:
        """Each receipt that the SMSC has thanks for settled its message."""
        thanked = {entry["from"] for entry in await ledger(self.site, "report")}
        messages = await self.site.everything("/messages?direction=mt")
        return [
            f"{message['to']} {message['state']}: its receipt is lost"
            for message in messages
            if message["to"] in thanked and not _is_settled(message)
        ]


def _is_settled(message: dict[str, Any]) -> bool:
    """Receipts of a long message are several: one alone does not settle it."""
    return bool(message["state"] == "delivered" or message["segments"] > 1)
