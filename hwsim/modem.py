"""A modem with its SIM: what its terminals share, and its side towards the network.

Relies on the parts: boot, registration, inbound, calls. The commands are functions in
the at_ modules; octets and descriptors are in ``line`` and ``terminal``.

Spec: modem.md 10
"""

from pathlib import Path

from hwsim.at_session import Session
from hwsim.boot import Boot
from hwsim.clock import Clock
from hwsim.faults import FaultSet
from hwsim.inbound import Inbound
from hwsim.line import Line, LogEntry, OctetLog
from hwsim.memories import Memories
from hwsim.modem_faults import ModemFaults
from hwsim.network import Network
from hwsim.outbound import Outbound
from hwsim.personality import Personality
from hwsim.registration import Registration
from hwsim.ringing import VoiceCall
from hwsim.sim_card import SimCard, SimState, make_sim, with_check_digit
from hwsim.storage import Store
from hwsim.terminal import PtyTerminal, Terminal, listen_tcp, listen_unix

_RESET_AFTER_S = 0.1
_RESET_TAKES_S = 1.0


class Modem:
    """One modem; switched on and registered when made, unless its SIM wants a PIN."""

    personality: Personality

    def __init__(
        self,
        name: str,
        msisdn: str,
        personality: Personality,
        network: Network,
        clock: Clock,
        seed: int = 0,
        faults: FaultSet | None = None,
        sim: SimCard | None = None,
    ) -> None:
        self.name = name
        self.personality = personality
        self.network = network
        self.clock = clock
        self.faults = faults or FaultSet(clock, seed)
        self.sim = sim or make_sim(
            msisdn,
            network.smsc,
            capacity=personality.sim_capacity,
            first_index=personality.first_index,
        )
        serial = int("".join(c for c in msisdn if c.isdecimal()) or "0") + seed
        self.imei = with_check_digit(f"{personality.tac}{serial % 1_000_000:06d}")
        self.log = OctetLog(clock)
        self.sessions: list[Session] = []
        self.terminals: list[Terminal] = []
        self.function = 1
        self.held_back = False
        self._owner: Session | None = None
        self.memories = Memories(self)
        self.registration = Registration(self)
        self.boot = Boot(self)
        self.inbound = Inbound(self)
        self.outbound = Outbound(self)
        self.call = VoiceCall(self)
        self._doer = ModemFaults(self)
        self.boot.start_done()
        network.attach(self)

    # Terminals

    def new_session(self, name: str) -> Session:
        """A terminal's session without a transport; tests use it as it is."""
        line = Line(name, self.clock, self.faults, self.log)
        session = Session(self, line)
        line.connect(session.receive)
        self.sessions.append(session)
        return session

    def attach_pty(self, link: Path) -> PtyTerminal:
        """A pseudo-terminal of this modem, found at ``link``."""
        terminal = PtyTerminal(self.new_session(link.name).line, link)
        terminal.open()
        self.terminals.append(terminal)
        return terminal

    async def attach_tcp(self, host: str, port: int = 0) -> Terminal:
        terminal = await listen_tcp(self.new_session("tcp").line, host, port)
        self.terminals.append(terminal)
        return terminal

    async def attach_unix(self, address: str) -> Terminal:
        """A unix socket; an address that starts with @ is abstract."""
        terminal = await listen_unix(self.new_session("unix").line, address)
        self.terminals.append(terminal)
        return terminal

    def detach_terminal(self, terminal: Terminal) -> None:
        terminal.close()
        self.terminals.remove(terminal)
        for session in list(self.sessions):
            if session.line is terminal.line:
                session.reset()
                self.sessions.remove(session)
                if session is self._owner:
                    self._owner = None

    def unplug(self) -> None:
        """Pull it out: power and terminals go."""
        self.power_off()
        for terminal in self.terminals:
            terminal.close()

    def plug(self, name: str | None = None) -> None:
        """Put it in again; the first terminal's link may get another name."""
        if self.boot.powered:
            return
        fault = self.faults.take("renumber")
        if fault is not None:
            name = fault.text("name", "") or self._doer.next_name()
        for terminal in self.terminals:
            if name is not None and isinstance(terminal, PtyTerminal):
                terminal.rename(name)
                name = None
            terminal.open()
        self.power_on()

    async def close(self) -> None:
        """End everything of this modem."""
        self.faults.remove_all()
        self.power_off()
        self.network.detach(self)
        for terminal in self.terminals:
            await terminal.end()
        self.terminals.clear()
        await self.outbound.end()

    # Power

    @property
    def power(self) -> bool:
        return self.boot.powered

    def power_off(self) -> None:
        for session in self.sessions:
            session.reset()
        self.boot.stop()
        self.inbound.reset()
        self.call.ring_stop()
        self.function = 1
        self.outbound.sent_since_power_on = 0
        self.registration.searching_allowed = True
        self.memories.reset()

    def power_on(self) -> None:
        self.boot.start()

    def reboot(self) -> None:
        """Brown-out or CFUN=1,1: settings are lost, the terminals stay."""
        self.power_off()
        self.power_on()

    def reset_soon(self) -> None:
        """CFUN=1,1: after the answer is out."""
        self.clock.call_later(_RESET_AFTER_S, self._reset)

    def _reset(self) -> None:
        fault = self.faults.active("reset_renumbers")
        if fault is None:
            self.reboot()
            return
        self.unplug()
        name = self._doer.next_name() if fault.flag("renumber", default=True) else None
        self.clock.call_later(_RESET_TAKES_S, lambda: self.plug(name))

    # SIM

    @property
    def sim_state(self) -> SimState:
        if self.faults.active("sim_pulled"):
            return SimState.ABSENT
        if self.faults.active("puk"):
            return SimState.PUK
        return self.sim.state

    @property
    def sim_ready(self) -> bool:
        return self.boot.sim_ready

    @property
    def sms_ready(self) -> bool:
        return self.boot.sms_ready

    def insert_sim(self, sim: SimCard) -> None:
        """Put another card in; the number goes with the card."""
        self.network.detach(self)
        self.boot.sim_gone()
        self.sim = sim
        sim.power_on()
        self.network.attach(self)
        self.boot.sim_opened()

    # Messages

    def memory(self, place: int) -> Store:
        """The storage chosen for mem1, mem2 or mem3, counted from 0."""
        return self.memories.at(place)

    def room_was_made(self) -> None:
        if self.held_back:
            self.held_back = False
            self.network.memory_available(self)

    # Radio: what the network asks

    @property
    def msisdn(self) -> str:
        return self.sim.msisdn

    @property
    def imsi(self) -> str:
        return self.sim.imsi

    @property
    def reachable(self) -> bool:
        return (
            self.boot.powered and self.boot.sms_ready and self.registration.registered
        )

    def deliver(self, tpdu: bytes, smsc: str) -> bool:
        return self.reachable and self.inbound.take(tpdu, smsc)

    def ring(self, caller: str) -> None:
        self.call.ring(caller)

    def ring_stop(self) -> None:
        self.call.ring_stop()

    # Notifications and faults

    @property
    def message_session(self) -> Session:
        """Whose terminal hears of messages: the last that set them up."""
        if self._owner is not None:
            return self._owner
        return self.sessions[0] if self.sessions else self.new_session("none")

    def own_messages(self, session: Session) -> None:
        self._owner = session

    def notify_all(self, *lines: str) -> None:
        for session in self.sessions:
            session.notify(*lines)

    def chatter(self, text: str, switch: str | None) -> None:
        """A vendor's notification, where it is not switched off."""
        for session in self.sessions:
            if switch not in session.silenced:
                session.chat(text)

    def wanted_notice(self, stage: str, subject: str) -> tuple[str, ...] | None:
        """The lines of a notification a fault wants at this stage."""
        return self._doer.wanted_notice(stage, subject)

    def reach(self, stage: str, subject: str) -> None:
        """A command got so far; pulling out or a brown-out may be wanted here."""
        self._doer.reach(stage, subject)

    def before_reading(self, index: int) -> None:
        self._doer.before_reading(index)

    # Witness

    def log_entries(self) -> list[LogEntry]:
        return self.log.entries()

    def state(self) -> dict[str, object]:
        """What the control API shows."""
        return {
            "name": self.name,
            "msisdn": self.msisdn,
            "imei": self.imei,
            "imsi": self.imsi,
            "iccid": self.sim.iccid,
            "personality": self.personality.name,
            "power": self.power,
            "function": self.function,
            "sim": self.sim_state.value,
            "pin_attempts": self.sim.code.pin_left,
            "puk_attempts": self.sim.code.puk_left,
            "registration": self.registration.status,
            "registered": self.registration.registered,
            "signal": self.registration.rssi,
            "sent": self.outbound.sent,
            "next_reference": self.sim.next_reference,
            "cnmi": list(self.inbound.cnmi),
            "storages": {
                name: {"used": store.used, "capacity": store.capacity}
                for name, store in sorted(self.memories.stores.items())
            },
            "ports": [terminal.describe() for terminal in self.terminals],
            "faults": self.faults.describe(),
        }
