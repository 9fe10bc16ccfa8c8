"""What the HTTP face is given: the rooms behind it, as the protocols it needs.

Made by the composition root; nothing here knows a concrete room.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.codec.segment import TextPlan
from gateway.core.account import Role, Token
from gateway.core.agent import Actor
from gateway.core.application import Account
from gateway.core.clock import Clock
from gateway.core.ids import IdSource, LinkId, MessageId, TokenId
from gateway.core.link import Link, LinkStatus
from gateway.core.message import Message
from gateway.core.store import Store
from gateway.engine.desk import Desk
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import KeepAnswer, Submitted
from gateway.metrics import Metrics
from web.auth import TokenDesk
from web.config import HttpConfig
from web.egress import Egress
from web.live import EventFeed

# How a link's lane is doing: queue, rate, limiting factor, in doubt.
DispatchOf = Callable[[LinkId], Awaitable[Mapping[str, object] | None]]


class SubmitDoor(Protocol):
    """The door out."""

    async def submit(
        self, request: SubmitRequest, keep: KeepAnswer | None = None
    ) -> Submitted:
        """Keep messages; returns after commit."""
        ...

    async def cancel(self, message_id: MessageId) -> Message:
        """Cancel what has not left."""
        ...

    async def retry(self, message_id: MessageId, *, force: bool = False) -> Message:
        """Send again what failed, by a person's decision."""
        ...

    def preview(self, text: str) -> TextPlan:
        """What a text costs."""
        ...


class LinkDesk(Protocol):
    """The links, by name."""

    def get(self, link_id: LinkId, /) -> Link:
        """The link itself; raises `NotFound`."""
        ...

    def status(self, link_id: LinkId, /) -> LinkStatus:
        """What is known of one; raises `NotFound`."""
        ...

    def statuses(self) -> Sequence[LinkStatus]:
        """What is known of each."""
        ...


class TokenOffice(TokenDesk, Protocol):
    """Makes and ends tokens, besides checking them."""

    async def create(
        self,
        name: str,
        scopes: frozenset[Role],
        *,
        sources: tuple[str, ...] = (),
        expires_at: datetime | None = None,
        actor: Actor,
    ) -> tuple[Token, str]:
        """The token and its plain text, which is not kept."""
        ...

    async def revoke(self, token_id: TokenId, /, *, actor: Actor) -> Token:
        """End it at once; raises `NotFound`."""
        ...

    async def ls(self) -> list[Token]:
        """Every token."""
        ...


class AccountOffice(Protocol):
    """The accounts of applications, by id or system id; raises `NotFound`."""

    async def create(
        self,
        system_id: str,
        rules: Mapping[str, Any],
        *,
        password: str | None = None,
        actor: Actor,
    ) -> tuple[Account, str]:
        """The account and its password, which is not kept."""
        ...

    async def change(
        self, name: str, rules: Mapping[str, Any], *, actor: Actor
    ) -> Account:
        """Other rules; what is not named stays."""
        ...

    async def set_password(
        self, name: str, password: str | None = None, *, actor: Actor
    ) -> tuple[Account, str]:
        """Another password."""
        ...

    async def disable(self, name: str, *, actor: Actor) -> Account:
        """Nobody binds with it from now on."""
        ...

    async def enable(self, name: str, *, actor: Actor) -> Account:
        """It may be used again."""
        ...

    async def get(self, name: str) -> tuple[Account, int]:
        """One, and how many notices wait for it."""
        ...

    async def ls(self) -> list[tuple[Account, int]]:
        """Every one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything `web.app` builds on."""

    config: HttpConfig
    store: Store
    clock: Clock
    ids: IdSource
    region: str
    submit: SubmitDoor
    links: LinkDesk
    dispatch_of: DispatchOf
    tokens: TokenOffice
    accounts: AccountOffice
    feed: EventFeed
    desk: Desk
    metrics: Metrics
    egress: Egress
