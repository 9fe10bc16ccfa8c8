"""`SmppServer`: the SMSC that local applications bind to.

Listens, and gives each connection a `ServerBind`. Relies on the desk of applications
for who they are, what they submit and what they are owed.

Spec: SMPP 3.3, 3.4, 5.0; spec/smpp.md 3.7
"""

import asyncio
import logging
import socket
import ssl
from typing import Final, NoReturn, cast

from gateway.core.application import Account, ApplicationDesk
from gateway.core.clock import Clock
from smpp.server_bind import ServerBind
from smpp.server_config import SmppServerConfig
from smpp.server_observer import ServerObserver, SilentServerObserver
from smpp.server_parts import ServerParts
from smpp.server_pump import Pump
from smpp.server_roll import Roll

_log = logging.getLogger(__name__)

_HANDSHAKE_S: Final = 10.0
_BACKLOG: Final = 128


class SmppServer:
    """Serves from `run` until cancelled; `stop` parts from all in good order first."""

    def __init__(
        self,
        config: SmppServerConfig,
        *,
        desk: ApplicationDesk,
        clock: Clock,
        region: str,
        observer: ServerObserver | None = None,
    ) -> None:
        self._config = config
        self._parts = ServerParts(
            config=config,
            desk=desk,
            clock=clock,
            observer=observer or SilentServerObserver(),
            region=region,
        )
        self._listener: asyncio.Server | None = None
        self._roll: Roll | None = None
        self._binds: dict[ServerBind, str] = {}
        self._changed = asyncio.Event()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        sockets = self._listener.sockets if self._listener else ()
        return [sock.getsockname()[:2] for sock in sockets]

    @property
    def connections(self) -> int:
        """How many there are, bound or not."""
        return len(self._binds)

    async def start(self) -> None:
        """Listen; who calls waits for `run`. OSError where that cannot be."""
        context = await asyncio.to_thread(_tls, self._config)
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: _Doorman(self),
            sock=_listening(*self._config.address),
            ssl=context,
            ssl_handshake_timeout=_HANDSHAKE_S if context else None,
            backlog=_BACKLOG,
            start_serving=False,
        )

    async def run(self) -> NoReturn:
        """Serve for ever; ends by cancellation only."""
        if self._listener is None:
            await self.start()
        listener = self._listener
        if listener is None:
            raise AssertionError("it was started")
        try:
            async with asyncio.TaskGroup() as tasks:
                self._roll = Roll(
                    tasks, self._parts.clock, self._make_pump, self._parts.observer
                )
                await listener.start_serving()
                _log.info("smpp server: listening on %s", self.addresses)
                await asyncio.Event().wait()
        finally:
            listener.close()
            self._listener = None
        raise AssertionError("nobody sets that event")

    async def stop(self) -> None:
        """Take nothing new, answer what was taken, unbind everybody."""
        if self._listener is not None:
            self._listener.close()
        for bind in list(self._binds):
            bind.leave()
        while self._binds:
            self._changed.clear()
            await self._changed.wait()

    def heed(self, account: Account) -> None:
        """An account was changed; one that is disabled is parted from."""
        if self._roll is not None:
            self._roll.heed(account)
        if account.disabled_at is not None:
            for bind in list(self._binds):
                if bind.account_id == account.id:
                    bind.leave()

    def take(self, source: str) -> asyncio.Protocol | None:
        """The protocol of a new connection; None: there are too many."""
        config, roll = self._config, self._roll
        same = sum(1 for other in self._binds.values() if other == source)
        full = len(self._binds) >= config.connections
        if roll is None or full or same >= config.connections_per_source:
            reason = "too_many_connections" if full else "too_many_of_one_source"
            self._parts.observer.bind_refused(reason)
            _log.warning("smpp server: %s was not let in: %s", source, reason)
            return None
        bind = ServerBind(self._parts, roll)
        self._binds[bind] = source
        roll.tasks.create_task(self._live(bind))
        return bind.connection

    async def _live(self, bind: ServerBind) -> None:
        try:
            await bind.live()
        finally:
            del self._binds[bind]
            self._changed.set()

    def _make_pump(self, account: Account) -> Pump:
        parts = self._parts
        return Pump(account, parts.desk, parts.clock, parts.config)


class _Doorman(asyncio.Protocol):
    """Hands a new connection to its bind, or closes it."""

    def __init__(self, server: SmppServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By contract: transports of other event loops have no common base class.
        stream = cast(asyncio.Transport, transport)
        name = stream.get_extra_info("peername")
        protocol = self._server.take(str(name[0]) if name else "")
        if protocol is None:
            stream.abort()
            return
        stream.set_protocol(protocol)
        protocol.connection_made(stream)


def _listening(host: str, port: int) -> socket.socket:
    """On both families where every address is meant."""
    is_v6 = ":" in host
    return socket.create_server(
        (host, port),
        family=socket.AF_INET6 if is_v6 else socket.AF_INET,
        backlog=_BACKLOG,
        dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
    )


def _tls(config: SmppServerConfig) -> ssl.SSLContext | None:
    if config.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(config.tls_certificate, config.tls_key)
    if config.tls_client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(config.tls_client_ca)
    return context
