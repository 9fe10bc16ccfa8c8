"""Drafts and read marks: what each agent has for herself in a thread."""

from collections.abc import Sequence
from datetime import datetime

from gateway.core.conversation import Draft, ReadMark
from gateway.core.ids import AgentId, ThreadId
from gateway.store.column import from_moment, to_moment
from gateway.store.engine import Session

MOST_UNREAD = 99  # more is not counted


class SqlDrafts:
    """`core.reply_store.Drafts` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, agent_id: AgentId, thread_id: ThreadId) -> Draft | None:
        row = self._session.one("drafts.get", agent_id=agent_id, thread_id=thread_id)
        if row is None:
            return None
        return Draft(
            agent_id=row["agent_id"],
            thread_id=row["thread_id"],
            text=row["text"],
            is_note=bool(row["is_note"]),
            revision=row["revision"],
            updated_at=to_moment(row["updated_at"]),
        )

    def put(self, draft: Draft) -> bool:
        touched = self._session.run(
            "drafts.put",
            agent_id=draft.agent_id,
            thread_id=draft.thread_id,
            text=draft.text,
            is_note=draft.is_note,
            revision=draft.revision,
            updated_at=from_moment(draft.updated_at),
        )
        return touched > 0

    def threads_of(
        self, agent_id: AgentId, thread_ids: Sequence[ThreadId]
    ) -> frozenset[ThreadId]:
        rows = self._session.among("drafts.threads_of", thread_ids, agent_id=agent_id)
        return frozenset(row["thread_id"] for row in rows)


class SqlReadMarks:
    """`core.reply_store.ReadMarks` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, agent_id: AgentId, thread_id: ThreadId) -> ReadMark | None:
        row = self._session.one(
            "read_marks.get", agent_id=agent_id, thread_id=thread_id
        )
        if row is None:
            return None
        return ReadMark(
            agent_id=row["agent_id"],
            thread_id=row["thread_id"],
            entry=row["entry"],
            at=to_moment(row["at"]),
        )

    def put(self, mark: ReadMark) -> None:
        self._session.run(
            "read_marks.put",
            agent_id=mark.agent_id,
            thread_id=mark.thread_id,
            entry=mark.entry,
            at=from_moment(mark.at),
        )

    def unread(
        self, agent_id: AgentId, since: datetime, thread_ids: Sequence[ThreadId]
    ) -> dict[ThreadId, int]:
        rows = self._session.among(
            "read_marks.unread",
            thread_ids,
            agent_id=agent_id,
            since=from_moment(since),
            most=MOST_UNREAD,
        )
        return {row["thread_id"]: row["unread"] for row in rows}
