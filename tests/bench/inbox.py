"""Figures of the inbox: SMS to screen, key to modem, and a database of a million.

    python -m tests.bench.inbox [--quick]

Prints one line of JSON a figure. The first two run a simulator, a gateway and a browser
as three processes, and compare the simulator's record of the octets on the serial line
with the browser's own clock; the third asks the HTTP face, over a file of a million
messages in fifty thousand threads, as the page does.
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
from typing import Any

from playwright.async_api import Page

from gateway.core.account import Role
from tests.bench.inbox_file import make
from tests.bench.usage import centile
from tests.browser.house import PHONE, House, open_house
from tests.browser.window import Window
from tests.web.world import World, open_world

MESSAGES, THREADS = 1_000_000, 50_000
ASKED = 25
QUERIES = ("доставка", "когда заказ", "5123", "возврат деньги", "+7916000")
VIEWS = ("mine", "queue", "open", "resolved", "all")
# The moment at which a text is in the page; Date.now is the clock of the simulator.
WATCH = """() => {
  window.seen = {};
  new MutationObserver(() => {
    for (const one of document.querySelectorAll(".bubble")) {
      for (const mark of one.textContent.match(/#\\d+#/g) ?? []) {
        window.seen[mark] ??= performance.timeOrigin + performance.now();
      }
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    window.entered = performance.timeOrigin + event.timeStamp;
  }, true);
}"""


def tell(figure: str, **values: object) -> None:
    print(json.dumps({"figure": figure, **values}, ensure_ascii=False), flush=True)  # noqa: T201


def spread(waits_ms: Sequence[float]) -> dict[str, float]:
    return {
        "count": len(waits_ms),
        "median_ms": round(statistics.median(waits_ms), 1),
        "p95_ms": round(centile(waits_ms, 0.95), 1),
    }


async def screen(folder: Path, rounds: int) -> None:
    """From the wire to the bubble, and from Enter to the wire."""
    async with open_house(folder, "", "anna") as house:
        window = await house.window("anna")
        await house.text(PHONE, "Здравствуйте")
        thread = await house.thread_of(PHONE)
        await _send_at_once(window)
        page = await window.open(f"/inbox/t/{thread['id']}")
        await page.get_by_role("button", name="Take").first.click()
        await page.evaluate(WATCH)
        tell(
            "SMS on the wire to bubble", **spread(await _arrivals(house, page, rounds))
        )
        tell("Enter to the modem's octets", **spread(await _sends(house, page, rounds)))


async def _send_at_once(window: Window) -> None:
    """Without the seconds in which a reply can be called back."""
    address = f"{window.base}/api/v1/session"
    request = window.context.request
    csrf = (await (await request.get(address)).json())["csrf"]
    answer = await request.patch(
        address,
        data={"preferences": {"undo_s": 0}},
        headers={"X-CSRF-Token": csrf},
    )
    assert answer.status == 200, await answer.text()


async def _arrivals(house: House, page: Page, rounds: int) -> list[float]:
    waits = []
    for number in range(rounds):
        mark = f"#{number}#"
        before = len(await _log(house))
        await house.text(PHONE, f"Ещё вопрос {mark}")
        handle = await page.wait_for_function("mark => window.seen[mark]", arg=mark)
        seen_ms = await handle.json_value()
        entries = (await _log(house))[before:]
        # What tells of the message, or is it.
        wire = next(
            _at_ms(one)
            for one in entries
            if one["direction"] == "to_host" and b"+CMT" in bytes.fromhex(one["hex"])
        )
        waits.append(seen_ms - wire)
    return waits


async def _sends(house: House, page: Page, rounds: int) -> list[float]:
    waits = []
    field = page.locator("textarea").first
    for number in range(rounds):
        before = len(await _log(house))
        await field.fill(f"Ответ {number}")
        await field.press("Enter")
        entered_ms = await page.evaluate("window.entered")
        async with asyncio.timeout(20):
            while True:
                entries = (await _log(house))[before:]
                sent = [one for one in entries if b"AT+CMGS" in _octets(one)]
                if sent:
                    break
                await asyncio.sleep(0.05)
        waits.append(_at_ms(sent[0]) - entered_ms)
    return waits


async def _log(house: House) -> list[dict[str, Any]]:
    name = house.site.modems[0]["name"]
    entries: list[dict[str, Any]] = (
        await house.site.sim("GET", f"/modems/{name}/log")
    )["entries"]
    return entries


def _octets(entry: dict[str, Any]) -> bytes:
    return bytes.fromhex(entry["hex"]) if entry["direction"] == "from_host" else b""


def _at_ms(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["time"]).timestamp() * 1000


async def million(folder: Path, messages: int, threads: int) -> None:
    """Lists, threads and searches over a large file."""
    started = time.perf_counter()
    make(folder / "seventy.db", messages, threads)
    tell("file made", messages=messages, threads=threads,
         seconds=round(time.perf_counter() - started))  # fmt: skip
    async with open_world(folder) as world:
        rules = {"name": "Анна", "role": "supervisor"}
        status = await world.call("POST", "/api/v1/agents", {"login": "anna", **rules})
        assert status.status == 201, status.text
        for view in VIEWS:
            await _ask(world, f"list: {view}", [f"/threads?view={view}"] * ASKED)
        rows = (await _get(world, "/threads?view=all&limit=200"))["items"]
        ids = [row["id"] for row in rows[:ASKED]]
        await _ask(world, "a thread", [f"/threads/{one}" for one in ids])
        await _ask(world, "its entries", [f"/threads/{one}/entries" for one in ids])
        for query in QUERIES:
            await _ask(world, f"search: {query}", [f"/search?q={query}"] * 5)


async def _ask(world: World, what: str, paths: Sequence[str]) -> None:
    waits = []
    for path in paths:
        started = time.perf_counter()
        await _get(world, path)
        waits.append((time.perf_counter() - started) * 1000)
    tell(what, first_ms=round(waits[0], 1), **spread(waits))


async def _get(world: World, path: str) -> Any:
    headers = {"Seventy-Agent": "anna"}
    answer = await world.call(
        "GET", f"/api/v1{path}", secret=world.secrets[Role.ADMIN], headers=headers
    )
    assert answer.status == 200, answer.text
    return answer.json


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    parser.add_argument("--only", choices=("screen", "million"))
    arguments = parser.parse_args()
    scale = 10 if arguments.quick else 1
    if arguments.only != "million":
        with tempfile.TemporaryDirectory() as folder:
            await screen(Path(folder), 100 // scale)
    if arguments.only != "screen":
        with tempfile.TemporaryDirectory() as folder:
            await million(Path(folder), MESSAGES // scale, THREADS // scale)


if __name__ == "__main__":
    asyncio.run(main())
