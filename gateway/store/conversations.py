"""Conversations, their steps, and the aliases of threads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.core.conversation import Conversation, Step, place_before
from gateway.core.conversation_store import (
    ConversationFilter,
    ViewCounts,
    ViewCut,
    ViewPage,
)
from gateway.core.ids import AgentId, ConversationId, ThreadId
from gateway.store.column import from_moment, to_moment
from gateway.store.conversation_rows import (
    changing_conversation_values,
    conversation_of,
    conversation_values,
    step_of,
    step_values,
)
from gateway.store.conversation_views import list_conversations, list_view
from gateway.store.engine import Session
from gateway.store.premise import expect_one


class SqlConversations:
    """`core.conversation_store.Conversations` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, conversation: Conversation) -> None:
        self._session.run("conversations.retire", thread_id=conversation.thread_id)
        self._session.run("conversations.insert", **conversation_values(conversation))

    def save(self, conversation: Conversation) -> None:
        touched = self._session.run(
            "conversations.save",
            before=conversation.revision - 1,
            **changing_conversation_values(conversation),
        )
        expect_one(touched, conversation.id)

    def get(self, conversation_id: ConversationId) -> Conversation | None:
        row = self._session.one("conversations.get", id=conversation_id)
        return None if row is None else conversation_of(row)

    def among(self, conversation_ids: Sequence[ConversationId]) -> list[Conversation]:
        rows = self._session.among("conversations.among", conversation_ids)
        return [conversation_of(row) for row in rows]

    def open_in(self, thread_id: ThreadId) -> Conversation | None:
        row = self._session.one("conversations.open_in", thread_id=thread_id)
        return None if row is None else conversation_of(row)

    def latest_in(self, thread_id: ThreadId) -> Conversation | None:
        found = self.in_thread(thread_id, 1)
        return found[0] if found else None

    def in_thread(self, thread_id: ThreadId, limit: int) -> list[Conversation]:
        rows = self._session.all(
            "conversations.in_thread", thread_id=thread_id, limit=limit
        )
        return [conversation_of(row) for row in rows]

    def numbered(self, thread_id: ThreadId, number: int) -> Conversation | None:
        row = self._session.one(
            "conversations.numbered", thread_id=thread_id, number=number
        )
        return None if row is None else conversation_of(row)

    def began_at(self, conversation: Conversation) -> str | None:
        row = self._session.one(
            "conversations.first_step",
            thread_id=conversation.thread_id,
            conversation_id=conversation.id,
        )
        return None if row is None else place_before(row["id"])

    def due(self, now: datetime, limit: int) -> list[Conversation]:
        rows = self._session.all("conversations.due", now=from_moment(now), limit=limit)
        return [conversation_of(row) for row in rows]

    def next_due(self) -> datetime | None:
        row = self._session.one("conversations.next_due")
        return None if row is None else to_moment(row["wake_at"])

    def orphaned(self, limit: int) -> list[Conversation]:
        rows = self._session.all("conversations.orphaned", limit=limit)
        return [conversation_of(row) for row in rows]

    def view(self, cut: ViewCut) -> ViewPage:
        ids, following = list_view(self._session, cut)
        found = {one.id: one for one in self.among(ids)}
        return ViewPage(conversations=tuple(found[one] for one in ids), next=following)

    def counts(self, agent_id: AgentId | None) -> ViewCounts:
        row = self._session.only("conversations.counts", agent_id=agent_id)
        return ViewCounts(
            mine=row["mine"],
            queue=row["queue"],
            open=row["going"],
            hold=row["hold"],
            spam=row["spam"],
        )

    def listing(
        self, which: ConversationFilter, limit: int, after: str | None
    ) -> ViewPage:
        return list_conversations(self._session, which, limit, after)

    def insert_steps(self, steps: Sequence[Step]) -> None:
        self._session.many("conversations.insert_step", list(map(step_values, steps)))

    def steps(self, step_ids: Sequence[str]) -> list[Step]:
        rows = self._session.among("conversations.steps", step_ids)
        return [step_of(row) for row in rows]

    def main_of(self, thread_id: ThreadId) -> ThreadId:
        row = self._session.one("conversations.main_of", thread_id=thread_id)
        return thread_id if row is None else ThreadId(row["main_id"])

    def aliases_of(self, main_id: ThreadId) -> list[ThreadId]:
        rows = self._session.all("conversations.aliases_of", main_id=main_id)
        return [ThreadId(row["thread_id"]) for row in rows]

    def aliases_among(
        self, main_ids: Sequence[ThreadId]
    ) -> dict[ThreadId, list[ThreadId]]:
        found: dict[ThreadId, list[ThreadId]] = {}
        for row in self._session.among("conversations.aliases_among", main_ids):
            found.setdefault(row["main_id"], []).append(row["thread_id"])
        return found

    def add_alias(self, thread_id: ThreadId, main_id: ThreadId) -> None:
        self._session.run(
            "conversations.add_alias", thread_id=thread_id, main_id=main_id
        )

    def drop_alias(self, thread_id: ThreadId) -> None:
        self._session.run("conversations.drop_alias", thread_id=thread_id)

    def move(self, conversation: Conversation, thread_id: ThreadId) -> Conversation:
        latest = self.latest_in(thread_id)
        number = 1 if latest is None else latest.number + 1
        self._session.run(
            "conversations.move",
            id=conversation.id,
            thread_id=thread_id,
            number=number,
        )
        return replace(conversation, thread_id=thread_id, number=number)

    def crown(self, thread_id: ThreadId) -> None:
        self._session.run("conversations.retire", thread_id=thread_id)
        self._session.run("conversations.crown", thread_id=thread_id)
