"""`/accounts`: applications that bind over SMPP; the command line uses it too.

Relies on the engine's `Accounts`. A password is in one answer only.
"""

import msgspec
from aiohttp import web
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.application import Account
from web.account import (
    AccountList,
    AccountShape,
    ChangeAccount,
    CreateAccount,
    SetPassword,
)
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing
from web.services import AccountOffice

_ROOT = "/api/v1/accounts"
_ONE = _ROOT + "/{account_id}"


class Accounts:
    """The resource."""

    def __init__(self, accounts: AccountOffice) -> None:
        self._accounts = accounts

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "POST",
                _ROOT,
                self.create,
                access=Role.ADMIN,
                summary="Make an application's account; its password is shown once",
                body=CreateAccount,
                answer=AccountShape,
                status=201,
            ),
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.ADMIN,
                summary="Every account, and what waits for it",
                answer=AccountList,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.ADMIN,
                summary="One account, by its id or system id",
                answer=AccountShape,
            ),
            endpoint(
                "PATCH",
                _ONE,
                self.change,
                access=Role.ADMIN,
                summary="Change what an account may do; `disabled` closes or opens it",
                body=ChangeAccount,
                answer=AccountShape,
            ),
            endpoint(
                "DELETE",
                _ONE,
                self.disable,
                access=Role.ADMIN,
                summary="Close an account; what it is owed is kept",
                answer=AccountShape,
            ),
            endpoint(
                "POST",
                _ONE + "/password",
                self.set_password,
                access=Role.ADMIN,
                summary="Give an account another password; it is shown once",
                body=SetPassword,
                answer=AccountShape,
            ),
        ]

    async def create(self, call: Call[Nothing, CreateAccount]) -> web.Response:
        """201 with the password."""
        rules = _said(call.body)
        system_id, password = rules.pop("system_id"), rules.pop("password", None)
        account, plaintext = await self._accounts.create(
            str(system_id),
            rules,
            password=None if password is None else str(password),
            actor=call.actor,
        )
        return reply(_shape(account, password=plaintext), status=201)

    async def listing(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them."""
        found = await self._accounts.ls()
        return reply(AccountList(items=[_shape(one, count) for one, count in found]))

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One."""
        return reply(_shape(*await self._accounts.get(call.part("account_id"))))

    async def change(self, call: Call[Nothing, ChangeAccount]) -> web.Response:
        """The account as it is now."""
        name, rules = call.part("account_id"), _said(call.body)
        disabled = rules.pop("disabled", None)
        if rules or disabled is None:
            await self._accounts.change(name, rules, actor=call.actor)
        if disabled is not None:
            act = self._accounts.disable if disabled else self._accounts.enable
            await act(name, actor=call.actor)
        return reply(_shape(*await self._accounts.get(name)))

    async def disable(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The account as it ended."""
        name = call.part("account_id")
        return reply(_shape(await self._accounts.disable(name, actor=call.actor)))

    async def set_password(self, call: Call[Nothing, SetPassword]) -> web.Response:
        """The account with its password."""
        account, plaintext = await self._accounts.set_password(
            call.part("account_id"), call.body.password, actor=call.actor
        )
        return reply(_shape(account, password=plaintext))


def _said(body: CreateAccount | ChangeAccount) -> dict[str, object]:
    """The fields that were given; no description is an empty one."""
    given = msgspec.structs.asdict(body)
    said = {name: value for name, value in given.items() if value is not UNSET}
    if "description" in said:
        said["description"] = said["description"] or ""
    return said


def _shape(account: Account, waiting: int = 0, *, password: str = "") -> AccountShape:
    return AccountShape(
        id=account.id,
        system_id=account.system_id,
        description=account.description,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
        sources=list(account.sources),
        max_binds=account.max_binds,
        rate_per_s=account.rate_per_s,
        window=account.window,
        deliver_window=account.deliver_window,
        senders=list(account.senders),
        destinations=list(account.destinations),
        numbers=list(account.numbers),
        queue=account.queue,
        decimal_ids=account.decimal_ids,
        long_dates=account.long_dates,
        receipt_tlvs=account.receipt_tlvs,
        idempotent_s=account.idempotent_s,
        waiting=waiting,
        password=password,
    )
