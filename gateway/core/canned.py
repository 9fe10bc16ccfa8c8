"""Canned phrases: what agents say often, kept with its versions."""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.ids import AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A phrase; everybody's, or an agent's own."""

    id: str  # can_…
    shortcut: str  # what is typed behind `/`
    title: str
    text: str  # with variables in braces
    updated_at: datetime
    language: str | None = None  # None: any
    queue: str | None = None  # None: any
    owner_id: AgentId | None = None  # None: everybody's
    version: int = 1
    uses: int = 0
    last_used_at: datetime | None = None
    updated_by: AgentId | None = None
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedVersion:
    """What a phrase said once."""

    version: int
    title: str
    text: str
    at: datetime
    by_id: AgentId | None
