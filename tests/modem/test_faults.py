"""Every fault that the simulator can play, and how long our driver takes to be well.

Each test lets one fault fall on a running link while a message leaves and another
comes, lifts it, and demands that the link serves again and that nothing was lost.
"""

import asyncio
import contextlib
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.codec.reassemble import decode_single
from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import AttemptId
from gateway.core.link import InboundSegment, InboundUndecoded, LinkState
from hwsim.fault_kinds import MODEM_KINDS
from hwsim.network_faults import NETWORK_KINDS
from modem.timing import Timing
from tests.modem.bench import Bench, eventually, running, unit
from tests.modem.simulator import Simulator, simulator

pytestmark = pytest.mark.slow

BRISK = Timing(
    submit_s=2.0,
    command_limit_s=3.0,
    prompt_s=1.0,
    write_s=1.0,
    drain_s=0.05,
    drain_limit_s=0.5,
    probe_s=0.4,
    hello_s=2.0,
    boot_s=4.0,
    boot_settle_s=0.3,
    sim_poll_s=0.1,
    sim_missing_s=0.5,
    blocked_poll_s=0.5,
    sim_ready_s=1.0,
    service_ready_s=2.0,
    registration_poll_s=0.2,
    check_gap_s=0.02,
    health_period_s=0.5,
    second_looks_s=(0.1, 0.5),
    sweep_period_s=1.0,
    store_retry_s=0.1,
    busy_delays_s=(0.05, 0.1, 0.2),
    acknowledge_s=2.0,
    reopen_delays_s=(0.1, 0.2),
    line_pause_s=(0.5, 1.0),
    reinit_interval_s=0.5,
    reset_interval_s=1.0,
    power_interval_s=1.0,
)
PHONE = "+79161234567"
LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Play:
    """How one fault is played: its parameters, how long it holds, what it may cost."""

    parameters: dict[str, Any] = field(default_factory=dict)
    hold_s: float = 0.5
    ends: tuple[type[SubmitFailure], ...] = ()
    # The simulator itself damages what comes: a quarantined item stands for it.
    spoils: bool = False
    # Nothing but taking its power away helps.
    power: bool = False


_UNSENT = (TemporaryFailure,)
_EITHER = (TemporaryFailure, OutcomeUnknown)
PLAYS: dict[str, Play] = {
    "unplug": Play({"at": "body", "replug_s": 0.5}, ends=_EITHER),
    "renumber": Play({"name": "elsewhere"}),
    "duplicate_port": Play({"name": "modem1b"}),
    "eio": Play(ends=_EITHER),
    "radio_stuck": Play(ends=_EITHER, power=True),
    "stuck": Play(hold_s=3.0, ends=_EITHER),
    "output_overflow": Play({"octets": 4}, ends=_EITHER),
    "noise": Play({"octets": 100_000}, ends=_EITHER),
    "slow_baud": Play({"baud": 9600}, hold_s=1.0, ends=_EITHER),
    "late_prompt": Play({"delay_s": 0.6}, ends=_UNSENT),
    "late_answer": Play({"delay_s": 3.0, "match": "CMGS"}, ends=(OutcomeUnknown,)),
    "lost_ok": Play({"match": "CMGS"}),
    "lost_answer": Play({"match": "CMGS"}, ends=(OutcomeUnknown,)),
    "wrong_answer": Play({"text": "+CSQ: 3,99"}, ends=_EITHER),
    "busy": Play({"code": 14}, ends=_EITHER),
    "error": Play({"text": "ERROR", "match": "CMGS"}, ends=_EITHER),
    "cms_error": Play({"code": 38}, ends=_UNSENT),
    "cme_error": Play({"code": 100, "match": "CMGS"}, ends=_EITHER),
    "corrupt_pdu": Play(spoils=True),
    "odd_hex": Play(spoils=True),
    "truncated_answer": Play({"octets": 6}, ends=_EITHER),
    "urc": Play({"text": "+CREG: 1|^RSSI: 12", "at": "prompt"}),
    "vendor_flood": Play({"text": "^RSSI: 17", "every_s": 0.01}),
    "refuse_after": Play(
        {"sends": 0}, hold_s=1.0, ends=(PermanentFailure, TemporaryFailure)
    ),
    "phantom_cmti": Play({"index": 9, "storage": "SM"}),
    "cmti_wrong_storage": Play({"storage": "ME"}),
    "split_notification": Play({"pause_s": 0.3}),
}


@pytest.mark.parametrize("kind", sorted({*MODEM_KINDS} - {"port_taken"}))
async def test_the_link_serves_again_after(kind: str, tmp_path: Path) -> None:
    play = PLAYS.get(kind, Play(ends=(*_EITHER, PermanentFailure)))
    async with (
        simulator(tmp_path / "sim", "--modems", "1", "--latency", "0.02") as sim,
        running(
            sim.config(power_hook=power_cycle(sim) if play.power else None),
            timing=BRISK,
        ) as bench,
    ):
        await bench.up(15)
        await sim.post("/modems/modem1/faults", kind=kind, **play.parameters)
        await send_in(sim, "during")
        failure = await one_send(bench)
        if failure is not None:
            assert isinstance(failure, play.ends), repr(failure)
        if MODEM_KINDS[kind].lasting:
            await asyncio.sleep(play.hold_s)
        await sim.delete("/modems/modem1/faults")
        await replug(sim)
        lifted = time.monotonic()
        await sends_again(bench)
        seconds = time.monotonic() - lifted
        await send_in(sim, "after")
        await eventually(lambda: came(bench, play), LIMIT_S)
        await no_duplicates(sim)
    sys.stdout.write(f"{kind}: {seconds:.2f} s, {failure!r}\n")


async def test_a_port_that_another_holds_is_not_shared(tmp_path: Path) -> None:
    async with simulator(tmp_path / "sim", "--modems", "1") as sim:
        await sim.post("/modems/modem1/faults", kind="port_taken")
        async with running(sim.config(), timing=BRISK) as bench:
            await eventually(lambda: bench.link.status.reason == "port_busy")
            await sim.delete("/modems/modem1/faults")
            await bench.up(15)


@pytest.mark.parametrize("kind", sorted(NETWORK_KINDS))
async def test_the_network_may(kind: str, tmp_path: Path) -> None:
    async with (
        simulator(tmp_path / "sim", "--modems", "1", "--latency", "0.02") as sim,
        running(sim.config(), timing=BRISK) as bench,
    ):
        await bench.up(15)
        await sim.post("/network/faults", kind=kind)
        await send_in(sim, "during")
        assert await one_send(bench) is None
        await send_in(sim, "after")
        await eventually(lambda: "after" in texts(bench), LIMIT_S)
        assert await one_send(bench) is None
        assert bench.link.status.state is LinkState.UP


def power_cycle(sim: Simulator) -> tuple[str, ...]:
    """A hook as an administrator would give: here it asks the simulator."""
    program = (
        "import urllib.request as u;"
        f"u.urlopen(u.Request('{sim.base}/modems/modem1/faults',"
        'data=b\'{"kind": "reboot"}\','
        "headers={'Content-Type': 'application/json'}))"
    )
    return (sys.executable, "-c", program)


async def send_in(sim: Simulator, text: str) -> None:
    await sim.post(f"/phones/{PHONE}/messages", to=sim.modems[0]["msisdn"], text=text)


async def one_send(bench: Bench) -> SubmitFailure | None:
    try:
        await bench.link.submit(unit("one"))
    except SubmitFailure as failure:
        return failure
    return None


async def sends_again(bench: Bench) -> None:
    number = 0
    async with asyncio.timeout(LIMIT_S):
        while True:
            number += 1
            attempt = unit(f"again {number}", attempt_id=AttemptId(f"att_{number}"))
            try:
                await bench.link.submit(attempt)
            except SubmitFailure:
                await asyncio.sleep(0.1)
            else:
                return


async def replug(sim: Simulator) -> None:
    with contextlib.suppress(AssertionError):
        await sim.post("/modems/modem1/faults", kind="plug")


def texts(bench: Bench) -> list[str | None]:
    return [
        decode_single(item.body).text
        for item in bench.door.items
        if isinstance(item, InboundSegment)
    ]


def came(bench: Bench, play: Play) -> bool:
    told = texts(bench)
    spoilt = any(isinstance(item, InboundUndecoded) for item in bench.door.items)
    during = "during" in told or (play.spoils and (spoilt or len(told) > 1))
    return during and "after" in told


async def no_duplicates(sim: Simulator) -> None:
    """What was sent once is on the phone at most once."""
    state = await sim.get("/state")
    assert state["counters"].get("duplicates", 0) == 0, state["counters"]
