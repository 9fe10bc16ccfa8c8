"""Purges: old rows go in small bites, oldest first; what is still owed stays.

So does what was said in a conversation that goes on. Contacts, their cards and threads
stay: they are the address book, and go by erasure only.
"""

from datetime import datetime
from itertools import takewhile

from gateway.core.ids import spell
from gateway.core.message import MessageState
from gateway.core.store import RetentionCut
from gateway.store.column import from_moment
from gateway.store.engine import Row, Session
from gateway.store.search import SqlSearch

_CHANCE_BITS = 80
_TALK = {"notes": "not", "steps": "stp", "replies": "rep", "conversations": "cnv"}
_KEPT = frozenset({MessageState.SCHEDULED, MessageState.QUEUED, MessageState.SENDING})


class SqlKeeping:
    """`core.store.Keeping` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def purge(self, cut: RetentionCut, limit: int) -> int:
        return (
            self._purge_messages(cut.messages_before, limit)
            + self._purge_talk(cut.messages_before, limit)
            + self._purge_raw(cut.raw_before, limit)
            + self._purge_events(cut.events_before, limit)
            + self._purge_plain("fingerprints", cut.fingerprints_before, limit)
            + self._purge_plain("parked", cut.parked_before, limit)
            + self._purge_plain("answers", cut.answers_before, limit)
            + self._purge_plain("deliveries", cut.deliveries_before, limit)
            + self._purge_plain("quarantine", cut.quarantine_before, limit)
        )

    def _purge_plain(self, table: str, before: datetime | None, limit: int) -> int:
        if before is None:
            return 0
        return self._session.run(
            f"keeping.{table}", before=from_moment(before), limit=limit
        )

    def _purge_messages(self, before: datetime | None, limit: int) -> int:
        if before is None:
            return 0
        edge = from_moment(before)
        gone, after = 0, ""
        while gone < limit:
            rows = self._session.all(
                "keeping.oldest_messages", after=after, limit=limit
            )
            old = [row for row in rows if row["created_at"] < edge]
            for row in old:
                if gone < limit and MessageState(row["state"]) not in _KEPT:
                    gone += self._delete_message(row["id"])
            # Identities grow with time: behind a young row there are only younger.
            if len(old) < limit:
                break
            after = rows[-1]["id"]
        return gone

    def _delete_message(self, message_id: str) -> int:
        gone = self._session.run("keeping.delete_message", id=message_id)
        if gone:
            SqlSearch(self._session).drop([message_id])
        return gone

    def _purge_talk(self, before: datetime | None, limit: int) -> int:
        """Notes, steps, replies and ended conversations, as old as messages."""
        if before is None:
            return 0
        # Identities begin with their time, which bounds what is looked at.
        stamp = spell(int(before.timestamp() * 1000) << _CHANCE_BITS)
        gone = 0
        for table, prefix in _TALK.items():
            rows = self._session.all(
                f"keeping.delete_{table}",
                before=from_moment(before),
                edge=f"{prefix}_{stamp}",
                limit=limit,
            )
            SqlSearch(self._session).drop([row["id"] for row in rows])
            gone += len(rows)
        return gone

    def _purge_raw(self, before: datetime | None, limit: int) -> int:
        if before is None:
            return 0
        edge = from_moment(before)
        rows = self._session.all("keeping.oldest_raw", limit=limit)
        return sum(self._drop_raw(row) for row in rows if row["created_at"] < edge)

    def _drop_raw(self, row: Row) -> int:
        return self._session.run(
            "keeping.drop_raw", message_id=row["message_id"], number=row["number"]
        )

    def _purge_events(self, before: datetime | None, limit: int) -> int:
        if before is None:
            return 0
        edge = from_moment(before)
        rows = self._session.all(
            "keeping.oldest_events", read_by_all=self._read_by_all(), limit=limit
        )
        old = [row["seq"] for row in takewhile(lambda row: row["at"] < edge, rows)]
        return self._session.run("keeping.delete_events", last=old[-1]) if old else 0

    def _read_by_all(self) -> int:
        """The last event that every reader with a remembered place has seen."""
        cursors = self._session.all("facts.between", first="cursor:", beyond="cursor;")
        return min((int(row["value"]) for row in cursors), default=(1 << 63) - 1)
