"""Looks at every port and says, per modem, one verdict and the fix.

Asks only: no PIN is entered, nothing is set that outlives the look. Gives values; the
command line prints them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from gateway.core.clock import Clock
from gateway.core.errors import LinkLost
from gateway.core.ids import LinkId
from modem import answers, commands, errors
from modem.answers import Registration, SimState
from modem.at import Answer, EchoSeen, Unclaimed
from modem.channel import Channel
from modem.holder import Holder, holders_of
from modem.inquiry import ask_card, ask_registration
from modem.notice import Notice
from modem.observer import SilentObserver
from modem.port import PortBusy, PortSettings, ThreadedPort, open_port
from modem.profiles import profile_for
from modem.timing import Timing
from modem.usb import SerialPlace, real_place, serial_places
from modem.vocabulary import Vocabulary

_WEAK_DBM = -105


class Verdict(StrEnum):
    """What a look at one port came to."""

    READY = "ready"
    PORT_MISSING = "port_missing"
    PORT_BUSY = "port_busy"
    PORT_ERROR = "port_error"
    SILENT = "silent"
    SECOND_PORT = "second_port"
    SIM_MISSING = "sim_missing"
    SIM_PIN = "sim_pin"
    SIM_PUK = "sim_puk"
    SIM_FAILURE = "sim_failure"
    NOT_REGISTERED = "not_registered"
    NO_SERVICE_CENTRE = "no_service_centre"
    WEAK_SIGNAL = "weak_signal"


_FIXES: dict[Verdict, str] = {
    Verdict.READY: "nothing to do",
    Verdict.PORT_MISSING: "plug the modem in, or correct the port's name",
    Verdict.PORT_BUSY: "stop the program that has the port open",
    Verdict.PORT_ERROR: "allow this user to open the port (group dialout)",
    Verdict.SILENT: "no modem answers here: try another port or speed, or its power",
    Verdict.SECOND_PORT: "use the other port of the same modem",
    Verdict.SIM_MISSING: "insert a SIM, or clean its contacts",
    Verdict.SIM_PIN: "set pin_file for this modem, or switch the PIN off in a phone",
    Verdict.SIM_PUK: "enter the PUK in a phone: another wrong code destroys the SIM",
    Verdict.SIM_FAILURE: "try the SIM in a phone, then another SIM here",
    Verdict.NOT_REGISTERED: "check the antenna, the SIM's contract and the coverage",
    Verdict.NO_SERVICE_CENTRE: "set smsc for this modem to the carrier's SMSC number",
    Verdict.WEAK_SIGNAL: "move the antenna: it works, but may lose the network",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One port as it was found."""

    port: str
    verdict: Verdict
    fix: str = ""
    usb_path: str | None = None
    model: str | None = None
    imei: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    sim: SimState | None = None
    registration: Registration | None = None
    operator: str | None = None
    signal_dbm: int | None = None
    service_centre: str | None = None
    holders: tuple[Holder, ...] = ()
    same_modem: tuple[str, ...] = field(default=())


async def examine(
    ports: Sequence[str] = (),
    *,
    clock: Clock,
    timing: Timing | None = None,
    settings: PortSettings | None = None,
) -> tuple[Finding, ...]:
    """Look at `ports`, or at every serial port of the machine."""
    places = await asyncio.to_thread(serial_places)
    wanted = tuple(ports) or tuple(place.device for place in places)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for port in wanted:
        groups[_usb_path(port, places) or real_place(port)].append(port)
    examination = _Examination(
        clock=clock,
        timing=timing or Timing(hello_s=0.0),
        settings=settings or PortSettings(),
        places=places,
    )
    async with asyncio.TaskGroup() as tasks:
        looks = [
            tasks.create_task(examination.group(group)) for group in groups.values()
        ]
    findings = [finding for look in looks for finding in look.result()]
    order = {port: position for position, port in enumerate(wanted)}
    findings.sort(key=lambda finding: order[finding.port])
    return _without_doubles(findings)


def _usb_path(port: str, places: Sequence[SerialPlace]) -> str | None:
    device = real_place(port)
    return next((place.usb_path for place in places if place.device == device), None)


def _without_doubles(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Only one port of a modem is recommended; the others name it."""
    by_imei: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.imei is not None:
            by_imei[finding.imei].append(finding)
    told = []
    for finding in findings:
        family = by_imei.get(finding.imei or "", [finding])
        others = tuple(one.port for one in family if one is not finding)
        if others and family[0] is not finding:
            verdict = Verdict.SECOND_PORT
            fix = f"{_FIXES[verdict]}: {family[0].port}"
            told.append(replace(finding, verdict=verdict, fix=fix, same_modem=others))
        else:
            told.append(replace(finding, same_modem=others))
    return tuple(told)


class _Listener:
    """Owns a channel for the length of one look; rescues nothing."""

    def heard(self, news: Notice | EchoSeen | Unclaimed) -> None:
        pass

    def late(self, key: str, answer: Answer) -> None:
        pass

    def in_step_again(self) -> None:
        pass

    async def rescue(self, channel: Channel) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Examination:
    clock: Clock
    timing: Timing
    settings: PortSettings
    places: tuple[SerialPlace, ...]

    async def group(self, ports: Sequence[str]) -> list[Finding]:
        """The ports of one modem, one after the other."""
        return [await self._port(port) for port in ports]

    async def _port(self, port: str) -> Finding:
        held = await asyncio.to_thread(holders_of, port)
        blank = Finding(
            port=port,
            verdict=Verdict.SILENT,
            usb_path=_usb_path(port, self.places),
            holders=held,
        )
        is_file = not port.startswith(("tcp:", "unix:"))
        if is_file and not Path(port).exists():  # noqa: ASYNC240  # one stat
            return _judged(blank, Verdict.PORT_MISSING)
        # Whoever made a pseudo-terminal has it open; that is no rival.
        if held and not real_place(port).startswith("/dev/pts/"):
            return _busy(blank)
        try:
            opened = await open_port(port, self.settings)
        except PortBusy:
            return _busy(blank)
        except LinkLost as problem:
            return replace(
                _judged(blank, Verdict.PORT_ERROR),
                fix=f"{_FIXES[Verdict.PORT_ERROR]}: {problem}",
            )
        return await self._conversation(opened, blank)

    async def _conversation(self, opened: ThreadedPort, blank: Finding) -> Finding:
        channel = Channel(
            opened,
            link=LinkId("doctor"),
            clock=self.clock,
            timing=self.timing,
            observer=SilentObserver(),
            owner=_Listener(),
        )
        finding = blank
        try:
            async with asyncio.TaskGroup() as tasks:
                serving = tasks.create_task(channel.serve())
                finding = await _ask(channel, blank)
                serving.cancel()
        except* LinkLost:
            finding = _judged(blank, Verdict.SILENT)
        finally:
            opened.close()
        return finding


async def _ask(channel: Channel, blank: Finding) -> Finding:
    """Everything one wants to know of a modem that answers."""
    await channel.run(commands.basics())
    await channel.run(commands.numeric_errors())
    vocabulary = Vocabulary(channel, ussd_s=1.0)
    try:
        hardware = await vocabulary.hardware()
        sim = await channel.run_patiently(commands.pin_state())
        found = replace(
            blank,
            model=hardware.title or None,
            imei=hardware.imei,
            iccid=await ask_card(channel, profile_for(hardware.title)),
            sim=answers.sim_state(sim.lines),
            signal_dbm=await vocabulary.signal_dbm(),
        )
        if found.sim is SimState.READY:
            found = replace(
                found,
                imsi=await vocabulary.imsi(),
                registration=await ask_registration(channel),
                operator=await vocabulary.operator(),
                service_centre=await vocabulary.service_centre(),
            )
        return _judged(found, _verdict(found, sim))
    finally:
        vocabulary.close()


def _verdict(found: Finding, sim: Answer) -> Verdict:
    match found.sim:
        case SimState.PIN:
            return Verdict.SIM_PIN
        case SimState.PUK:
            return Verdict.SIM_PUK
        case SimState.OTHER:
            return Verdict.SIM_FAILURE
        case None:
            cause = errors.cause_of(sim)
            missing = cause is not None and cause.reason == "sim_missing"
            return Verdict.SIM_MISSING if missing else Verdict.SIM_FAILURE
        case SimState.READY:
            return _service_verdict(found)


def _service_verdict(found: Finding) -> Verdict:
    if found.registration is not None and not found.registration.serves_sms:
        return Verdict.NOT_REGISTERED
    if found.service_centre is None:
        return Verdict.NO_SERVICE_CENTRE
    if found.signal_dbm is not None and found.signal_dbm <= _WEAK_DBM:
        return Verdict.WEAK_SIGNAL
    return Verdict.READY


def _judged(finding: Finding, verdict: Verdict) -> Finding:
    return replace(finding, verdict=verdict, fix=_FIXES[verdict])


def _busy(finding: Finding) -> Finding:
    names = ", ".join(f"{one.name} ({one.pid})" for one in finding.holders)
    words = _FIXES[Verdict.PORT_BUSY]
    if any(one.name.startswith("ModemManager") for one in finding.holders):
        words = "keep ModemManager away by the udev rule of this package"
    fix = f"{words}: {names}" if names else words
    return replace(finding, verdict=Verdict.PORT_BUSY, fix=fix)
