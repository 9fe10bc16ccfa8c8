"""The inbox: MO messages and their groups, reports that wait, quarantine."""

from collections.abc import Sequence
from datetime import datetime

from gateway.core.link import InboundReport, InboundUndecoded
from gateway.core.message import Message, Segment
from gateway.core.message_store import Group, ParkedReport, QuarantineItem
from gateway.store.column import from_moment, to_moment
from gateway.store.engine import Session
from gateway.store.premise import expect_one
from gateway.store.rows import (
    changing_group_values,
    group_of,
    group_values,
    message_values,
    segment_values,
)
from gateway.store.side_rows import parked_of, quarantine_of, report_values


class SqlInbox:
    """`core.store.Inbox` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def remember_fingerprint(self, fingerprint: bytes, at: datetime) -> bool:
        return bool(
            self._session.run(
                "inbox.remember_fingerprint",
                fingerprint=fingerprint,
                at=from_moment(at),
            )
        )

    def insert(self, message: Message, segments: Sequence[Segment]) -> None:
        self._session.run("outbox.insert_message", **message_values(message))
        for segment in segments:
            self.add_segment(segment)

    def add_segment(self, segment: Segment) -> None:
        self._session.run("outbox.insert_segment", **segment_values(segment))

    def insert_group(self, group: Group) -> None:
        self._session.run("inbox.insert_group", **group_values(group))

    def save_group(self, group: Group) -> None:
        values = changing_group_values(group)
        expect_one(self._session.run("inbox.save_group", **values), group.message_id)

    def groups(
        self, *, line: str, originator: str, reference: int, wide: bool, total: int
    ) -> list[Group]:
        rows = self._session.all(
            "inbox.groups",
            line=line,
            originator=originator,
            reference=reference,
            wide=wide,
            total=total,
        )
        return [group_of(row) for row in rows]

    def overdue_groups(self, now: datetime, limit: int) -> list[Group]:
        rows = self._session.all(
            "inbox.overdue_groups", now=from_moment(now), limit=limit
        )
        return [group_of(row) for row in rows]

    def next_deadline(self) -> datetime | None:
        row = self._session.one("inbox.next_deadline")
        return None if row is None else to_moment(row["deadline_at"])

    def has_parked(self, line: str) -> bool:
        return self._session.one("inbox.has_parked", line=line) is not None

    def park_report(self, report: InboundReport) -> None:
        self._session.run("inbox.park_report", **report_values(report))

    def parked_reports(
        self, line: str, *, reference: str | None, tail: str, limit: int
    ) -> list[ParkedReport]:
        rows = self._session.all(
            "inbox.parked_reports",
            line=line,
            reference=reference,
            tail=tail,
            limit=limit,
        )
        return [parked_of(row) for row in reversed(rows)]

    def newest_raw(self, line: str, limit: int) -> list[bytes]:
        rows = self._session.all("inbox.newest_raw", limit=limit)
        return [row["raw"] for row in rows if row["line"] == line]

    def drop_parked(self, parked_id: int) -> None:
        self._session.run("inbox.drop_parked", id=parked_id)

    def quarantine(self, item: InboundUndecoded) -> int:
        row = self._session.only(
            "inbox.quarantine",
            link=item.link,
            line=item.line,
            raw=item.raw,
            reason=item.reason,
            received_at=from_moment(item.received_at),
        )
        return int(row["id"])

    def quarantined(self, limit: int, before: int | None) -> list[QuarantineItem]:
        rows = self._session.all("inbox.quarantined", limit=limit, before=before)
        return [quarantine_of(row) for row in rows]
