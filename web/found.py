"""What is looked for by words, and what is found, as callers say it and are told it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from gateway.core.search_store import Kind
from gateway.engine.search_query import How
from web.contact import Asked, ContactShape
from web.schema import Identity, Limit


class SnippetPiece(Struct):
    """Plain text, a hit or not."""

    text: str
    hit: bool


class FoundShape(Struct):
    """One answer; `entry_id` is what to jump to, null for a contact."""

    kind: Kind
    entry_id: str | None
    thread_id: str | None
    contact: ContactShape
    at: datetime
    snippet: list[SnippetPiece]
    conversation_number: int | None
    how: How


class FoundPage(Struct):
    """Contacts first, then what was said; `how` says how widely the first was found."""

    items: list[FoundShape]
    next: str | None
    how: How


class Find(Struct, forbid_unknown_fields=True):
    """What is looked for, where."""

    q: Asked
    thread: Identity | None = None
    kind: Kind | None = None
    order: Literal["newest", "best"] = "newest"
    limit: Limit = 50
    cursor: Identity | None = None
