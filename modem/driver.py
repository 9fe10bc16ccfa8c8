"""`ModemLink`: one modem as a `Link` that connects, serves and heals by itself.

Finds the port by identity, opens it, lets a `Connection` live on it and begins again
when it is lost. One stuck modem waits in its own tasks and threads only.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from gateway.core.clock import Clock
from gateway.core.errors import (
    LinkLost,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import IdSource, LinkId
from gateway.core.link import (
    Capabilities,
    Door,
    LateResult,
    LinkState,
    LinkStatus,
    Memory,
    Reference,
    ReportStyle,
    Unit,
    UssdAnswer,
)
from modem import commands
from modem.answers import UssdText
from modem.cancellation import contained
from modem.channel import ModemSilent
from modem.config import ModemConfig
from modem.connection import Connection, WrongModem, recall_known
from modem.observer import ModemObserver, SilentObserver
from modem.parts import Parts
from modem.port import PortBusy, PortSettings, ThreadedPort, open_port
from modem.profiles import PROFILES
from modem.timing import Timing
from modem.usb import (
    Known,
    ModemRegistry,
    SerialPlace,
    candidates,
    serial_places,
    usb_path_of,
)

_log = logging.getLogger(__name__)

_NUMBERED = re.compile(r"/dev/tty[A-Z]+\d+")
_USSD_ENDS = {
    2: TemporaryFailure("ussd_ended", scope=Scope.MESSAGE),
    4: PermanentFailure("ussd_not_supported"),
    5: TemporaryFailure("ussd_network_timeout", scope=Scope.MESSAGE),
}


class ModemLink:
    """A GSM modem; implements `Link` and `UssdLink`."""

    def __init__(
        self,
        config: ModemConfig,
        *,
        clock: Clock,
        ids: IdSource,
        memory: Memory,
        registry: ModemRegistry,
        timing: Timing | None = None,
        observer: ModemObserver | None = None,
        late_result: LateResult | None = None,
        places: Callable[[], tuple[SerialPlace, ...]] = serial_places,
    ) -> None:
        self._ids = ids
        self._places = places
        self._parts = Parts.assemble(
            config,
            clock=clock,
            memory=memory,
            registry=registry,
            timing=timing or Timing(),
            observer=observer or SilentObserver(),
            late_result=late_result,
        )
        self._connection: Connection | None = None
        self._known = Known()
        self._skipped: set[str] = set()
        self._failures = 0
        self._in_flight = 0
        self._woken = asyncio.Event()
        self._ussd_turn = asyncio.Lock()

    @property
    def id(self) -> LinkId:
        return self._parts.link

    @property
    def capabilities(self) -> Capabilities:
        reports = self._parts.config.reports
        return Capabilities(
            rate_per_s=self._parts.config.rate_per_s,
            reports=ReportStyle.STATUS_REPORT if reports else ReportStyle.NONE,
        )

    @property
    def status(self) -> LinkStatus:
        return replace(self._parts.board.status, in_flight=self._in_flight)

    async def run(self, door: Door) -> NoReturn:
        """Serve for ever; ends by cancellation only."""
        self._parts.board.tell(door)
        self._known = await recall_known(self._parts)
        try:
            while True:
                port = await self._find_port()
                if port is not None:
                    await self._use(port, door)
                await self._rest()
        finally:
            self._parts.registry.release(self._parts.link)

    async def submit(self, unit: Unit) -> Reference:
        """Send one segment; see `Link.submit`."""
        connection = self._connection
        service = connection.service if connection is not None else None
        status = self.status
        if service is None or status.state is not LinkState.UP:
            raise _not_serving(status)
        self._in_flight += 1
        try:
            reference = await service.sender.submit(unit)
        except SubmitFailure as failure:
            self._parts.note_trouble(failure.reason, failure.carrier_code)
            service.failed(failure)
            raise
        finally:
            self._in_flight -= 1
        service.sent()
        return reference

    async def ussd(self, code: str) -> UssdAnswer:
        """Run one USSD code or answer the open session."""
        if not commands.is_ussd(code):
            raise PermanentFailure("ussd_code")
        connection = self._connection
        service = connection.service if connection is not None else None
        if service is None or self.status.state is not LinkState.UP:
            raise _not_serving(self.status)
        async with self._ussd_turn:
            told = await service.ussd(code)
        return _ussd_answer(told)

    async def restart(self) -> None:
        """Close the port and begin from the first step."""
        self._skipped.clear()
        if self._connection is not None:
            self._connection.close()
        self._woken.set()

    async def _find_port(self) -> ThreadedPort | None:
        """Open the best port where the modem may be; None when there is none now."""
        parts = self._parts
        places = await asyncio.to_thread(self._places)
        found = [
            place
            for place in candidates(parts.config, self._known, places)
            if place not in self._skipped
            and not parts.registry.is_taken(place, parts.link)
        ]
        if not found:
            self._nothing_found()
            return None
        try:
            return await self._open(found[0])
        except LinkLost as problem:
            self._failures += 1
            busy = isinstance(problem, PortBusy)
            parts.board.state(
                LinkState.DOWN, "port_busy" if busy else "port_error", str(problem)
            )
            return None

    def _nothing_found(self) -> None:
        if self._skipped:
            # Every port was looked at in vain: another modem may be meant to be here.
            self._skipped.clear()
            self._known = Known()
        self._failures = 0
        self._parts.board.state(
            LinkState.DOWN, "port_missing", "the modem is not plugged in"
        )

    async def _open(self, place: str) -> ThreadedPort:
        config = self._parts.config
        profile = PROFILES[config.profile] if config.profile else PROFILES["generic"]
        settings = PortSettings(
            baud=config.baud,
            flow_control=config.flow_control,
            write_timeout_s=self._parts.timing.write_s,
            write_piece_octets=profile.write_piece_octets,
            write_pause_s=profile.write_pause_s,
        )
        if not self._parts.registry.claim_port(place, self._parts.link):
            raise PortBusy(f"{place} is another section's")
        return await open_port(place, settings)

    async def _use(self, port: ThreadedPort, door: Door) -> None:
        """Live on the port until it is lost."""
        parts = self._parts
        expected = self._known if self._is_identity_certain(port.name) else Known()
        connection = Connection(parts, port=port, door=door, known=expected)
        self._connection = connection
        silent = wrong = False
        reason = "lost"
        try:
            await contained(connection.live())
        except* LinkLost as group:
            first = _leaf(group)
            silent = isinstance(first, ModemSilent)
            wrong = isinstance(first, WrongModem)
            reason = str(first)
        finally:
            self._connection = None
            port.close()
            parts.registry.release(parts.link)
        _log.warning("modem %s: %s", parts.link, reason)
        parts.note_trouble("silent" if silent else "port_lost", reason)
        if wrong or (parts.config.port is None and connection.hardware is None):
            self._skipped.add(port.name)
        else:
            await self._learn_place(connection, port.name)
        self._failures = 0 if connection.served else self._failures + 1
        parts.board.state(LinkState.DOWN, "silent" if silent else "port_lost", reason)
        if silent and port.name not in self._skipped:
            await parts.ladder.after_silence()

    def _is_identity_certain(self, place: str) -> bool:
        """A numbered device may be another modem now; a stable name is believed."""
        config = self._parts.config
        return place != config.port or _NUMBERED.fullmatch(place) is not None

    async def _learn_place(self, connection: Connection, place: str) -> None:
        hardware = connection.hardware
        if hardware is None:
            return
        places = await asyncio.to_thread(self._places)
        usb_path = usb_path_of(place, places) or self._known.usb_path
        self._known = Known(imei=hardware.imei, usb_path=usb_path)

    async def _rest(self) -> None:
        """Wait before the next try; longer the more have failed."""
        delays = self._parts.timing.reopen_delays_s
        longest_s = delays[min(self._failures, len(delays) - 1)]
        # Many modems lost at once (a hub, its supply) do not come back in step.
        delay_s = longest_s * (1 + self._ids.jitter()) / 2
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._woken.wait()
        self._woken.clear()


def _not_serving(status: LinkStatus) -> TemporaryFailure:
    return TemporaryFailure(status.reason or "link_not_up", scope=Scope.LINK)


def _leaf(group: BaseExceptionGroup[LinkLost]) -> LinkLost:
    """The first exception of a group, however deep."""
    first = group.exceptions[0]
    return _leaf(first) if isinstance(first, BaseExceptionGroup) else first


def _ussd_answer(told: UssdText | None) -> UssdAnswer:
    if told is None:
        raise TemporaryFailure("ussd_no_answer", scope=Scope.LINK)
    if told.mode in _USSD_ENDS and not told.text:
        raise _USSD_ENDS[told.mode]
    return UssdAnswer(text=told.text, more=told.mode == 1)
