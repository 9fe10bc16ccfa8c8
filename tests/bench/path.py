"""The whole way, measured: in by API or SMPP, on disk, carrier, receipt, out again.

`python -m tests.bench.path` runs our gateway and a Kannel from Debian by turns on this
machine and prints the medians as JSON lines and as a table; see docs/benchmarks.md.
With `--only WORD` just the groups with that word in their name.
"""

import argparse
import asyncio
import dataclasses
import json
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import Figures, median
from tests.bench.kannel import kannel
from tests.bench.ours import ours
from tests.bench.plan import PLAN, Contestant, Group
from tests.bench.trial import Subject, idle_share, measure
from tests.support.kannel import version

_HEAD = (
    "| who | accepted/s | submitted/s | end/s | accept ms | to carrier ms "
    "| receipt to end ms | CPU s/1000 | MB | lost, doubled, untold |"
)
_APPENDS = 500
_IDLE = "idle"
_IDLE_S = 6.0
_RULE = "|" + " --- |" * _HEAD.count(" |")


def tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201


async def measure_group(group: Group, rounds: int, us: Subject) -> list[Figures]:
    """Everybody once a round, so that a slow moment meets all."""
    results: dict[Contestant, list[Figures]] = {one: [] for one in group.contestants}
    for _ in range(rounds):
        for one, figures in results.items():
            figures.append(await measure(one.name, one.subject or us, one.trial))
    return [median(figures) for figures in results.values()]


def row(figures: Figures) -> str:
    """A line of the table."""
    rates = (figures.accepted_per_s, figures.submitted_per_s, figures.end_per_s)
    waits = (figures.accept, figures.submit, figures.tell)
    failures = f"{figures.lost}, {figures.doubled}, {figures.unreported}"
    if figures.refused:
        failures += f"; refused {figures.refused}"
    if figures.throttled:
        failures += f"; throttled {figures.throttled}"
    cells = [
        figures.subject,
        *("-" if rate is None else f"{rate:,.0f}" for rate in rates),
        *("-" if one is None else f"{one.p50:.1f}/{one.p99:.1f}" for one in waits),
        f"{figures.cpu_s_per_1000:.2f}",
        f"{figures.peak_mib:.0f}",
        failures,
    ]
    return f"| {' | '.join(cells)} |"


def ratio(results: Sequence[Figures]) -> str | None:
    """Our best against the best of the others."""

    def best(*, mine: bool) -> Figures | None:
        group = [one for one in results if one.subject.startswith("ours") is mine]
        return max(group, key=lambda one: one.through_per_s, default=None)

    us, them = best(mine=True), best(mine=False)
    if us is None or them is None or not them.through_per_s:
        return None
    return f"ours / {them.subject}: {us.through_per_s / them.through_per_s:.2f}"


def conditions() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "processors": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "kannel": version(),
        "durable_appends_per_s": durable_appends_per_s(),
    }


def durable_appends_per_s() -> int:
    """4 KiB each, one by one, on the disk where the trials are."""
    block = bytes(4096)
    with tempfile.TemporaryFile(buffering=0) as file:
        started = time.perf_counter()
        for _ in range(_APPENDS):
            file.write(block)
            os.fdatasync(file.fileno())
        return round(_APPENDS / (time.perf_counter() - started))


def chosen(given: argparse.Namespace) -> list[Group]:
    """The groups, and of each the contestants and messages, that are wished."""
    groups = []
    for group in PLAN:
        if given.only not in group.name or (given.quick and group.is_long):
            continue
        contestants = [
            one.with_messages(
                given.messages or one.trial.messages // (5 if given.quick else 1)
            )
            for one in group.contestants
            if one.subject is None or not given.ours
        ]
        if contestants:
            groups.append(dataclasses.replace(group, contestants=contestants))
    return groups


async def run(given: argparse.Namespace) -> None:
    us = ours(Path(given.profile) if given.profile else None)
    rounds = given.rounds or (1 if given.quick else 3)
    tell(json.dumps({"conditions": conditions()}))
    for group in chosen(given):
        results = await measure_group(group, 1 if group.once else rounds, us)
        for figures in results:
            tell(json.dumps({"group": group.name} | dataclasses.asdict(figures)))
        tell(f"\n### {group.name}\n\n{_HEAD}\n{_RULE}")
        for figures in results:
            tell(row(figures))
        compared = ratio(results)
        tell(f"\n{compared}\n" if compared else "")
    if given.only in _IDLE and not given.quick:
        await tell_idle(
            {"ours": us} if given.ours else {"ours": us, "Kannel": kannel()}
        )


async def tell_idle(subjects: Mapping[str, Subject]) -> None:
    """What each costs while there is nothing to do."""
    for name, subject in subjects.items():
        share = await idle_share(subject, _IDLE_S)
        tell(f"{_IDLE}, {name}: {share:.2%} of a core")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute")
    parser.add_argument("--only", default="", help="groups with this in their name")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--messages", type=int, default=0, help="in every trial")
    parser.add_argument("--ours", action="store_true", help="without the others")
    parser.add_argument("--profile", help="file for cProfile's figures of ours")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
