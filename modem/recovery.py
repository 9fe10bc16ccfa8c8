"""The ladder out of trouble, each step logged, counted and limited in rate.

Resynchronising is the channel's; here are initialising anew, a full reset, and the
administrator's power hook. Reopening the port is the driver's, between two of these.

Spec: ITU-T V.250 6.1, 3GPP TS 27.007 8.2; spec/modem.md 9.29.
"""

import asyncio
import contextlib
import logging
from enum import StrEnum

from gateway.core.clock import Clock
from gateway.core.ids import LinkId
from modem import commands
from modem.channel import Channel
from modem.observer import ModemObserver
from modem.profile import Profile
from modem.timing import Timing

_log = logging.getLogger(__name__)

_TROUBLES_TO_REINIT = 3
_TROUBLES_TO_RESET = 5


class Step(StrEnum):
    """From the gentlest to the last."""

    RESYNC = "resync"
    REINIT = "reinit"
    RESET = "reset"
    REOPEN = "reopen"
    POWER = "power"


class Ladder:
    """One modem's recoveries."""

    def __init__(
        self,
        *,
        link: LinkId,
        clock: Clock,
        timing: Timing,
        observer: ModemObserver,
        power_hook: tuple[str, ...] | None,
    ) -> None:
        self._link = link
        self._clock = clock
        self._timing = timing
        self._observer = observer
        self._power_hook = power_hook
        self._taken_at: dict[Step, float] = {}
        self._episode: set[Step] = set()  # steps since it was last well
        self._silences = 0
        self._troubles = 0
        self.count = 0

    def took(self, step: Step) -> None:
        """Write down a step that was taken."""
        self._taken_at[step] = self._clock.monotonic()
        self._episode.add(step)
        self.count += 1
        self._observer.recovery_step(self._link, step)
        _log.warning("modem %s: recovery step %s", self._link, step)

    def healthy(self) -> None:
        """It serves again: begin from the gentlest step the next time."""
        self._episode.clear()
        self._silences = 0

    def sent_well(self) -> None:
        self._troubles = 0

    def trouble(self) -> Step | None:
        """A send ended strangely; the step to take once it has happened too often."""
        self._troubles += 1
        if self._troubles >= _TROUBLES_TO_RESET and self.may(Step.RESET):
            self._troubles = 0
            return Step.RESET
        if self._troubles == _TROUBLES_TO_REINIT and self.may(Step.REINIT):
            return Step.REINIT
        return None

    def may(self, step: Step) -> bool:
        """Has the last time been long enough ago?"""
        limits = {
            Step.REINIT: self._timing.reinit_interval_s,
            Step.RESET: self._timing.reset_interval_s,
            Step.POWER: self._timing.power_interval_s,
        }
        last = self._taken_at.get(step)
        return last is None or (self._clock.monotonic() - last >= limits.get(step, 0.0))

    async def climb(self, channel: Channel, profile: Profile) -> bool:
        """Try to make a silent modem answer; True when it does."""
        if not channel.greeted and await self._greet(channel):
            return True
        if self._power_hook and {Step.REINIT, Step.RESET} <= self._episode:
            return False
        if self.may(Step.REINIT):
            self.took(Step.REINIT)
            for line in profile.reset:
                await channel.exchange(commands.vendor(line).within(3.0))
            if await channel.find_step():
                return True
        if self.may(Step.RESET) and not channel.is_lost:
            self.took(Step.RESET)
            await channel.exchange(commands.restart_modem().within(3.0))
            if await self._booted(channel):
                return True
        return False

    async def after_silence(self) -> None:
        """Between closing a silent port and opening it again."""
        self._silences += 1
        self.took(Step.REOPEN)
        hook = self._power_hook
        if self._silences >= 2 and hook is not None and self.may(Step.POWER):
            self.took(Step.POWER)
            self._episode.clear()
            await self._run_hook(hook)

    async def _greet(self, channel: Channel) -> bool:
        """A port may appear long before its modem speaks."""
        end = self._clock.monotonic() + self._timing.hello_s
        while self._clock.monotonic() < end and not channel.is_lost:
            if await channel.find_step():
                return True
        return False

    async def _booted(self, channel: Channel) -> bool:
        end = self._clock.monotonic() + self._timing.boot_s
        while self._clock.monotonic() < end and not channel.is_lost:
            await self._clock.sleep(self._timing.boot_settle_s)
            if await channel.find_step():
                return True
        return False

    async def _run_hook(self, hook: tuple[str, ...]) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *hook,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as problem:
            _log.error("the power hook cannot be run: %s", problem)
            return
        try:
            async with asyncio.timeout(self._timing.hook_s):
                status = await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            status = await process.wait()
        if status != 0:
            _log.error("the power hook ended with %s", status)
