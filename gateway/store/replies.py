"""Replies and notes: what agents said to people, and to one another."""

from collections.abc import Sequence

from gateway.core.conversation import Note, Reply, ReplyState
from gateway.core.ids import AgentId, EntryId, MessageId, ThreadId
from gateway.store.column import (
    from_json,
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
    to_texts,
)
from gateway.store.engine import Row, Session, Value
from gateway.store.premise import expect_one


class SqlReplies:
    """`core.reply_store.Replies` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, reply: Reply) -> None:
        self._session.run("replies.insert", **_reply_values(reply))

    def save(self, reply: Reply) -> None:
        touched = self._session.run("replies.save", **_changing_values(reply))
        expect_one(touched, reply.id)

    def get(self, entry_id: EntryId) -> Reply | None:
        found = self.among([entry_id])
        return found[0] if found else None

    def among(self, entry_ids: Sequence[str]) -> list[Reply]:
        rows = self._session.among("replies.among", entry_ids)
        return [_reply_of(row) for row in rows]

    def by_client_id(self, agent_id: AgentId, client_id: str) -> Reply | None:
        row = self._session.one(
            "replies.by_client_id", agent_id=agent_id, client_id=client_id
        )
        return None if row is None else _reply_of(row)

    def by_messages(self, message_ids: Sequence[MessageId]) -> list[Reply]:
        rows = self._session.among("replies.by_messages", message_ids)
        return [_reply_of(row) for row in rows]

    def by_others(
        self, thread_ids: Sequence[ThreadId], agent_id: AgentId, seq: int
    ) -> list[Reply]:
        rows = self._session.among(
            "replies.by_others", thread_ids, agent_id=agent_id, seq=seq
        )
        return [_reply_of(row) for row in rows]

    def pending(self, limit: int, after: str | None) -> list[Reply]:
        rows = self._session.all("replies.pending", after=after or "", limit=limit)
        return [_reply_of(row) for row in rows]


class SqlNotes:
    """`core.reply_store.Notes` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, note: Note) -> None:
        self._session.run("notes.insert", **_note_values(note))

    def among(self, entry_ids: Sequence[str]) -> list[Note]:
        rows = self._session.among("notes.among", entry_ids)
        return [_note_of(row) for row in rows]

    def by_client_id(self, agent_id: AgentId, client_id: str) -> Note | None:
        row = self._session.one(
            "notes.by_client_id", agent_id=agent_id, client_id=client_id
        )
        return None if row is None else _note_of(row)


def _changing_values(reply: Reply) -> dict[str, Value]:
    """The columns that may change, and the key."""
    return {
        "id": reply.id,
        "text": reply.text,
        "state": reply.state.value,
        "seq": reply.seq,
        "waited_since": from_moment_or_none(reply.waited_since),
        "conversation_id": reply.conversation_id,
        "message_id": reply.message_id,
        "approver_id": reply.approver_id,
        "approver_note": reply.approver_note,
    }


def _reply_values(reply: Reply) -> dict[str, Value]:
    return {
        "thread_id": reply.thread_id,
        "agent_id": reply.agent_id,
        "client_id": reply.client_id,
        "created_at": from_moment(reply.created_at),
        "canned_id": reply.canned_id,
        **_changing_values(reply),
    }


def _reply_of(row: Row) -> Reply:
    return Reply(
        id=row["id"],
        thread_id=row["thread_id"],
        conversation_id=row["conversation_id"],
        agent_id=row["agent_id"],
        client_id=row["client_id"],
        text=row["text"],
        state=ReplyState(row["state"]),
        created_at=to_moment(row["created_at"]),
        seq=row["seq"],
        message_id=row["message_id"],
        canned_id=row["canned_id"],
        approver_id=row["approver_id"],
        approver_note=row["approver_note"],
        waited_since=to_moment_or_none(row["waited_since"]),
    )


def _note_values(note: Note) -> dict[str, Value]:
    return {
        "id": note.id,
        "thread_id": note.thread_id,
        "conversation_id": note.conversation_id,
        "agent_id": note.agent_id,
        "client_id": note.client_id,
        "text": note.text,
        "created_at": from_moment(note.created_at),
        "mentions": from_json(list(note.mentions)),
    }


def _note_of(row: Row) -> Note:
    return Note(
        id=row["id"],
        thread_id=row["thread_id"],
        conversation_id=row["conversation_id"],
        agent_id=row["agent_id"],
        client_id=row["client_id"],
        text=row["text"],
        created_at=to_moment(row["created_at"]),
        mentions=tuple(map(AgentId, to_texts(row["mentions"]))),
    )
