"""What outlives an erased contact: that its number had opted out, or was blocked.

Works inside the caller's write. The number itself is gone: what is kept is its hash,
keyed by a secret of this box, and looked up only when a number is new here.

Spec: spec/inbox.md C.12, G.29
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.card import Card, Tombstone
from gateway.core.contact import Contact
from gateway.core.store import Tx

KEY: Final = "erasure:key"
KEY_OCTETS: Final = 32


def bury(
    tx: Tx, contact: Contact, blocked_at: datetime | None, secret: bytes, now: datetime
) -> None:
    """Remember of a contact what its number wanted; `secret` is for a box without."""
    if contact.opted_out_at is None and blocked_at is None:
        return
    if tx.facts.get(KEY) is None:
        tx.facts.put(KEY, secret.hex())
    tx.tombstones.put(
        Tombstone(
            digest=_digest(tx, contact.address),
            erased_at=now,
            opted_out_at=contact.opted_out_at,
            opt_out_source=contact.opt_out_source,
            blocked_at=blocked_at,
        )
    )


def remembered(tx: Tx, addresses: Sequence[str]) -> dict[str, Tombstone]:
    """What is known of numbers that are new here, by number."""
    if not addresses or not tx.tombstones.any():
        return {}
    digests = {_digest(tx, address): address for address in addresses}
    return {digests[one.digest]: one for one in tx.tombstones.of(list(digests))}


def risen(contact: Contact, tombstone: Tombstone | None) -> Contact:
    """A new contact as its number was when it was erased."""
    if tombstone is None:
        return contact
    return replace(
        contact,
        opted_out_at=tombstone.opted_out_at,
        opt_out_source=tombstone.opt_out_source,
    )


def unbury(tx: Tx, contact: Contact, tombstone: Tombstone) -> None:
    """The number is a contact again, which remembers for itself."""
    if tombstone.blocked_at is not None:
        blocked_at = tombstone.blocked_at
        now = contact.created_at
        tx.cards.save(
            Card(contact_id=contact.id, updated_at=now, blocked_at=blocked_at)
        )
    tx.tombstones.drop(tombstone.digest)


def _digest(tx: Tx, address: str) -> str:
    key = bytes.fromhex(tx.facts.get(KEY) or "")
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
