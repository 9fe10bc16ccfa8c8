"""One bind of a link: connects, and begins again when it is lost.

Relies on `life` for each connection; decides where the next one goes and how long to
wait for it. What the sum of the binds means is for `client`.

Spec: spec/smpp.md 12, 14, 20
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NoReturn, assert_never

from gateway.codec.value import replace
from gateway.core.errors import Scope, TemporaryFailure
from gateway.core.link import Door
from gateway.core.policy import Backoff
from gateway.engine.waiting import Bell
from smpp import pdu as p
from smpp import status as codes
from smpp.config import BindConfig, BindMode
from smpp.life import Ending, Late, Life
from smpp.parts import Parts

_log = logging.getLogger(__name__)

RECONNECT: Final = Backoff(first=timedelta(seconds=1), cap=timedelta(seconds=60))
LOCKED_OUT: Final = Backoff(first=timedelta(minutes=1), cap=timedelta(minutes=15))
HELD_S: Final = 30.0
STEADY_AFTER_S: Final = 30.0
_BINDS: Final[dict[BindMode, type[p.Bind]]] = {
    BindMode.TRANSCEIVER: p.BindTransceiver,
    BindMode.TRANSMITTER: p.BindTransmitter,
    BindMode.RECEIVER: p.BindReceiver,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a bind is; `reason` is a stable code while it is not bound."""

    bound: bool = False
    needs_person: bool = False
    reason: str | None = "connecting"
    detail: str | None = None
    place: str | None = None
    smsc: str | None = None


class BindLoop:
    """One bind of a link, for ever."""

    def __init__(
        self, parts: Parts, mode: BindMode, *, moved: Callable[[Condition], None]
    ) -> None:
        self.condition = Condition()
        self.recoveries = 0
        self._parts = parts
        self._mode = mode
        self._clock = parts.clock
        self._moved = moved
        self._life: Life | None = None
        self._restarted = Bell()
        self._place = 0
        self._bound_at: float | None = None

    @property
    def sends(self) -> bool:
        """Whether it may submit at all."""
        return self._mode is not BindMode.RECEIVER

    @property
    def room(self) -> int:
        """How many more requests it may take now."""
        return self._life.room if self._life is not None and self.sends else 0

    @property
    def in_flight(self) -> int:
        """Requests without answer."""
        return self._life.in_flight if self._life is not None else 0

    async def run(self, door: Door) -> NoReturn:
        """Serve until cancelled; then say goodbye."""
        try:
            await self._live_for_ever(door)
        finally:
            self._set(Condition(reason="stopped", place=self.condition.place))

    async def request(self, pdu: p.Pdu, late: Late) -> p.Pdu:
        """Send a request and wait for its answer; see `Life.request`."""
        if self._life is None or self.room <= 0:
            raise TemporaryFailure("not_bound", scope=Scope.LINK)
        return await self._life.request(pdu, late)

    def restart(self) -> None:
        """Close and begin anew, without waiting."""
        self._restarted.ring()
        if self._life is not None:
            self._life.end(Ending(reason="restarting", detail="as was asked for"))

    async def _live_for_ever(self, door: Door) -> NoReturn:
        tries = 0
        while True:
            seen = self._restarted.rings
            self._bound_at = None
            ending = await self._live(door)
            self._set(self._after(ending))
            served = self._bound_at is not None
            tries = 1 if self._was_steady() else tries + 1
            # The preferred place again after it served; the next one when it did not.
            self._place = 0 if served else self._place + 1
            self.recoveries += 1
            pause_s = self._pause_s(ending, tries)
            await self._restarted.wait(seen, self._clock, pause_s)

    async def _live(self, door: Door) -> Ending:
        """One connection, from its making to its end."""
        places = self._parts.config.places()
        host, port = places[self._place % len(places)]
        self.condition = replace(self.condition, place=f"{host}:{port}")
        life = Life(self._parts, door=door, bound=self._bound)
        self._life = life
        try:
            return await life.live(host, port, bind_pdu(self._parts.config, self._mode))
        finally:
            self._life = None

    def _bound(self, answer: p.BindResp) -> None:
        self._bound_at = self._clock.monotonic()
        place, smsc = self.condition.place, answer.system_id or None
        self._set(Condition(bound=True, reason=None, place=place, smsc=smsc))

    def _was_steady(self) -> bool:
        since = self._bound_at
        return since is not None and self._clock.monotonic() - since >= STEADY_AFTER_S

    def _after(self, ending: Ending) -> Condition:
        place = self.condition.place
        if ending.refused is None:
            return Condition(reason=ending.reason, detail=ending.detail, place=place)
        refused = codes.refused_bind(ending.refused)
        code = codes.carrier_code(ending.refused)
        self._parts.observer.refused(self._parts.link, codes.name(ending.refused))
        _log.warning("smpp %s: bind refused: %s", self._parts.link, code)
        is_held = refused is codes.RefusedBind.HELD
        return Condition(
            needs_person=refused is codes.RefusedBind.CREDENTIALS,
            reason="already_bound" if is_held else "bind_refused",
            detail=code,
            place=place,
        )

    def _pause_s(self, ending: Ending, tries: int) -> float:
        jitter = self._parts.ids.jitter()
        if ending.refused is None:
            return RECONNECT.wait(tries, jitter).total_seconds()
        match codes.refused_bind(ending.refused):
            case codes.RefusedBind.HELD:
                return HELD_S
            case codes.RefusedBind.CREDENTIALS:
                return LOCKED_OUT.wait(tries, jitter).total_seconds()
            case codes.RefusedBind.RETRY:
                return RECONNECT.wait(tries, jitter).total_seconds()
            case other:
                assert_never(other)

    def _set(self, condition: Condition) -> None:
        self.condition = condition
        self._moved(condition)


def bind_pdu(config: BindConfig, mode: BindMode) -> p.Bind:
    """How an account asks to be let in."""
    return _BINDS[mode](
        system_id=config.system_id,
        password=config.password,
        system_type=config.system_type,
        interface_version=config.interface_version,
        addr_ton=config.addr_ton,
        addr_npi=config.addr_npi,
        address_range=config.address_range,
    )
