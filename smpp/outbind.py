"""outbind: a listener on which a carrier calls us, and we bind as receiver.

Relies on `life` for what follows. Only from the networks that the link allows, and with
the name and password that were agreed. Plain TCP: a carrier that calls over TLS needs a
proxy that ends it.

Spec: SMPP 3.4 4.1.7; spec/smpp.md 22
"""

import asyncio
import hmac
import logging
from ipaddress import ip_address, ip_network
from typing import Final, NoReturn
from urllib.parse import urlsplit

from gateway.core.link import Door
from gateway.engine.waiting import Bell
from smpp import pdu as p
from smpp.bind import bind_pdu
from smpp.config import BindMode
from smpp.life import Life
from smpp.parts import Parts
from smpp.transport import Connection

_log = logging.getLogger(__name__)

_MOST_CALLS: Final = 4
_PORT_TAKEN_S: Final = 30.0


class OutbindListener:
    """Takes the carrier's calls, for ever."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._networks = [ip_network(text) for text in parts.config.outbind_from]
        self._calls: list[Life] = []
        self._called = Bell()

    async def run(self, door: Door) -> NoReturn:
        """Listen until cancelled; a port that is taken is tried again."""
        place = urlsplit(f"//{self._parts.config.outbind_listen}")
        host, port = place.hostname, place.port or 0
        async with asyncio.TaskGroup() as calls:
            while True:
                try:
                    server = await asyncio.get_running_loop().create_server(
                        lambda: self._answer(door, calls), host, port
                    )
                except OSError as error:
                    _log.warning("smpp %s: outbind: %s", self._parts.link, error)
                    await self._parts.clock.sleep(_PORT_TAKEN_S)
                    continue
                async with server:
                    await server.serve_forever()

    def _answer(self, door: Door, calls: asyncio.TaskGroup) -> Connection:
        """The way of a call's octets; whether it is served is judged when it is."""
        life = Life(self._parts, door=door, bound=self._bound)
        calls.create_task(self._serve(life))
        return life.connection

    async def _serve(self, life: Life) -> None:
        await life.connection.connected.wait()
        peer = life.connection.peer
        link = self._parts.link
        if len(self._calls) >= _MOST_CALLS or not self._is_allowed(peer):
            _log.warning("smpp %s: a call from %s is not taken", link, peer)
            self._parts.observer.flaw(link, "outbind_not_allowed")
            await life.connection.close()
            return
        self._calls.append(life)
        try:
            bind = bind_pdu(self._parts.config, BindMode.RECEIVER)
            ending = await life.live_when_called(bind, self._knows)
            _log.info("smpp %s: the call from %s: %s", link, peer, ending.reason)
        finally:
            self._calls.remove(life)

    def _is_allowed(self, peer: str | None) -> bool:
        if peer is None:
            return False
        address = ip_address(peer)
        return any(address in network for network in self._networks)

    def _knows(self, outbind: p.Outbind) -> bool:
        config = self._parts.config
        same_name = _same(outbind.system_id, config.outbind_system_id)
        return _same(outbind.password, config.outbind_password) and same_name

    def _bound(self, answer: p.BindResp) -> None:
        smsc = answer.system_id or ""
        _log.info("smpp %s: bound by outbind of %s", self._parts.link, smsc)


def _same(theirs: str, ours: str) -> bool:
    return hmac.compare_digest(theirs.encode("latin-1"), ours.encode("utf-8"))
