"""The faults a modem does of itself: power, terminals, slots, wanted notifications.

Relies on the fault set telling when one starts and ends. Those that spoil an answer or
octets are in ``answer`` and ``line``.

Spec: modem.md 10.13 a, c, d, e, h
"""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from hwsim.clock import Timer
from hwsim.faults import NOW, Fault
from hwsim.sim_card import PIN_ATTEMPTS, SimCard, make_sim
from hwsim.terminal import PtyTerminal, Terminal

if TYPE_CHECKING:
    from hwsim.modem import Modem

_SIM_FAULTS = {"sim_pulled", "puk"}
_AT_ONCE = {"unplug", "reboot", "eio", "urc", "phantom_cmti"}
_AIR_FAULTS = {"registration_lost", "registration_denied", "roaming"}


class PowerLost(Exception):
    """The command under way ends here without an answer."""


class ModemFaults:
    """Does the faults of one modem."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._numbers = count(1)
        self._second: Terminal | None = None
        self._own_sim: SimCard | None = None
        self._flood: Timer | None = None
        modem.faults.on_change(self._started, self._ended)

    def next_name(self) -> str:
        return f"{self._modem.name}-{next(self._numbers)}"

    def wanted_notice(self, stage: str, subject: str) -> tuple[str, ...] | None:
        fault = self._modem.faults.take("urc", subject, at=stage)
        return _lines(fault) if fault else None

    def reach(self, stage: str, subject: str) -> None:
        """Raises PowerLost when power goes here."""
        faults = self._modem.faults
        for kind in ("unplug", "reboot"):
            fault = faults.take(kind, subject, at=stage)
            if fault is not None:
                self._do(fault)
                raise PowerLost

    def before_reading(self, index: int) -> None:
        """The message moves to another slot, and another may take its place."""
        modem = self._modem
        if not modem.faults.take("slot_reused", f"+CMGR={index}"):
            return
        store = modem.memory(0)
        moved = store.get(index)
        if moved is None:
            return
        other = next((i for i, _ in store.items() if i != index), None)
        if other is None:
            if store.used < store.capacity:
                store.put(moved)
                store.delete(index)
            return
        taken = store.get(other)
        store.delete(index)
        store.delete(other)
        for sms in (taken, moved):
            if sms is not None:
                store.put(sms)

    def _started(self, fault: Fault) -> None:
        if fault.text("at", NOW) == NOW and fault.kind in _AT_ONCE:
            taken = self._modem.faults.take(fault.kind, at=NOW)
            if taken is not None:
                self._do(taken)
        elif fault.kind in _SIM_FAULTS:
            self._modem.boot.sim_gone()
        elif fault.kind in _AIR_FAULTS:
            self._modem.registration.update()
        elif fault.kind == "pin":
            self._lock_sim(fault)
        elif fault.kind == "sim_swapped":
            self._swap_sim(fault)
        elif fault.kind == "duplicate_port":
            self._add_port(fault)
        elif fault.kind == "port_taken":
            for terminal in self._ptys():
                terminal.take()
        elif fault.kind == "vendor_flood":
            self._flood_on(fault)

    def _ended(self, fault: Fault) -> None:
        modem = self._modem
        if fault.kind in _SIM_FAULTS:
            modem.sim.power_on()
            modem.boot.sim_opened()
        elif fault.kind in _AIR_FAULTS:
            modem.registration.update()
        elif fault.kind == "pin":
            modem.sim.locked = False
            modem.sim.power_on()
            modem.boot.sim_opened()
        elif fault.kind == "sim_swapped" and self._own_sim is not None:
            modem.insert_sim(self._own_sim)
            self._own_sim = None
        elif fault.kind == "duplicate_port" and self._second is not None:
            modem.detach_terminal(self._second)
            self._second = None
        elif fault.kind == "port_taken":
            for terminal in self._ptys():
                terminal.give_back()
        elif fault.kind == "vendor_flood" and self._flood is not None:
            self._flood.cancel()
            self._flood = None
        elif fault.kind == "storage_full":
            modem.room_was_made()

    def _do(self, fault: Fault) -> None:
        modem = self._modem
        match fault.kind:
            case "unplug":
                self._unplug(fault)
            case "reboot":
                if fault.flag("reference_reset"):
                    modem.sim.next_reference = 0
                modem.reboot()
            case "eio":
                for terminal in self._ptys():
                    terminal.close()
                    terminal.open()
            case "urc":
                modem.message_session.notify(*_lines(fault))
            case "phantom_cmti":
                storage = fault.text("storage", modem.memories.chosen[2])
                index = fault.whole("index", modem.memory(2).capacity)
                modem.inbound.announce_phantom(storage, index)
            case _:
                raise ValueError(f"{fault.kind} is not done at once")

    def _unplug(self, fault: Fault) -> None:
        modem = self._modem
        modem.unplug()
        if "replug_s" in fault.values:
            name = self.next_name() if fault.flag("renumber") else None
            delay_s = fault.number("replug_s", 1.0)
            modem.clock.call_later(delay_s, lambda: modem.plug(name))

    def _lock_sim(self, fault: Fault) -> None:
        modem = self._modem
        sim = modem.sim
        sim.locked, sim.unlocked = True, False
        sim.code.pin = fault.text("pin", sim.code.pin)
        sim.code.pin_left = fault.whole("left", PIN_ATTEMPTS)
        modem.boot.sim_gone()

    def _swap_sim(self, fault: Fault) -> None:
        modem = self._modem
        if self._own_sim is None:
            self._own_sim = modem.sim
        msisdn = fault.text("msisdn", "+79160009999")
        personality = modem.personality
        modem.insert_sim(
            make_sim(
                msisdn,
                modem.network.smsc,
                capacity=personality.sim_capacity,
                first_index=personality.first_index,
            )
        )

    def _add_port(self, fault: Fault) -> None:
        first = next(self._ptys(), None)
        if first is not None:
            name = fault.text("name", f"{first.link.name}-second")
            self._second = self._modem.attach_pty(first.link.with_name(name))

    def _flood_on(self, fault: Fault) -> None:
        modem = self._modem

        def flood() -> None:
            modem.chatter(fault.text("text", "^BOOT:24135589,0,0,0,6"), None)
            every_s = max(0.001, fault.number("every_s", 0.05))
            self._flood = modem.clock.call_later(every_s, flood)

        flood()

    def _ptys(self) -> Iterator[PtyTerminal]:
        return (t for t in self._modem.terminals if isinstance(t, PtyTerminal))


def _lines(fault: Fault) -> tuple[str, ...]:
    return tuple(fault.text("text", '+CMTI: "SM",1').split("|"))
