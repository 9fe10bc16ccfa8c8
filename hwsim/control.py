"""The control API and the page for a person: modems, faults, clock, ledger, changes.

Relies on aiohttp; phones, SMSC and fault requests have modules of their own. It asks of
a modem only what ``SimulatedModem`` says. MMSC and IVR are not here.

Spec: PRODUCT.md 8
"""

import asyncio
import contextlib
import heapq
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from aiohttp import web

from hwsim.clock import Clock, VirtualClock
from hwsim.fault_kinds import MODEM_KINDS, FaultKind
from hwsim.fault_request import describe_kinds, read_fault, remove_fault, want_fault
from hwsim.faults import FaultSet
from hwsim.ledger import LedgerKind
from hwsim.line import LogEntry
from hwsim.network import Network
from hwsim.network_faults import NETWORK_KINDS
from hwsim.phone_api import PhoneApi, describe_phone
from hwsim.problem import Fields, Problem, not_found, problems
from hwsim.smsc import Smsc
from hwsim.smsc_api import SmscApi
from hwsim.smsc_faults import SMSC_KINDS

_STATIC = Path(__file__).with_name("static")
_MOST_LISTED = 100_000
_SHOWN_PHONES = 200
_LONGEST_ADVANCE_S = 31 * 86_400.0
# Changes come in bursts; a person sees no more than so many pictures a second.
_CHANGE_PAUSE_S = 0.2
_MODEM_LOOK_S = 1.0

_CONTENT_POLICY = "default-src 'self'; frame-ancestors 'none'"


class ModemLog(Protocol):
    def entries(self) -> Sequence[LogEntry]: ...


class SimulatedModem(Protocol):
    """What the control API asks of a modem."""

    @property
    def name(self) -> str: ...

    @property
    def msisdn(self) -> str: ...

    @property
    def faults(self) -> FaultSet: ...

    @property
    def log(self) -> ModemLog: ...

    def state(self) -> dict[str, object]: ...

    def plug(self) -> None: ...


class Control:
    """Handlers over one network and its modems."""

    def __init__(
        self,
        clock: Clock,
        network: Network,
        modems: Mapping[str, SimulatedModem],
        smsc: Smsc,
    ) -> None:
        self._clock = clock
        self._network = network
        self._modems = modems
        self._smsc = smsc
        self._closing = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[problems])
        app.add_routes(PhoneApi(self._network).routes())
        app.add_routes(SmscApi(self._smsc).routes())
        app.add_routes(self._routes())
        app.router.add_static("/static", _STATIC)
        app.on_shutdown.append(self._close)
        return app

    def _routes(self) -> list[web.RouteDef]:
        modem, network = "/modems/{name}", "/network/faults"
        return [
            web.get("/", self.page),
            web.get("/state", self.state),
            web.get("/events", self.events),
            web.get("/ledger", self.ledger),
            web.get("/faults", self.kinds),
            web.post("/clock", self.advance),
            web.get(modem, self.modem),
            web.get(f"{modem}/log", self.log),
            web.get(f"{modem}/faults", self.modem_faults),
            web.post(f"{modem}/faults", self.add_modem_fault),
            web.delete(f"{modem}/faults", self.remove_modem_fault),
            web.delete(f"{modem}/faults/{{id}}", self.remove_modem_fault),
            web.get(network, self.network_faults),
            web.post(network, self.add_network_fault),
            web.delete(network, self.remove_network_fault),
            web.delete(f"{network}/{{id}}", self.remove_network_fault),
        ]

    async def page(self, request: web.Request) -> web.FileResponse:
        headers = {"Content-Security-Policy": _CONTENT_POLICY}
        return web.FileResponse(_STATIC / "index.html", headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        phones = list(self._network.phones.values())
        return web.json_response(
            self._picture() | {"phones": [describe_phone(phone) for phone in phones]}
        )

    async def ledger(self, request: web.Request) -> web.Response:
        query = Fields.of_query(request)
        after = query.whole("after", 0, most=2**53)
        limit = query.whole("limit", _MOST_LISTED, most=_MOST_LISTED)
        kind = query.maybe_choice("kind", LedgerKind)
        query.finish()
        entries = self._network.ledger.after(after, limit, kind)
        return web.json_response(
            {
                "entries": [entry.describe() for entry in entries],
                "last": self._network.ledger.last,
            }
        )

    async def kinds(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "modem": describe_kinds(MODEM_KINDS),
                "network": describe_kinds(NETWORK_KINDS),
                "smsc": describe_kinds(SMSC_KINDS),
            }
        )

    async def advance(self, request: web.Request) -> web.Response:
        fields = await Fields.of_body(request)
        advance_s = fields.number("advance_s", most=_LONGEST_ADVANCE_S)
        fields.finish()
        if not isinstance(self._clock, VirtualClock):
            detail = "the clock is real; start with --virtual-clock to move it"
            raise Problem("clock_is_real", detail, status=HTTPStatus.CONFLICT)
        await self._clock.pass_time(advance_s)
        return web.json_response({"now": self._clock.now().isoformat()})

    async def modem(self, request: web.Request) -> web.Response:
        return web.json_response(self._modem(request).state())

    async def log(self, request: web.Request) -> web.Response:
        """Octets both ways; ``limit`` keeps the newest."""
        query = Fields.of_query(request)
        limit = query.whole("limit", _MOST_LISTED, most=_MOST_LISTED)
        query.finish()
        entries = self._modem(request).log.entries()
        shown = entries[max(0, len(entries) - limit) :]
        return web.json_response({"entries": [entry.describe() for entry in shown]})

    async def modem_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._modem(request).faults.describe()})

    async def add_modem_fault(self, request: web.Request) -> web.Response:
        modem = self._modem(request)
        fields = await Fields.of_body(request)
        if fields.peek("kind") == "plug":
            fields.text("kind")
            fields.finish()
            modem.plug()
            return web.json_response({"kind": "plug"}, status=201)
        return _want(modem.faults, MODEM_KINDS, fields)

    async def remove_modem_fault(self, request: web.Request) -> web.Response:
        remove_fault(self._modem(request).faults, request.match_info.get("id"))
        return web.Response(status=204)

    async def network_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._network.faults.describe()})

    async def add_network_fault(self, request: web.Request) -> web.Response:
        fields = await Fields.of_body(request)
        return _want(self._network.faults, NETWORK_KINDS, fields)

    async def remove_network_fault(self, request: web.Request) -> web.Response:
        remove_fault(self._network.faults, request.match_info.get("id"))
        return web.Response(status=204)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the whole picture again after every change."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        changed = asyncio.Event()
        changed.set()
        self._network.watch(changed.set)
        shown = ""
        try:
            while not self._closing.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _MODEM_LOOK_S)
                changed.clear()
                picture = json.dumps(self._picture())
                if picture != shown:
                    shown = picture
                    await response.write(f"event: state\ndata: {picture}\n\n".encode())
                await asyncio.sleep(_CHANGE_PAUSE_S)
        except ConnectionResetError:
            pass
        finally:
            self._network.unwatch(changed.set)
        return response

    def _picture(self) -> dict[str, object]:
        """What the page shows; of many phones the ones last active."""
        phones = heapq.nlargest(
            _SHOWN_PHONES, self._network.phones.values(), key=lambda p: p.active_at
        )
        virtual = isinstance(self._clock, VirtualClock)
        return {
            "virtual_clock": virtual,
            "now": self._clock.now().isoformat() if virtual else None,
            "smsc": self._network.smsc,
            "modems": [modem.state() for modem in self._modems.values()],
            "phones": [describe_phone(phone) for phone in phones],
            "counters": self._network.counters,
            "smpp": self._smsc.describe(),
            "faults": self._network.faults.describe(),
            "ledger": self._network.ledger.last,
        }

    def _modem(self, request: web.Request) -> SimulatedModem:
        name = request.match_info["name"]
        try:
            return self._modems[name]
        except KeyError:
            raise not_found(f"modem {name}") from None

    async def _close(self, app: web.Application) -> None:
        self._closing.set()


def _want(
    faults: FaultSet, kinds: Mapping[str, FaultKind], fields: Fields
) -> web.Response:
    request = read_fault(fields, kinds)
    fault_id = want_fault(faults, request)
    return web.json_response({"id": fault_id, "kind": request.kind}, status=201)
