"""Who we talk with: contacts, their threads with our numbers, their opt-out."""

from datetime import datetime

from gateway.codec.value import value
from gateway.core.ids import ContactId, LinkId, ThreadId


@value(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person (or machine) behind one address."""

    id: ContactId
    address: str  # canonical text
    created_at: datetime
    opted_out_at: datetime | None = None
    opt_out_source: str | None = None  # "keyword:стоп", "api", …


@value(frozen=True, slots=True, kw_only=True)
class Thread:
    """All that was ever said between one service number and one person."""

    id: ThreadId
    contact_id: ContactId
    own: str  # our number
    created_at: datetime
    updated_at: datetime
    sticky_link: LinkId | None = None  # the link the person last talked with us by
