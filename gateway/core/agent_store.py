"""The seam between the rooms and a database for agents, their logins and the audit log.

Companion of `gateway.core.store`, whose rules hold here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.agent import Agent, AuditEntry, Load, Login, Presence, Span
from gateway.core.ids import AgentId, LoginId


class Agents(Protocol):
    """People at work."""

    def insert(self, agent: Agent) -> None:
        """Raises `StoreConflict` when the login name is taken."""
        ...

    def save(self, agent: Agent) -> None:
        """Rewrite all but its presence."""
        ...

    def get(self, agent_id: AgentId) -> Agent | None: ...

    def by_login(self, login: str) -> Agent | None: ...

    def listing(self) -> list[Agent]:
        """All, disabled ones too, by name."""
        ...

    def among(self, agent_ids: Sequence[AgentId]) -> list[Agent]:
        """Those that there are, in any order."""
        ...

    def loads(self) -> Mapping[AgentId, Load]:
        """Of those that have any."""
        ...

    def move(self, agent_id: AgentId, presence: Presence, at: datetime) -> None:
        """From now on the agent is that: ends the span before, begins one."""
        ...

    def spans(self, agent_id: AgentId, since: datetime, until: datetime) -> list[Span]:
        """Those that touch the time between, in order."""
        ...


class Logins(Protocol):
    """Browsers that are, or were, logged in."""

    def insert(self, login: Login) -> None: ...

    def by_digest(self, digest: bytes) -> tuple[Login, Agent] | None:
        """With whose it is."""
        ...

    def get(self, login_id: LoginId) -> Login | None: ...

    def of_agent(self, agent_id: AgentId) -> list[Login]:
        """Those not revoked, newest first; expired ones too."""
        ...

    def touch(self, login_id: LoginId, at: datetime) -> None:
        """It was used."""
        ...

    def revoke(self, login_ids: Sequence[LoginId], at: datetime) -> None: ...

    def purge(self, before: datetime) -> int:
        """Forget what expired or was revoked before; how many went."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What is looked for; None lets everything pass."""

    actor: str | None = None
    subject: str | None = None
    action: str | None = None  # exact, or a prefix that ends in `.*`
    text: str | None = None  # somewhere in names, subject, before or after


class Audit(Protocol):
    """The log of who did what; append only."""

    def append(self, entry: AuditEntry) -> int:
        """The sequence number."""
        ...

    def last_digest(self) -> bytes | None: ...

    def listing(
        self, wanted: AuditFilter, *, before: int | None, limit: int
    ) -> list[AuditEntry]:
        """Newest first."""
        ...

    def after(self, seq: int, limit: int) -> list[AuditEntry]:
        """In order."""
        ...
