"""A host at the end of a simulated modem's line, in process and with virtual time."""

from dataclasses import replace

from hwsim.at_session import Session
from hwsim.clock import VirtualClock
from hwsim.modem import Modem
from hwsim.network import Network
from hwsim.personalities import PERSONALITIES
from hwsim.personality import Personality
from hwsim.phone import Call
from hwsim.sim_card import SimCard
from hwsim.wire.sms import Address, SubmitTpdu, encode_submit, segment_text

OWN_NUMBER = "+79160000001"
PHONE_NUMBER = "+79161112233"
# The network hands on in small steps; so long it takes at most.
_MOMENT_S = 0.02
_TURNS = 2


class Host:
    """Types at one modem and reads what comes back."""

    def __init__(
        self,
        personality: str | Personality = "generic",
        *,
        latency_s: float = 0.0,
        sim: SimCard | None = None,
        **changes: object,
    ) -> None:
        if isinstance(personality, str):
            personality = PERSONALITIES[personality]
        if changes:
            personality = replace(personality, **changes)  # type: ignore[arg-type]
        self.clock = VirtualClock()
        self.network = Network(self.clock, 1, latency_s=latency_s)
        self.modem = Modem(
            "modem1", OWN_NUMBER, personality, self.network, self.clock, sim=sim
        )
        self.session: Session = self.modem.new_session("test")
        self.session.line.transport = self
        self._heard = bytearray()

    def write(self, octets: bytes) -> None:
        self._heard += octets

    async def raw(self, octets: bytes) -> bytes:
        """Type octets and give all that is heard by then."""
        self.session.line.received(octets)
        return await self.hear()

    async def hear(self) -> bytes:
        for _ in range(_TURNS):
            await self.clock.pass_time(_MOMENT_S)
        heard = bytes(self._heard)
        self._heard.clear()
        return heard

    async def say(self, command: str) -> list[str]:
        """Type a command; gives the lines of the answer without echo and blanks."""
        heard = await self.raw(f"{command}\r".encode("latin-1"))
        return _lines(heard, command)

    async def pass_time(self, seconds: float) -> list[str]:
        await self.clock.pass_time(seconds)
        return _lines(await self.hear(), "")

    async def quiet(self) -> "Host":
        """Echo off, numeric errors, PDU mode."""
        assert (await self.say("ATE0+CMEE=1;+CMGF=0"))[-1] == "OK"
        return self

    async def send_pdu(self, tpdu: bytes, *, length: int | None = None) -> list[str]:
        shown = len(tpdu) if length is None else length
        assert await self.raw(f"AT+CMGS={shown}\r".encode()) == b"\r\n> "
        return _lines(await self.raw(b"00" + tpdu.hex().encode() + b"\x1a"), "")

    async def send_text(self, text: str) -> list[str]:
        return await self.send_pdu(submit(text))

    def phone_sends(self, text: str) -> None:
        self.network.phone(PHONE_NUMBER).send(OWN_NUMBER, text)

    def phone_calls(self) -> Call:
        phone = self.network.phone(PHONE_NUMBER)
        return self.network.call(phone, OWN_NUMBER, duration_s=20)

    def phone_has(self) -> list[str]:
        return [m.text for m in self.network.phone(PHONE_NUMBER).received]


def submit(text: str, *, report: bool = False, to: str = PHONE_NUMBER) -> bytes:
    """The SUBMIT of a text that fits one segment."""
    return encode_submit(
        SubmitTpdu(
            reference=0,
            destination=Address.of(to),
            user=segment_text(text)[0],
            status_report=report,
        )
    )


def _lines(heard: bytes, echo: str) -> list[str]:
    lines = [line for line in heard.decode("latin-1").split("\r\n") if line.strip()]
    return [line for line in lines if line.strip("\r") != echo]
