"""The audit log; what makes it a chain is the engine's."""

import json
from collections.abc import Mapping

from gateway.core.agent import AuditEntry
from gateway.core.agent_store import AuditFilter
from gateway.store.column import from_json, from_moment, to_moment
from gateway.store.engine import Row, Session

_PAST_ALL = (1 << 63) - 1


class SqlAudit:
    """`core.agent_store.Audit` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, entry: AuditEntry) -> int:
        row = self._session.only(
            "audit.append",
            at=from_moment(entry.at),
            actor=entry.actor,
            actor_name=entry.actor_name,
            source=entry.source,
            action=entry.action,
            subject=entry.subject,
            before=_text(entry.before),
            after=_text(entry.after),
            digest=entry.digest,
        )
        return int(row["seq"])

    def last_digest(self) -> bytes | None:
        row = self._session.one("audit.last_digest")
        return None if row is None else row["digest"]

    def listing(
        self, wanted: AuditFilter, *, before: int | None, limit: int
    ) -> list[AuditEntry]:
        rows = self._session.all(
            "audit.listing",
            before=_PAST_ALL if before is None else before,
            actor=wanted.actor,
            subject=wanted.subject,
            action=_action_pattern(wanted.action),
            text=None if wanted.text is None else f"%{_escape(wanted.text)}%",
            limit=limit,
        )
        return [_entry_of(row) for row in rows]

    def after(self, seq: int, limit: int) -> list[AuditEntry]:
        rows = self._session.all("audit.after", after=seq, limit=limit)
        return [_entry_of(row) for row in rows]


def _action_pattern(action: str | None) -> str | None:
    if action is None:
        return None
    prefix = action.removesuffix("*")
    return _escape(prefix) + ("%" if prefix != action else "")


def _escape(text: str) -> str:
    for letter in ("\\", "%", "_"):
        text = text.replace(letter, "\\" + letter)
    return text


def _text(value: Mapping[str, object] | None) -> str | None:
    return None if value is None else from_json(value)


def _entry_of(row: Row) -> AuditEntry:
    before, after = row["before"], row["after"]
    return AuditEntry(
        seq=row["seq"],
        at=to_moment(row["at"]),
        actor=row["actor"],
        actor_name=row["actor_name"],
        source=row["source"],
        action=row["action"],
        subject=row["subject"],
        before=None if before is None else json.loads(before),
        after=None if after is None else json.loads(after),
        digest=row["digest"],
    )
