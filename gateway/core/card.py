"""What is known of a contact besides its number, and what is kept once it is erased."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.ids import AgentId, ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact's card; a contact without one has an empty one."""

    contact_id: ContactId
    updated_at: datetime
    name: str = ""
    language: str | None = None
    crm_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    blocked_at: datetime | None = None
    blocked_by: AgentId | None = None
    merged_into: ContactId | None = None  # whose numbers now include this one's


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What outlives an erased contact: that the number wanted nothing more of us."""

    digest: str  # of the number, keyed by a secret of this box; hex
    erased_at: datetime
    opted_out_at: datetime | None
    opt_out_source: str | None
    blocked_at: datetime | None
