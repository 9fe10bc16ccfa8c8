"""Figures of a whole site: accept latency, our share of a segment, many modems.

Run with `python -m tests.bench.site`; prints one line of JSON a figure, conditions with
it. The simulator is another process, so its work is not counted as the gateway's.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tests.bench.usage import Usage, centile
from tests.support.site import Site, site, until

MODEMS = 32
ACCEPTS = 300


def tell(figure: str, **values: object) -> None:
    print(json.dumps({"figure": figure, **values}), flush=True)  # noqa: T201


async def accept_latency(folder: Path) -> None:
    """From the request to the 202 of a message that is on disk, one at a time."""
    async with site(folder, modems=1) as place:
        await place.start()
        await place.wait_for_links(1)
        waits_ms: list[float] = []
        for number in range(ACCEPTS):
            started = time.perf_counter()
            await place.send("+79031112233", f"Проверка {number}", priority=0)
            waits_ms.append((time.perf_counter() - started) * 1000)
        tell(
            "accept latency, one client, one by one",
            messages=ACCEPTS,
            median_ms=round(statistics.median(waits_ms), 2),
            p95_ms=round(centile(waits_ms, 0.95), 2),
        )
        await place.stop()


async def share_of_a_segment(folder: Path) -> None:
    """From the network's answer on the wire to our next CMGS on the wire."""
    arguments = ("--latency", "0.02", "--personality", "ec25")
    async with site(folder, modems=1, simulator_arguments=arguments) as place:
        await place.start()
        await place.wait_for_links(1)
        for number in range(40):
            await place.send(f"+7903111{number:04}", "Привет! " * 30)
        await until(lambda: _is_idle(place), within_s=120)
        entries = (await place.sim("GET", "/modems/modem1/log"))["entries"]
        gaps = _gaps_ms(entries)
        tell(
            "our time between two segments on one modem",
            segments=len(gaps) + 1,
            median_ms=round(statistics.median(gaps), 2),
            p95_ms=round(centile(gaps, 0.95), 2),
        )
        await place.stop()


def _gaps_ms(entries: Sequence[dict[str, str]]) -> list[float]:
    """What lies between `+CMGS: n … OK` and the next `AT+CMGS`."""
    gaps: list[float] = []
    done: datetime | None = None
    for entry in entries:
        octets = bytes.fromhex(entry["hex"])
        at = datetime.fromisoformat(entry["time"])
        if entry["direction"] == "to_host" and b"+CMGS:" in octets:
            done = at
        elif b"AT+CMGS" in octets and done is not None:
            gaps.append((at - done).total_seconds() * 1000)
            done = None
    return gaps


async def many_modems(folder: Path, messages: int, latency_s: float) -> None:
    """All modems busy at once, both ways: CPU, memory, and no lane that idles."""
    arguments = ("--latency", str(latency_s))
    spread = "\n".join(
        [
            "[[route]]",
            f"links = {json.dumps([f'sim{n}' for n in range(1, MODEMS + 1)])}",
            "spread = true",
        ]
    )
    async with site(
        folder, modems=MODEMS, simulator_arguments=arguments, extra=spread
    ) as place:
        await place.start()
        await place.wait_for_links(MODEMS, within_s=60)
        assert place.process is not None
        pid = place.process.pid
        idle = Usage.of(pid)
        await asyncio.sleep(5)
        idling = Usage.of(pid).share_since(idle)
        before = Usage.of(pid)
        resident = [before.resident_mib]
        batch = 500
        for first in range(0, messages, batch):
            numbers = range(first, min(first + batch, messages))
            status, body = await place.api(
                "POST",
                "/messages",
                {"to": [f"+7903{n:07}" for n in numbers], "text": "Ваш заказ готов"},
            )
            assert status == 202, body
        for number in range(messages // 10):
            to = place.modems[number % MODEMS]["msisdn"]
            await place.sim(
                "POST",
                f"/phones/+7905{number:07}/messages",
                {"to": to, "text": f"Вопрос {number}"},
            )

        async def is_done() -> bool:
            resident.append(Usage.of(pid).resident_mib)
            return await _is_idle(place)

        await until(is_done, within_s=3600, every_s=2)
        after = Usage.of(pid)
        elapsed_s = after.at_s - before.at_s
        tell(
            f"{MODEMS} modems in one process",
            messages=messages,
            inbound=messages // 10,
            network_latency_s=latency_s,
            elapsed_s=round(elapsed_s, 1),
            per_s=round(messages / elapsed_s, 1),
            cpu_share_of_a_core=round(after.share_since(before), 3),
            cpu_ms_per_message=round((after.cpu_s - before.cpu_s) / messages * 1e3, 2),
            idle_cpu_share=round(idling, 4),
            resident_mib_start=round(resident[0], 1),
            resident_mib_half=round(resident[len(resident) // 2], 1),
            resident_mib_end=round(resident[-1], 1),
        )
        await place.stop()


async def _is_idle(place: Site) -> bool:
    status = await place.get("/messages?direction=mt&state=queued&limit=1")
    sending = await place.get("/messages?direction=mt&state=sending&limit=1")
    return not status["items"] and not sending["items"]


async def measure(messages: int, latency_s: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("accept", "share", "many"):
            (folder / part).mkdir()
        await accept_latency(folder / "accept")
        await share_of_a_segment(folder / "share")
        await many_modems(folder / "many", messages, latency_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=320)
    parser.add_argument("--latency", type=float, default=3.0)
    given = parser.parse_args()
    asyncio.run(measure(given.messages, given.latency))


if __name__ == "__main__":
    main()
