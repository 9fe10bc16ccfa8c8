"""One decision about a conversation while it is written: who, about what, and when.

Works inside one write. Relies on `conversation_log` to keep and tell of the change, on
`audit` for what an administrator may want to know later.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.agent import Actor
from gateway.core.conversation import Conversation, Step, StepKind
from gateway.core.event import EventType
from gateway.core.ids import AgentId
from gateway.core.store import Tx
from gateway.engine.audit import record
from gateway.engine.conversation_log import Fresh, keep, step_of
from gateway.engine.conversation_right import worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A decision being written."""

    tx: Tx
    before: Conversation
    actor: Actor
    fresh: Fresh
    now: datetime

    @property
    def agent_id(self) -> AgentId:
        return worker(self.actor).id

    def step(
        self, kind: StepKind, text: str = "", subject_id: AgentId | None = None
    ) -> Step:
        return step_of(
            self.before,
            self.fresh.first,
            kind,
            self.now,
            actor_id=self.agent_id,
            subject_id=subject_id,
            text=text,
        )

    def keep(self, after: Conversation, kind: EventType, step: Step) -> Conversation:
        return keep(self.tx, self.before, after, kind, self.now, step)

    def record(self, action: str, after: Conversation) -> None:
        """In the audit log, with what it was and is."""
        record(
            self.tx,
            self.actor,
            f"conversation.{action}",
            self.before.id,
            _audited(self.before),
            _audited(after),
            self.now,
        )

    def record_if_others(self, action: str, after: Conversation) -> None:
        """In the audit log when it was somebody else's."""
        if self.before.assignee_id not in (None, self.agent_id):
            self.record(action, after)


def _audited(conversation: Conversation) -> dict[str, object]:
    return {
        "thread_id": conversation.thread_id,
        "state": conversation.state.value,
        "assignee": conversation.assignee_id,
    }
