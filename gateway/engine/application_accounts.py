"""Accounts of applications: made, changed, closed; a password is shown once.

Relies on `password` for hashing, which runs in a thread. Who is let in
with an account is for `application_admission`.

Spec: spec/smpp.md 3.7, 60
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from ipaddress import ip_network
from typing import Any, Final

from gateway.codec.address import normalise
from gateway.core.agent import BOX, Actor
from gateway.core.application import Account
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Invalid, NotFound, StoreConflict
from gateway.core.ids import AccountId, IdSource
from gateway.core.store import Store, Tx
from gateway.engine.application_password import check_password, make_password
from gateway.engine.audit import difference, record
from gateway.engine.password import SALT_OCTETS, hash_password
from gateway.engine.request import LONGEST_QUEUE_NAME

LONGEST_DESCRIPTION: Final = 200
MOST_ITEMS: Final = 100
EVERY: Final = "*"

_SYSTEM_ID: Final = re.compile(r"[!-~]{1,15}")  # SMPP 3.4 5.2.1
_SENDER: Final = re.compile(r"\+?[A-Za-z0-9 ._&+!'\-]{1,20}\*?|\*")
_PREFIX: Final = re.compile(r"\+?[0-9]{1,20}")
_QUEUE: Final = re.compile(rf"[A-Za-z0-9_.\-]{{1,{LONGEST_QUEUE_NAME}}}")
_RANGES: Final = {
    "max_binds": (1, 100),
    "rate_per_s": (0.1, 100_000),
    "window": (1, 10_000),
    "deliver_window": (1, 1000),
    "idempotent_s": (0, 86_400),
}
_LISTS: Final = ("sources", "senders", "destinations", "numbers")


class Accounts:
    """The accounts of this box."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource, region: str) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._region = region
        self._listeners: list[Callable[[Account], None]] = []

    def listen(self, heard: Callable[[Account], None]) -> None:
        """Call `heard` with each account that was changed, after commit."""
        self._listeners.append(heard)

    async def create(
        self,
        system_id: str,
        rules: Mapping[str, Any],
        *,
        password: str | None = None,
        actor: Actor = BOX,
    ) -> tuple[Account, str]:
        """A new account and its password, which cannot be had again.

        `rules` are fields of `Account` by name; `Invalid` names the field.
        """
        if not _SYSTEM_ID.fullmatch(system_id):
            raise Invalid(
                "invalid_system_id",
                "1 to 15 printable ASCII characters without blanks",
                field="system_id",
            )
        password, password_hash = await self._hash(password)
        account = self._ruled(
            Account(
                id=AccountId(self._ids.new("acc")),
                system_id=system_id,
                password_hash=password_hash,
                created_at=self._clock.now(),
            ),
            rules,
        )

        def write(tx: Tx) -> None:
            tx.applications.insert_account(account)
            told, now = _told(account), account.created_at
            record(tx, actor, "account.created", account.id, None, told, now)

        try:
            await self._store.write(write)
        except StoreConflict:
            raise Conflict(
                "system_id_taken",
                f"there is an account {system_id!r} already",
                field="system_id",
            ) from None
        return account, password

    async def change(
        self, name: str, rules: Mapping[str, Any], *, actor: Actor = BOX
    ) -> Account:
        """Other rules; what is not named stays."""
        return await self._change(
            actor, "changed", name, lambda account: self._ruled(account, rules)
        )

    async def set_password(
        self, name: str, password: str | None = None, *, actor: Actor = BOX
    ) -> tuple[Account, str]:
        """A new password; the old one opens nothing from now on."""
        password, password_hash = await self._hash(password)
        account = await self._change(
            actor,
            "password_set",
            name,
            lambda account: replace(account, password_hash=password_hash),
        )
        return account, password

    async def disable(self, name: str, *, actor: Actor = BOX) -> Account:
        """Nobody binds with it from now on; what it is owed is kept."""
        now = self._clock.now()

        def disabled(account: Account) -> Account:
            return replace(account, disabled_at=account.disabled_at or now)

        return await self._change(actor, "disabled", name, disabled)

    async def enable(self, name: str, *, actor: Actor = BOX) -> Account:
        return await self._change(
            actor, "enabled", name, lambda account: replace(account, disabled_at=None)
        )

    async def get(self, name: str) -> tuple[Account, int]:
        """One by its id or system id, and how many notices wait for it."""

        def read(tx: Tx) -> tuple[Account, int]:
            account = _find(tx, name)
            return account, tx.applications.waiting().get(account.id, 0)

        return await self._store.read(read)

    async def ls(self) -> list[tuple[Account, int]]:
        """All, disabled ones too, and how many notices wait for each."""

        def read(tx: Tx) -> list[tuple[Account, int]]:
            waiting = tx.applications.waiting()
            return [
                (account, waiting.get(account.id, 0))
                for account in tx.applications.accounts()
            ]

        return await self._store.read(read)

    async def _change(
        self,
        actor: Actor,
        what: str,
        name: str,
        change: Callable[[Account], Account],
    ) -> Account:
        now = self._clock.now()

        def write(tx: Tx) -> Account:
            old = _find(tx, name)
            account = change(old)
            tx.applications.save_account(account)
            before, after = difference(_told(old), _told(account))
            record(tx, actor, f"account.{what}", account.id, before, after, now)
            return account

        account = await self._store.write(write)
        for heard in self._listeners:
            heard(account)
        return account

    async def _hash(self, password: str | None) -> tuple[str, str]:
        if password is None:
            password = make_password(self._ids)
        check_password(password)
        salt = self._ids.secret(SALT_OCTETS)
        return password, await asyncio.to_thread(hash_password, password, salt)

    def _ruled(self, account: Account, rules: Mapping[str, Any]) -> Account:
        values: dict[str, Any] = {
            name: tuple(value) if name in _LISTS else value
            for name, value in rules.items()
        }
        checked = replace(account, **values)
        _check_words(checked)
        for name, (least, most) in _RANGES.items():
            value = getattr(checked, name)
            if value is not None and not least <= value <= most:
                raise Invalid("out_of_range", f"from {least} to {most}", field=name)
        for name in _LISTS:
            if len(getattr(checked, name)) > MOST_ITEMS:
                raise Invalid("too_many", f"at most {MOST_ITEMS}", field=name)
        _check_each(checked.senders, _SENDER, "senders", "a sender, or a prefix and *")
        _check_each(checked.destinations, _PREFIX, "destinations", "digits of a number")
        return replace(
            checked,
            sources=_networks(checked.sources),
            numbers=self._numbers(checked.numbers),
        )

    def _numbers(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """As our own numbers are spelled on messages."""
        spelled = tuple(
            number if number == EVERY else normalise(number, self._region)
            for number in numbers
        )
        for index, number in enumerate(spelled):
            if number != EVERY and not _PREFIX.fullmatch(number):
                raise Invalid(
                    "invalid_number",
                    "a number of ours, or * for every one",
                    field=f"numbers[{index}]",
                )
        return tuple(dict.fromkeys(spelled))


def _told(account: Account) -> dict[str, object]:
    """What the audit log may say."""
    told = asdict(account)
    del told["password_hash"]
    return told


def _find(tx: Tx, name: str) -> Account:
    account = tx.applications.account(AccountId(name))
    account = account or tx.applications.account_by_system_id(name)
    if account is None:
        raise NotFound("no_such_account", f"there is no account {name!r}")
    return account


def _check_words(account: Account) -> None:
    description = account.description
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        raise Invalid(
            "invalid_description",
            f"at most {LONGEST_DESCRIPTION} printable letters",
            field="description",
        )
    if account.queue is not None and not _QUEUE.fullmatch(account.queue):
        raise Invalid("invalid_queue", "letters, digits, dot, dash", field="queue")


def _check_each(
    values: Iterable[str], pattern: re.Pattern[str], field: str, wanted: str
) -> None:
    for index, value in enumerate(values):
        if not pattern.fullmatch(value):
            raise Invalid(
                "invalid_value", f"expected {wanted}", field=f"{field}[{index}]"
            )


def _networks(sources: Iterable[str]) -> tuple[str, ...]:
    networks = []
    for index, source in enumerate(sources):
        try:
            networks.append(str(ip_network(source, strict=False)))
        except ValueError as error:
            raise Invalid(
                "invalid_source", str(error), field=f"sources[{index}]"
            ) from error
    return tuple(networks)
