"""The seam for cards, for merged contacts and for what outlives an erased one.

Protocols and values only; part of the seam that `store` describes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.card import Card, Tombstone
from gateway.core.contact import Contact
from gateway.core.ids import ContactId, ConversationId, ThreadId
from gateway.core.message_store import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a contact last wrote to us."""

    contact_id: ContactId
    last_in_at: datetime


class Cards(Protocol):
    """Cards of contacts, and lists of contacts."""

    def get(self, contact_id: ContactId) -> Card | None: ...

    def of(self, contact_ids: Sequence[ContactId]) -> list[Card]:
        """Those that there are, in any order."""
        ...

    def save(self, card: Card) -> None:
        """Insert or rewrite."""
        ...

    def merged(self, contact_ids: Sequence[ContactId]) -> list[Card]:
        """Of contacts that were merged into any of these directly."""
        ...

    def contacts(self, contact_ids: Sequence[ContactId]) -> list[Contact]:
        """Those that there are, in any order."""
        ...

    def heard(self, contact_ids: Sequence[ContactId]) -> list[Heard]:
        """Of those who ever wrote."""
        ...

    def listing(self, page: Page, tag: str | None) -> list[Contact]:
        """Newest first, without those merged into others."""
        ...

    def conversations(self, contact_ids: Sequence[ContactId]) -> int:
        """How many cases these had."""
        ...

    def carry(
        self, conversation_id: ConversationId, from_id: ThreadId, to_id: ThreadId
    ) -> None:
        """Move the notes, steps and replies of a conversation to another thread."""
        ...


class Tombstones(Protocol):
    """What is kept of erased contacts."""

    def any(self) -> bool: ...

    def of(self, digests: Sequence[str]) -> list[Tombstone]:
        """Those that there are, in any order."""
        ...

    def put(self, tombstone: Tombstone) -> None: ...

    def drop(self, digest: str) -> None: ...
