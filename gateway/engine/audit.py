"""The audit log: who did what to what, each entry chained to the one before by hash.

`record` is called inside the write that does the thing, so neither is there without
the other. A changed, removed or slipped-in entry breaks the chain at its place; the
number of entries and the last digest are kept apart, so that a cut end shows, too.
Does not keep out who may rewrite the whole file: compare the last digest with one that
was noted elsewhere for that.

Spec: spec/reliability.md SEC-44; spec/inbox.md G.28
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from gateway.core.agent import Actor, AuditEntry
from gateway.core.agent_store import AuditFilter
from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from gateway.core.store import Store, Tx

ORIGIN: Final = bytes(32)  # what the first entry is chained to
BATCH: Final = 1000

_HEAD: Final = "audit:head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the log is as it was written."""

    entries: int
    digest: bytes  # of the last entry
    broken_at: int | None = None  # the first entry that is not as it was

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def record(
    tx: Tx,
    actor: Actor,
    action: str,
    subject: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    now: datetime,
) -> None:
    """Append an entry in the write that does what it tells.

    `action`: dotted, what became of it: `agent.created`. `subject`: an identity.
    `before` and `after`: what changed only; moments are spelled here. No secrets.
    """
    entry = AuditEntry(
        at=now,
        actor=actor.key,
        actor_name=actor.name,
        source=actor.source,
        action=action,
        subject=subject,
        before=_plain(before),
        after=_plain(after),
        digest=b"",
    )
    digest = digest_of(entry, tx.audit.last_digest() or ORIGIN)
    tx.audit.append(replace(entry, digest=digest))
    count, _ = _head(tx)
    tx.facts.put(_HEAD, f"{count + 1} {digest.hex()}")


def digest_of(entry: AuditEntry, previous: bytes) -> bytes:
    """What ties an entry to the one before."""
    said = [
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.actor_name,
        entry.source,
        entry.action,
        entry.subject,
        entry.before,
        entry.after,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode("utf-8", "surrogatepass")).digest()


def difference(
    old: Mapping[str, object], new: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """What was and what is, of what is not the same: for `before` and `after`."""
    moved = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in moved}, {name: new[name] for name in moved}


class AuditLog:
    """Reads the log, and adds what no other write goes with."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def note(self, actor: Actor, action: str, subject: str) -> None:
        """Record what is about to be done outside the database.

        A full disk is no reason not to do it: links may be what it waits for.
        """
        now = self._clock.now()
        with suppress(StoreError):
            await self._store.write(
                lambda tx: record(tx, actor, action, subject, None, None, now)
            )

    async def listing(
        self, wanted: AuditFilter, *, before: int | None, limit: int
    ) -> list[AuditEntry]:
        """Newest first."""
        return await self._store.read(
            lambda tx: tx.audit.listing(wanted, before=before, limit=limit)
        )

    async def verify(self) -> Verdict:
        """Walk the whole chain."""
        return await self._store.read(_verify)


def _verify(tx: Tx) -> Verdict:
    entries, seq, digest = 0, 0, ORIGIN
    while batch := tx.audit.after(seq, BATCH):
        for entry in batch:
            if digest_of(entry, digest) != entry.digest:
                return Verdict(entries=entries, digest=digest, broken_at=entry.seq)
            entries, seq, digest = entries + 1, entry.seq, entry.digest
    if (entries, digest) != _head(tx):
        return Verdict(entries=entries, digest=digest, broken_at=seq + 1)
    return Verdict(entries=entries, digest=digest)


def _head(tx: Tx) -> tuple[int, bytes]:
    """How many entries there are to be, and the digest of the last one."""
    count, _, digest = (tx.facts.get(_HEAD) or f"0 {ORIGIN.hex()}").partition(" ")
    return int(count), bytes.fromhex(digest)


def _plain(value: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """As it comes back from the database: JSON values only."""
    if value is None:
        return None
    plain: Mapping[str, object] = json.loads(json.dumps(value, default=_spell))
    return plain


def _spell(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(map(str, value))
        case Mapping():
            return dict(value)
        case _:
            raise AssertionError(f"{type(value).__name__} is no JSON value")
