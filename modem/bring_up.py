"""From an answering port to a modem that receives: named steps, the same for all.

Relies on a `Channel` and the profile's data; asks, negotiates, and reads back what
was set. What a person or the network has to do first is told by `NotReady`.

Spec: 3GPP TS 27.005 3, 27.007 8; spec/modem.md 9.14 to 9.17.
"""

import logging
from dataclasses import dataclass

from gateway.core.clock import Clock
from gateway.core.errors import GatewayError
from gateway.core.link import LinkState, Memory
from modem import answers, commands, errors
from modem.answers import SimState
from modem.at import Answer, Final
from modem.channel import Channel
from modem.config import ModemConfig
from modem.inquiry import ask_card
from modem.profile import Profile
from modem.profiles import PROFILES, profile_for
from modem.receive import Acknowledging
from modem.sim import SimLock
from modem.storage import Storage
from modem.timing import Timing
from modem.vocabulary import Hardware, Vocabulary

_log = logging.getLogger(__name__)


class NotReady(GatewayError):
    """Bring-up cannot go on now: why, whose move it is, and when to look again."""

    def __init__(
        self, state: LinkState, reason: str, detail: str, *, retry_s: float
    ) -> None:
        super().__init__(detail)
        self.state = state
        self.reason = reason
        self.detail = detail
        self.retry_s = retry_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What bring-up found out and set."""

    hardware: Hardware
    profile: Profile
    iccid: str | None
    imsi: str | None
    service_centre: str | None
    notifications: tuple[int, ...] | None  # None: none to be had, only listings
    acknowledging: Acknowledging


class BringUp:
    """One bring-up of one modem."""

    def __init__(
        self,
        *,
        config: ModemConfig,
        channel: Channel,
        vocabulary: Vocabulary,
        storage: Storage,
        memory: Memory,
        clock: Clock,
        timing: Timing,
    ) -> None:
        self._config = config
        self._channel = channel
        self._vocabulary = vocabulary
        self._storage = storage
        self._memory = memory
        self._clock = clock
        self._timing = timing

    async def meet(self) -> tuple[Hardware, Profile]:
        """Echo off, numeric errors, and who it is."""
        if not (await self._run(commands.basics())).ok:
            await self._run(commands.echo_off())
        await self._run(commands.numeric_errors())
        hardware = await self._vocabulary.hardware()
        chosen = self._config.profile
        profile = PROFILES[chosen] if chosen else profile_for(hardware.title)
        return hardware, profile

    async def complete(self, hardware: Hardware, profile: Profile) -> Setup:
        """SIM, SMS service and notifications; raises `NotReady`."""
        await self._switch_on()
        iccid = await ask_card(self._channel, profile)
        lock = SimLock(
            config=self._config,
            channel=self._channel,
            memory=self._memory,
            card=iccid or (f"imei {hardware.imei}" if hardware.imei else None),
            profile=profile,
        )
        await self._unlock(lock)
        iccid = iccid or await ask_card(self._channel, profile)
        await self._await_service()
        for line in (*profile.init, *self._config.init):
            await self._run(commands.vendor(line))
        imsi = await self._vocabulary.imsi()
        acknowledging = await self._choose_service(profile)
        notifications = await self._notifications(profile)
        await self._follow()
        if self._config.smsc is None:
            centre = await self._vocabulary.service_centre()
        else:
            centre = self._config.smsc
        return Setup(
            hardware=hardware,
            profile=profile,
            iccid=iccid,
            imsi=imsi,
            service_centre=centre,
            notifications=notifications,
            acknowledging=acknowledging,
        )

    async def _switch_on(self) -> None:
        answer = await self._run(commands.functionality())
        level = answers.first_number(answer.lines, "+CFUN")
        if level is not None and level != 1:
            await self._run(commands.full_functionality())

    async def _unlock(self, lock: SimLock) -> None:
        """Wait for the SIM, give it the PIN when that is allowed."""
        began = self._clock.monotonic()
        while True:
            answer = await self._run(commands.pin_state())
            state = answers.sim_state(answer.lines)
            match state:
                case SimState.READY:
                    await lock.ready()
                    return
                case SimState.PIN:
                    overdue = self._is_over(began + self._timing.sim_ready_s)
                    if not lock.is_said or overdue:
                        refusal = await lock.enter_pin()
                        if refusal is not None:
                            raise self._blocked(*refusal)
                case SimState.PUK:
                    raise self._blocked(
                        "sim_puk", "the SIM asks for its PUK: enter it in a telephone"
                    )
                case SimState.OTHER:
                    raise self._blocked(
                        "sim_locked", "the SIM or the device asks for another code"
                    )
                case None if _may_be_ready(answer):
                    return
                case None if _is_missing(answer):
                    if self._is_over(began + self._timing.sim_missing_s):
                        raise self._blocked(
                            "sim_missing",
                            "no SIM is found: insert one, or clean its contacts",
                        )
                case None:
                    if self._is_over(began + self._timing.sim_ready_s):
                        raise self._waiting("sim_not_ready", "the SIM does not answer")
            await self._clock.sleep(self._timing.sim_poll_s)

    async def _await_service(self) -> None:
        """SMS commands are refused until the modem has read its SIM."""
        end = self._clock.monotonic() + self._timing.service_ready_s
        while True:
            mode = await self._run(commands.pdu_mode())
            state = await self._storage.discover() if mode.ok else mode
            if state.ok or (mode.ok and await self._can_list()):
                return
            if self._is_over(end):
                if mode.ok:
                    return  # no storages at all: what comes has to come directly
                raise self._waiting("sms_not_ready", "the modem offers no SMS yet")
            await self._clock.sleep(self._timing.sim_poll_s)

    async def _can_list(self) -> bool:
        """Without +CPMS there may still be one storage to read."""
        return (await self._run(commands.list_messages())).ok

    async def _choose_service(self, profile: Profile) -> Acknowledging:
        """+CSMS=1 makes the network wait for our +CNMA where the modem supports it."""
        none = Acknowledging(messages=False, reports=False)
        if not profile.wants_service_1:
            return none
        answer = await self._run(commands.message_service(1))
        supported = answers.values_of(answer.lines, "+CSMS")
        if not answer.ok or supported[-3:-2] == ["0"]:
            await self._run(commands.message_service(0))
            return none
        # Something may still wait for the answer of an earlier life. Left alone, its
        # time-out would end the direct routing that is set next (27.005 3.4.4).
        await self._run(commands.refuse_delivery())
        return Acknowledging(
            messages=profile.acknowledges_messages,
            reports=profile.acknowledges_reports,
        )

    async def _notifications(self, profile: Profile) -> tuple[int, ...] | None:
        """Negotiate +CNMI from what is offered; the values that were read back."""
        test = await self._run(commands.notification_choices())
        offered = answers.notification_choices(test.lines)
        for values in plans(offered, profile, reports=self._config.reports):
            answer = await self._run(commands.set_notifications(values))
            if not answer.ok:
                continue
            told = await self._run(commands.notifications())
            held = answers.notifications(told.lines)
            if not held or held[:4] == values[: min(4, len(held))]:
                return held[:4] or values[:4]
        _log.warning("no notifications to be had: the storages are listed instead")
        return None

    async def _follow(self) -> None:
        """Registration and caller notices, and a character set for USSD."""
        for name in ("+CREG", "+CEREG"):
            if not (await self._run(commands.registration_reports(name, 2))).ok:
                await self._run(commands.registration_reports(name, 1))
        await self._run(commands.caller_identity())
        await self._run(commands.vendor('AT+CSCS="GSM"'))
        await self._run(commands.vendor("AT+COPS=3,0"))

    async def _run(self, command: commands.Command) -> Answer:
        return await self._channel.run_patiently(command)

    def _is_over(self, end: float) -> bool:
        return self._clock.monotonic() >= end or self._channel.is_lost

    def _blocked(self, reason: str, detail: str) -> NotReady:
        return NotReady(
            LinkState.BLOCKED, reason, detail, retry_s=self._timing.blocked_poll_s
        )

    def _waiting(self, reason: str, detail: str) -> NotReady:
        return NotReady(LinkState.DOWN, reason, detail, retry_s=self._timing.sim_poll_s)


def plans(
    offered: tuple[frozenset[int], ...], profile: Profile, *, reports: bool
) -> list[tuple[int, ...]]:
    """Values of +CNMI worth trying, best first; all of them when none are offered."""

    def allowed(position: int, wanted: tuple[int, ...]) -> list[int]:
        if position >= len(offered) or not offered[position]:
            return list(wanted)
        return [value for value in wanted if value in offered[position]]

    wanted_reports = profile.cnmi_reports if reports else (0,)
    modes = allowed(0, profile.cnmi_modes) or list(profile.cnmi_modes)
    routes = allowed(1, (1, 2)) or [1]
    styles = allowed(3, wanted_reports) or [0]
    buffer = (allowed(4, (0, 1)) or [0])[0]
    long_form = not offered or len(offered) > 4
    found: list[tuple[int, ...]] = []
    for style in styles:
        for route in routes:
            for mode in modes:
                values = (mode, route, 0, style, buffer)
                found.append(values if long_form else values[: len(offered)])
    return found


def _is_missing(answer: Answer) -> bool:
    cause = errors.cause_of(answer)
    return cause is not None and cause.reason == "sim_missing"


def _may_be_ready(answer: Answer) -> bool:
    """Some modems without a PIN function refuse the question itself."""
    return answer.final in (Final.ERROR, Final.REFUSED) or answer.code in (4, 100)
