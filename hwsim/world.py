"""One run of the simulator: clock, network, SMSC, modems and the events of a plan.

Relies on every other part; ``cli`` and tests make a world and close it. Nothing of it
outlives the process.

Spec: PRODUCT.md 8; modem.md 10
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from hwsim.clock import Clock, RealClock, Timer, VirtualClock
from hwsim.fault_request import want_fault
from hwsim.faults import FaultSet
from hwsim.modem import Modem
from hwsim.network import DEFAULT_RETRY_S, Network
from hwsim.personalities import PERSONALITIES
from hwsim.phone_request import read_settings
from hwsim.plan import (
    Action,
    Advance,
    Event,
    MakeCall,
    ModemPlan,
    Plug,
    Scenario,
    SendMessage,
    SetPhone,
    WantFault,
    WantSmscFault,
)
from hwsim.problem import Fields, Problem
from hwsim.sim_card import SecretCode, SimCard, make_sim
from hwsim.smsc import Smsc
from hwsim.wire import WireError

_DEFAULT_PUK = "12345678"

logger = logging.getLogger(__name__)


class World:
    """``close`` ends what was made here, also when only half of it was."""

    def __init__(
        self,
        *,
        seed: int = 0,
        latency_s: float = 0.0,
        retry_s: float = DEFAULT_RETRY_S,
        virtual_clock: bool = False,
    ) -> None:
        self.clock: Clock = VirtualClock() if virtual_clock else RealClock()
        self.network = Network(self.clock, seed, latency_s=latency_s, retry_s=retry_s)
        self.smsc = Smsc(self.network, self.clock, seed)
        self.modems: dict[str, Modem] = {}
        self._seed = seed
        self._sockets: list[Path] = []
        self._timers: dict[int, Timer | asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add_modem(self, plan: ModemPlan) -> Modem:
        """A modem without a terminal, switched on."""
        personality = PERSONALITIES[plan.personality]
        place = len(self.modems) + 1
        sim = make_sim(
            plan.msisdn,
            self.network.smsc,
            capacity=personality.sim_capacity,
            first_index=personality.first_index,
        )
        if plan.pin is not None:
            _lock(sim, plan.pin, plan.puk or _DEFAULT_PUK)
        seed = self._seed + place
        faults = FaultSet(self.clock, seed)
        modem = Modem(
            plan.name,
            plan.msisdn,
            personality,
            self.network,
            self.clock,
            seed,
            faults,
            sim,
        )
        self.modems[plan.name] = modem
        for fault in plan.faults:
            want_fault(faults, fault)
        return modem

    async def open_terminals(
        self, modem: Modem, folder: Path, *, tcp: bool = False, unix: bool = False
    ) -> None:
        """A pseudo-terminal in ``folder``, and the other ways in that are asked for."""
        modem.attach_pty(folder / modem.name)
        if tcp:
            await modem.attach_tcp("127.0.0.1")
        if unix:
            path = folder / f"{modem.name}.sock"
            path.unlink(missing_ok=True)
            self._sockets.append(path)
            await modem.attach_unix(str(path))

    def start(self, scenario: Scenario) -> None:
        """Set the accounts, the phones and the timers of the events."""
        for account in scenario.accounts:
            self.smsc.set_account(account)
        for plan in scenario.phones:
            phone = self.network.phone(plan.msisdn)
            self.network.configure_phone(phone, plan.settings)
        for place, event in enumerate(scenario.events):
            self._schedule(place, event, event.at_s, event.times)

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.smsc.close()
        for modem in self.modems.values():
            await modem.close()
        for path in self._sockets:
            path.unlink(missing_ok=True)

    def _schedule(self, place: int, event: Event, delay_s: float, times: int) -> None:
        def happen() -> None:
            if times != 1:
                self._schedule(place, event, event.every_s, max(0, times - 1))
            self._do(event.action)

        self._timers[place] = self._call_later(event.action, delay_s, happen)

    def _call_later(
        self, action: Action, delay_s: float, fn: Callable[[], None]
    ) -> Timer | asyncio.TimerHandle:
        if isinstance(action, Advance):
            return asyncio.get_running_loop().call_later(delay_s, fn)
        return self.clock.call_later(delay_s, fn)

    def _do(self, action: Action) -> None:
        try:
            self._perform(action)
        except (WireError, Problem) as error:
            logger.warning("scenario: %s", error)

    def _perform(self, action: Action) -> None:
        network = self.network
        match action:
            case SendMessage(sender=sender, message=wanted):
                phone = network.phone(sender)
                phone.send(wanted.to, wanted.text, wanted.options)
            case MakeCall(caller=caller, call=call):
                network.call(
                    network.phone(caller),
                    call.to,
                    duration_s=call.duration_s,
                    hidden=call.hidden,
                )
            case SetPhone(msisdn=msisdn, members=members):
                phone = network.phone(msisdn)
                settings = read_settings(Fields(members), phone.settings)
                network.configure_phone(phone, settings)
            case WantFault(modem=name, fault=fault):
                owner = network if name is None else self.modems[name]
                want_fault(owner.faults, fault)
            case WantSmscFault(fault=fault):
                want_fault(self.smsc.faults, fault)
            case Plug(modem=name):
                self.modems[name].plug()
            case Advance(advance_s=advance_s):
                self._advance(advance_s)
            case _:
                assert_never(action)

    def _advance(self, advance_s: float) -> None:
        if not isinstance(self.clock, VirtualClock):
            logger.warning("scenario: advance needs a virtual clock")
            return
        passing = self.clock.pass_time(advance_s)
        task = asyncio.get_running_loop().create_task(passing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _lock(sim: SimCard, pin: str, puk: str) -> None:
    sim.code = SecretCode(pin=pin, puk=puk)
    sim.locked = True
