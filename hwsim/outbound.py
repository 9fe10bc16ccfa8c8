"""What leaves by this modem: reference, refusals, the network's answer.

Relies on the SIM for references and on the network to take a SUBMIT. A submission
under way outlives the command that wanted it, as on a radio.

Spec: 3GPP TS 27.005 3.5.1; modem.md 10.8, 10.13 e, h
"""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from hwsim.at_reply import CmsError
from hwsim.network import SubmitRefused

if TYPE_CHECKING:
    from hwsim.modem import Modem

_UNASSIGNED_NUMBER = 1
_NO_CENTRE = 330
_NO_NETWORK = 331
_UNKNOWN_ERROR = 500


class Outbound:
    """One modem's sending side."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent = 0
        self.sent_since_power_on = 0

    async def submit(self, subject: str, tpdu: bytes, smsc: str) -> int:
        """Give a SUBMIT to the network with this SIM's next reference."""
        modem = self._modem
        faults = modem.faults
        self._refuse(subject, smsc)
        if faults.active("radio_stuck"):
            await asyncio.get_running_loop().create_future()
        reference = modem.sim.take_reference()
        tpdu = tpdu[:1] + bytes((reference,)) + tpdu[2:]
        if late := faults.take("error_but_accepted", subject):
            delay_s = late.number("delay_s", 2.0)
            modem.clock.call_later(delay_s, lambda: self._spawn(self._give(tpdu)))
            raise CmsError(late.whole("code", _UNKNOWN_ERROR))
        await asyncio.shield(self._spawn(self._give(tpdu)))
        modem.reach("sent", subject)
        if wrong := faults.take("accepted_but_error", subject):
            raise CmsError(wrong.whole("code", _UNKNOWN_ERROR))
        return reference

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _refuse(self, subject: str, smsc: str) -> None:
        modem = self._modem
        if fault := modem.faults.take("cms_error", subject):
            raise CmsError(fault.whole("code", _UNKNOWN_ERROR))
        if not modem.registration.registered:
            raise CmsError(_NO_NETWORK)
        limit = modem.personality.refuse_after_sends
        if fault := modem.faults.active("refuse_after"):
            limit = fault.whole("sends", 255)
        if limit is not None and self.sent_since_power_on >= limit:
            raise CmsError(_UNASSIGNED_NUMBER)
        if not smsc and not modem.sim.smsc:
            raise CmsError(_NO_CENTRE)

    async def _give(self, tpdu: bytes) -> None:
        try:
            await self._modem.network.submit(self._modem, tpdu)
        except SubmitRefused as refused:
            raise CmsError(refused.cms) from refused
        self.sent += 1
        self.sent_since_power_on += 1

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(ended: asyncio.Task[None]) -> None:
            self._tasks.discard(ended)
            if not ended.cancelled():
                # Whoever waited has it too; nobody may be left to wait.
                ended.exception()

        task.add_done_callback(done)
        return task
