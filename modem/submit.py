"""Submitting one segment: TPDU, +CMGS as one unit, and what its end means.

Relies on a `Channel`; busy answers are tried again a few times, a full storage once.
What may have left is never tried again here.

Spec: 3GPP TS 23.040 9.2.2.2, 27.005 3.5.1 and 4.3.
"""

import logging
from collections.abc import Callable

from gateway.codec.address import Address, encode_smsc
from gateway.codec.tpdu import Submit, encode_submit
from gateway.core.clock import Clock
from gateway.core.errors import PermanentFailure, SubmitFailure
from gateway.core.link import Reference, SmsUnit
from modem import answers, commands, errors
from modem.at import Answer, Final
from modem.channel import Channel, Urgency
from modem.config import ModemConfig
from modem.errors import Family
from modem.timing import Timing

_log = logging.getLogger(__name__)


class Sender:
    """The way out of one modem while it is served."""

    def __init__(
        self,
        *,
        config: ModemConfig,
        channel: Channel,
        line: str,
        clock: Clock,
        timing: Timing,
        make_room: Callable[[], None],
    ) -> None:
        self._config = config
        self._channel = channel
        self._line = line
        self._clock = clock
        self._timing = timing
        self._make_room = make_room
        self._can_hold = True
        self._holding = False

    async def submit(self, unit: SmsUnit) -> Reference:
        """Send it; raises the `SubmitFailure` that the answer means."""
        command = self._command(unit)
        await self._hold(more_follow=unit.more_follow)
        answer = await self._say(command, unit)
        reference = answers.sent_reference(answer.lines)
        if answer.ok and reference is not None:
            return self._reference(reference)
        raise errors.submit_failure(answer)

    def late_outcome(self, answer: Answer) -> Reference | SubmitFailure | None:
        """What a late end tells of an abandoned attempt; None when nothing."""
        reference = answers.sent_reference(answer.lines)
        if reference is not None:
            return self._reference(reference)
        if answer.final in (Final.CMS, Final.CME):
            return errors.submit_failure(answer)
        return None

    async def _say(self, command: commands.Command, unit: SmsUnit) -> Answer:
        made_room = False
        delays = iter(self._timing.busy_delays_s)
        while True:
            answer = await self._channel.run(
                command, urgency=Urgency.SEND, key=unit.attempt_id
            )
            cause = errors.cause_of(answer)
            if cause is not None and cause.family is Family.BUSY:
                delay_s = next(delays, None)
                if delay_s is None:
                    return answer
                await self._clock.sleep(delay_s)
            elif cause is not None and cause.family is Family.STORAGE and not made_room:
                made_room = True
                self._make_room()
                await self._clock.sleep(self._timing.store_retry_s)
            else:
                return answer

    async def _hold(self, *, more_follow: bool) -> None:
        """Keep the radio channel between the segments of one burst."""
        if more_follow and self._can_hold and not self._holding:
            answer = await self._channel.run(
                commands.more_messages(keep=True), urgency=Urgency.SEND
            )
            self._can_hold = answer.ok or answer.final in (Final.TIMEOUT, Final.LOST)
        self._holding = more_follow and self._can_hold

    def _command(self, unit: SmsUnit) -> commands.Command:
        submit = Submit(
            destination=unit.destination,
            user_data=unit.body,
            reference=unit.reference_hint or 0,
            status_report=unit.status_report and self._config.reports,
            reject_duplicates=unit.reject_duplicates,
            message_class=unit.message_class,
            protocol_id=unit.protocol_id,
            validity=unit.validity,
        )
        try:
            tpdu = encode_submit(submit)
        except ValueError as problem:
            raise PermanentFailure(f"not to be encoded: {problem}") from problem
        centre = Address.parse(self._config.smsc) if self._config.smsc else None
        return commands.send_pdu(
            encode_smsc(centre) + tpdu,
            len(tpdu),
            timeout_s=self._timing.submit_s or self._config.submit_timeout_s,
            prompt_timeout_s=self._timing.prompt_s,
        )

    def _reference(self, value: int) -> Reference:
        return Reference(
            line=self._line, value=str(value), accepted_at=self._clock.now()
        )
