"""A plan that happens."""

import asyncio
from pathlib import Path

from hwsim.clock import VirtualClock
from hwsim.scenario import load_scenario
from hwsim.world import World

_SCENARIO = """
[[modem]]
pin = "4321"

[[modem]]

[[phone]]
msisdn = "+79991234567"
reachable = false

[[event]]
at_s = 10
every_s = 10
times = 3
do = "message"
from = "+79991234567"
to = "+79160000002"
text = "tick"

[[event]]
at_s = 5
do = "fault"
modem = "modem1"
kind = "unplug"

[[event]]
at_s = 8
do = "network_fault"
kind = "report_missing"

[[event]]
at_s = 15
do = "phone"
msisdn = "+79991234567"
reachable = true

[[event]]
at_s = 16
do = "call"
from = "+79991234567"
to = "+79995555555"

[[event]]
at_s = 17
do = "plug"
modem = "modem1"
"""


async def test_events_happen_at_their_time_and_errors_stop_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(_SCENARIO, encoding="utf-8")
    scenario = load_scenario(path, ["generic"])
    world = World(virtual_clock=True)
    clock = world.clock
    assert isinstance(clock, VirtualClock)
    try:
        one, two = [world.add_modem(plan) for plan in scenario.modems]
        world.start(scenario)
        phone = world.network.phone("+79991234567")
        assert one.state()["sim"] == "SIM PIN"
        assert not phone.settings.reachable
        await clock.pass_time(6)
        assert not one.power
        await clock.pass_time(6)
        assert [fault["kind"] for fault in world.network.faults.describe()] == [
            "report_missing"
        ]
        await clock.pass_time(50)
        assert one.power
        assert phone.settings.reachable
        assert [message.text for message in phone.sent] == ["tick"] * 3
        assert two.sim.messages.used == 3
    finally:
        await world.close()


async def test_an_advance_moves_the_virtual_clock(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text('[[event]]\ndo = "advance"\nadvance_s = 3600\n', encoding="utf-8")
    world = World(virtual_clock=True)
    world.start(load_scenario(path, ["generic"]))
    async with asyncio.timeout(10):
        await world.clock.sleep(3600)
    await world.close()
