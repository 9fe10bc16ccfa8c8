"""Canned phrases."""

from datetime import datetime

from gateway.core.canned import Canned, CannedVersion
from gateway.core.ids import AgentId
from gateway.store.column import (
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
)
from gateway.store.engine import Row, Session
from gateway.store.premise import expect_one

_EVERYBODY = ""  # an index does not find NULL in a list


class SqlCanned:
    """`core.canned_store.CannedPhrases` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, canned: Canned) -> None:
        self._session.run(
            "canned.insert",
            **_values(canned),
            owner_id=canned.owner_id or _EVERYBODY,
            uses=canned.uses,
            last_used_at=from_moment_or_none(canned.last_used_at),
        )
        self._keep_version(canned)

    def save(self, canned: Canned) -> None:
        expect_one(self._session.run("canned.save", **_values(canned)), canned.id)
        self._keep_version(canned)

    def get(self, canned_id: str) -> Canned | None:
        row = self._session.one("canned.get", id=canned_id)
        return None if row is None else _canned_of(row)

    def listing(self, owner_id: AgentId | None) -> list[Canned]:
        owners = [_EVERYBODY] if owner_id is None else [_EVERYBODY, owner_id]
        rows = self._session.among("canned.listing", owners)
        return [_canned_of(row) for row in rows]

    def versions(self, canned_id: str) -> list[CannedVersion]:
        rows = self._session.all("canned.versions", canned_id=canned_id)
        return [
            CannedVersion(
                version=row["version"],
                title=row["title"],
                text=row["text"],
                at=to_moment(row["at"]),
                by_id=row["by_id"],
            )
            for row in rows
        ]

    def count_use(self, canned_id: str, at: datetime) -> None:
        self._session.run("canned.count_use", id=canned_id, at=from_moment(at))

    def _keep_version(self, canned: Canned) -> None:
        self._session.run(
            "canned.keep_version",
            canned_id=canned.id,
            version=canned.version,
            title=canned.title,
            text=canned.text,
            at=from_moment(canned.updated_at),
            by_id=canned.updated_by,
        )


def _values(canned: Canned) -> dict[str, str | int | None]:
    return {
        "id": canned.id,
        "shortcut": canned.shortcut,
        "title": canned.title,
        "text": canned.text,
        "language": canned.language,
        "queue": canned.queue,
        "version": canned.version,
        "updated_at": from_moment(canned.updated_at),
        "updated_by": canned.updated_by,
        "archived_at": from_moment_or_none(canned.archived_at),
    }


def _canned_of(row: Row) -> Canned:
    return Canned(
        id=row["id"],
        shortcut=row["shortcut"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        queue=row["queue"],
        owner_id=row["owner_id"] or None,
        version=row["version"],
        uses=row["uses"],
        last_used_at=to_moment_or_none(row["last_used_at"]),
        updated_at=to_moment(row["updated_at"]),
        updated_by=row["updated_by"],
        archived_at=to_moment_or_none(row["archived_at"]),
    )
