"""A network on a virtual clock and a radio that keeps what it is given."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from hwsim.clock import VirtualClock
from hwsim.network import Network
from hwsim.wire.sms import (
    Address,
    DeliverTpdu,
    StatusReportTpdu,
    SubmitTpdu,
    decode_deliver,
    decode_status_report,
    encode_submit,
    is_status_report,
    segment_text,
)

MODEM = "+79160000001"
PHONE = "+79991234567"


@dataclass(eq=False)
class KeepingRadio:
    """Takes everything while it has room."""

    msisdn: str = MODEM
    imsi: str = "250010160000001"
    reachable: bool = True
    room: bool = True
    got: list[bytes] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)

    def deliver(self, tpdu: bytes, smsc: str) -> bool:
        if self.room:
            self.got.append(tpdu)
        return self.room

    def ring(self, caller: str) -> None:
        self.rung.append(caller)

    def ring_stop(self) -> None:
        self.rung.append("stopped")

    @property
    def messages(self) -> list[DeliverTpdu]:
        return [decode_deliver(t) for t in self.got if not is_status_report(t)]

    @property
    def reports(self) -> list[StatusReportTpdu]:
        return [decode_status_report(t) for t in self.got if is_status_report(t)]


class Operator:
    """The network with one radio attached."""

    def __init__(self, latency_s: float = 0.5) -> None:
        self.clock = VirtualClock()
        self.network = Network(self.clock, 1, latency_s=latency_s)
        self.radio = KeepingRadio()
        self.network.attach(self.radio)
        self.reference = 0

    async def submit(
        self,
        text: str,
        to: str = PHONE,
        *,
        validity: timedelta | None = None,
        reject_duplicates: bool = False,
        reference: int | None = None,
    ) -> list[int]:
        """Each segment answered before the next, as a modem does."""
        answered = []
        for user in segment_text(text, reference=9):
            submit = SubmitTpdu(
                reference=self.reference if reference is None else reference,
                destination=Address.of(to),
                user=user,
                validity=validity,
                status_report=True,
                reject_duplicates=reject_duplicates,
            )
            self.reference = (self.reference + 1) % 256
            sending = asyncio.ensure_future(
                self.network.submit(self.radio, encode_submit(submit))
            )
            while not sending.done():
                await self.clock.pass_time(0.1)
            answered.append(await sending)
        return answered
