"""Cards of contacts, and what outlives erased ones."""

import json
from collections.abc import Sequence

from gateway.core.card import Card, Tombstone
from gateway.core.card_store import Heard
from gateway.core.contact import Contact
from gateway.core.ids import ContactId, ConversationId, ThreadId
from gateway.core.message_store import Page
from gateway.store.column import (
    BEYOND,
    from_json,
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
    to_texts,
)
from gateway.store.engine import Row, Session
from gateway.store.side_rows import contact_of


class SqlCards:
    """`core.card_store.Cards` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, contact_id: ContactId) -> Card | None:
        row = self._session.one("cards.get", contact_id=contact_id)
        return None if row is None else _card_of(row)

    def of(self, contact_ids: Sequence[ContactId]) -> list[Card]:
        return [_card_of(row) for row in self._session.among("cards.of", contact_ids)]

    def save(self, card: Card) -> None:
        self._session.run(
            "cards.save",
            contact_id=card.contact_id,
            name=card.name,
            language=card.language,
            crm_id=card.crm_id,
            attributes=from_json(dict(card.attributes)),
            tags=from_json(card.tags),
            blocked_at=from_moment_or_none(card.blocked_at),
            blocked_by=card.blocked_by,
            merged_into=card.merged_into,
            updated_at=from_moment(card.updated_at),
        )

    def merged(self, contact_ids: Sequence[ContactId]) -> list[Card]:
        rows = self._session.among("cards.merged", contact_ids)
        return [_card_of(row) for row in rows]

    def contacts(self, contact_ids: Sequence[ContactId]) -> list[Contact]:
        rows = self._session.among("cards.contacts", contact_ids)
        return [contact_of(row) for row in rows]

    def heard(self, contact_ids: Sequence[ContactId]) -> list[Heard]:
        rows = self._session.among("cards.heard", contact_ids)
        return [
            Heard(contact_id=row["contact_id"], last_in_at=to_moment(row["last_in_at"]))
            for row in rows
        ]

    def listing(self, page: Page, tag: str | None) -> list[Contact]:
        before = page.before or BEYOND
        if tag is None:
            rows = self._session.all("cards.listing", before=before, limit=page.limit)
        else:
            # Inside JSON text a quotation mark ends a member: this is the whole tag.
            rows = self._session.all(
                "cards.tagged", before=before, limit=page.limit, tag=from_json(tag)
            )
        return [contact_of(row) for row in rows]

    def conversations(self, contact_ids: Sequence[ContactId]) -> int:
        [row] = self._session.among("cards.conversations", contact_ids)
        total: int = row["total"]
        return total

    def carry(
        self, conversation_id: ConversationId, from_id: ThreadId, to_id: ThreadId
    ) -> None:
        for table in ("notes", "steps", "replies"):
            self._session.run(
                f"cards.carry_{table}",
                conversation_id=conversation_id,
                from_id=from_id,
                to_id=to_id,
            )


class SqlTombstones:
    """`core.card_store.Tombstones` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def any(self) -> bool:
        return self._session.one("tombstones.any") is not None

    def of(self, digests: Sequence[str]) -> list[Tombstone]:
        rows = self._session.among("tombstones.of", digests)
        return [
            Tombstone(
                digest=row["digest"],
                erased_at=to_moment(row["erased_at"]),
                opted_out_at=to_moment_or_none(row["opted_out_at"]),
                opt_out_source=row["opt_out_source"],
                blocked_at=to_moment_or_none(row["blocked_at"]),
            )
            for row in rows
        ]

    def put(self, tombstone: Tombstone) -> None:
        self._session.run(
            "tombstones.put",
            digest=tombstone.digest,
            erased_at=from_moment(tombstone.erased_at),
            opted_out_at=from_moment_or_none(tombstone.opted_out_at),
            opt_out_source=tombstone.opt_out_source,
            blocked_at=from_moment_or_none(tombstone.blocked_at),
        )

    def drop(self, digest: str) -> None:
        self._session.run("tombstones.drop", digest=digest)


def _card_of(row: Row) -> Card:
    return Card(
        contact_id=row["contact_id"],
        name=row["name"],
        language=row["language"],
        crm_id=row["crm_id"],
        attributes=json.loads(row["attributes"]),
        tags=to_texts(row["tags"]),
        blocked_at=to_moment_or_none(row["blocked_at"]),
        blocked_by=row["blocked_by"],
        merged_into=row["merged_into"],
        updated_at=to_moment(row["updated_at"]),
    )
