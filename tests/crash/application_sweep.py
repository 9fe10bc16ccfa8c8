"""Kill -9 on both sides of what applications do over SMPP, again and again.

The carrier is the simulator's, which lives through all of it; the application is a
bind of its own that dies at times too. Nothing it was not answered is asked again: that
is in doubt for the application only.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tests.support.carrier import MOVING, numbers, on_phones, quiet
from tests.support.esme import Application
from tests.support.site import Site, until

POINTS = ("A1", "A2", "A3", "A4", "A5", "A6", "C6", "I2")
LOAD = 30  # submissions in each life
WRITTEN = 5  # messages of persons in each life


@dataclass(slots=True)
class ApplicationSweep:
    """What one application was promised, and what came of it."""

    site: Site
    application: Application
    kills: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    turns: int = 0
    deaths: int = 0

    async def turn(self, crash: str, *, patience_s: float) -> None:
        """One life of the gateway: work until the step kills it."""
        self.turns += 1
        alive = await self.site.start(crash=crash)
        if alive:
            await self._work()
            alive = not await self.site.died(patience_s)
        self.kills[f"{crash.partition(':')[0]}{' missed' if alive else ''}"] += 1
        if alive:
            await self.site.kill()

    async def _work(self) -> None:
        new = numbers(LOAD, len(self.asked))
        self.asked += new
        self.application.submit(*new)
        short_code = self.site.smsc["short_code"]
        for n in range(WRITTEN):
            text = f"in {self.turns} {n}."
            path = f"/phones/+7905{self.turns:03}{n:04}/messages"
            await self.site.sim("POST", path, {"to": short_code, "text": text})
            self.written.append(text)
        if self.turns % 3 == 0:
            self.deaths += 1
            self.application.die()

    async def last_turn(self) -> None:
        """A life without a kill, until nothing is owed any more."""
        assert await self.site.start()
        missing: list[str] = []

        async def is_over() -> bool:
            missing[:] = await self._missing()
            return not missing

        try:
            await until(is_over, within_s=120, every_s=0.3)
        except TimeoutError:
            raise AssertionError("\n".join(missing)) from None

    async def _missing(self) -> list[str]:
        """What there is still to wait for."""
        application = self.application
        messages = await self.site.everything("/messages?direction=mt")
        [account] = (await self.site.get("/accounts"))["items"]
        # News that it is not known is held back until a report can come no more.
        unknown = [one for one in messages if one["state"] == "unknown"]
        known = application.accepted.keys() | {*application.doubtful}
        return [
            *(
                f"{number}: not answered"
                for number in self.asked
                if number not in known
            ),
            *(
                f"{message['to']}: still {message['state']}"
                for message in messages
                if message["state"] in MOVING | {"sent"}
            ),
            *(
                f"{text}: on its way"
                for text in {*self.written} - {*application.messages}
            ),
            *(["something is owed"] if account["waiting"] > len(unknown) else []),
        ]

    async def count(self) -> list[str]:
        """What is wrong, in words; empty when every promise was kept."""
        application = self.application
        messages = {one["to"]: one for one in await quiet(self.site)}
        got = await on_phones(self.site)
        wrong = [f"{number}: refused" for number in application.refused]
        wrong += [
            f"{number}: {times} times" for number, times in got.items() if times > 1
        ]
        wrong += [
            f"{number}: nobody asked for it" for number in got.keys() - {*self.asked}
        ]
        for number, message_id in application.accepted.items():
            if number not in messages:
                wrong.append(f"{number}: accepted and lost")
                continue
            state = messages[number]["state"]
            if not got[number] and state != "unknown":
                wrong.append(f"{number} {state}: not on the phone")
            if got[number] and state != "delivered":
                wrong.append(f"{number} {state}: on the phone")
            if state == "delivered" and not application.receipts[message_id]:
                wrong.append(f"{number} {message_id}: no receipt")
        return [*wrong, *await self._count_inbound()]

    async def _count_inbound(self) -> list[str]:
        listed = await self.site.everything("/messages?direction=mo")
        kept = Counter(message["text"] for message in listed)
        wrong = [
            f"{text}: kept {kept[text]} times"
            for text in self.written
            if kept[text] != 1
        ]
        wrong += [
            f"{text}: the application never got it"
            for text in self.written
            if not self.application.messages[text]
        ]
        return wrong

    def repeated(self) -> int:
        """What the application got more than once."""
        told = (self.application.receipts, self.application.messages)
        return sum(times - 1 for counted in told for times in counted.values())

    async def nothing_more_comes(self) -> bool:
        """What was acknowledged and settled is not told to the next bind."""
        application = self.application
        before, binds = self.repeated(), application.binds
        application.die()

        async def is_back() -> bool:
            return application.binds > binds

        await until(is_back, within_s=10)
        # A round trip through the queue of what is owed: nothing may be in it.
        application.submit(*numbers(1, 9_000_000))
        receipts = application.receipts.total()

        async def is_told() -> bool:
            return application.receipts.total() > receipts

        await until(is_told, within_s=20)
        await asyncio.sleep(0)
        return self.repeated() == before
