"""The SMSC's part of the control API: accounts, binds, faults.

Relies on ``smsc`` and on the fault requests that all owners of faults share.

Spec: PRODUCT.md 8
"""

from http import HTTPStatus

from aiohttp import web

from hwsim.fault_request import read_fault, remove_fault, want_fault
from hwsim.problem import Fields, Problem, invalid, not_found
from hwsim.smsc import CodeTaken, Smsc
from hwsim.smsc_account import (
    DEFAULT_ACCOUNT,
    MAX_PASSWORD_OCTETS,
    MAX_SYSTEM_ID_OCTETS,
    new_account,
    read_account,
)
from hwsim.smsc_faults import SMSC_KINDS
from hwsim.smsc_session import SMSC_ID

_LAST_PORT = 65_535
_LONGEST_MSISDN = 16


class SmscApi:
    """Handlers over one SMSC."""

    def __init__(self, smsc: Smsc) -> None:
        self._smsc = smsc

    def routes(self) -> list[web.RouteDef]:
        account, faults = "/smsc/accounts/{system_id}", "/smsc/faults"
        return [
            web.get("/smsc", self.show),
            web.put(account, self.set_account),
            web.delete(account, self.remove_account),
            web.get(faults, self.faults),
            web.post(faults, self.add_fault),
            web.delete(faults, self.remove_fault),
            web.delete(f"{faults}/{{id}}", self.remove_fault),
            web.post("/smsc/outbind", self.outbind),
            web.post("/smsc/alerts", self.alert),
        ]

    async def outbind(self, request: web.Request) -> web.Response:
        """Call an ESME at ``address``, with the name and password it expects."""
        fields = await Fields.of_body(request)
        host, _, port = fields.text("address").rpartition(":")
        system_id = fields.text("system_id", SMSC_ID)
        password = fields.text("password", "")
        fields.finish()
        if not host or not port.isdecimal() or int(port) > _LAST_PORT:
            raise invalid("address", "is not HOST:PORT")
        for name, value, most in (
            ("system_id", system_id, MAX_SYSTEM_ID_OCTETS),
            ("password", password, MAX_PASSWORD_OCTETS),
        ):
            if len(value) > most or not value.isascii():
                raise invalid(name, f"is longer than {most} ASCII characters")
        try:
            await self._smsc.outbind(
                host.strip("[]"), int(port), system_id=system_id, password=password
            )
        except OSError as error:
            raise Problem(
                "unreachable",
                str(error),
                field="address",
                status=HTTPStatus.BAD_GATEWAY,
            ) from error
        return web.Response(status=204)

    async def alert(self, request: web.Request) -> web.Response:
        """alert_notification about ``msisdn`` to an account."""
        fields = await Fields.of_body(request)
        msisdn = fields.text("msisdn")
        system_id = fields.text("system_id", DEFAULT_ACCOUNT.system_id)
        fields.finish()
        if not msisdn.removeprefix("+").isdecimal() or len(msisdn) > _LONGEST_MSISDN:
            raise invalid("msisdn", "is no number")
        if system_id not in self._smsc.accounts:
            raise not_found(f"account {system_id}")
        sent = self._smsc.alert(system_id, msisdn)
        return web.json_response({"sent": sent})

    async def show(self, request: web.Request) -> web.Response:
        return web.json_response(self._smsc.describe())

    async def set_account(self, request: web.Request) -> web.Response:
        """Only the members that are named change; a new one starts with defaults."""
        system_id = request.match_info["system_id"]
        was = self._smsc.accounts.get(system_id) or new_account(system_id)
        account = read_account(await Fields.of_body(request), was)
        try:
            self._smsc.set_account(account)
        except CodeTaken as error:
            raise Problem(
                "code_taken",
                str(error),
                field="short_codes",
                status=HTTPStatus.CONFLICT,
            ) from error
        return web.json_response(account.describe())

    async def remove_account(self, request: web.Request) -> web.Response:
        system_id = request.match_info["system_id"]
        try:
            self._smsc.remove_account(system_id)
        except KeyError:
            raise not_found(f"account {system_id}") from None
        return web.Response(status=204)

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._smsc.faults.describe()})

    async def add_fault(self, request: web.Request) -> web.Response:
        wanted = read_fault(await Fields.of_body(request), SMSC_KINDS)
        fault_id = want_fault(self._smsc.faults, wanted)
        return web.json_response({"id": fault_id, "kind": wanted.kind}, status=201)

    async def remove_fault(self, request: web.Request) -> web.Response:
        remove_fault(self._smsc.faults, request.match_info.get("id"))
        return web.Response(status=204)
