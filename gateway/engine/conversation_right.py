"""Who may decide about a conversation, and what is said to who may not.

Works inside the caller's transaction. Scopes are the faces' to check; this is about
whose a conversation is. Spec: spec/inbox.md B (only the assignee may send), E.10
"""

from gateway.core.account import Role
from gateway.core.agent import SCOPES_OF, Actor, Agent
from gateway.core.conversation import Conversation
from gateway.core.errors import Conflict, Forbidden, Invalid, NotFound
from gateway.core.ids import AgentId, ConversationId
from gateway.core.store import Tx
from gateway.engine.entries import names_of
from gateway.engine.inbox_shape import agent_ref


def worker(actor: Actor) -> Agent:
    """The agent who acts; `Forbidden` for a key that acts for none."""
    if actor.agent is None:
        raise Forbidden("agent_needed", "an agent has to do this: say Seventy-Agent")
    return actor.agent


def supervises(actor: Actor) -> bool:
    """Whether other agents' conversations are this one's business."""
    scopes = SCOPES_OF[worker(actor).role]
    return bool(scopes & {Role.SUPERVISE, Role.ADMIN})


def find(
    tx: Tx, conversation_id: ConversationId, revision: int | None = None
) -> Conversation:
    """The conversation, as the caller saw it if a revision is said."""
    found = tx.conversations.get(conversation_id)
    if found is None:
        raise NotFound("conversation_not_found", "there is no such conversation")
    if revision is not None and revision != found.revision:
        raise Conflict(
            "conflict",
            "the conversation was changed meanwhile",
            more={"revision": found.revision},
        )
    return found


def expect_own(tx: Tx, conversation: Conversation, actor: Actor) -> None:
    """Raises `Conflict` not_yours when it is another agent's and not to be decided."""
    agent_id = worker(actor).id
    if conversation.assignee_id in (None, agent_id) or supervises(actor):
        return
    raise not_yours(tx, conversation)


def not_yours(tx: Tx, conversation: Conversation) -> Conflict:
    """Whose it is."""
    names = names_of(tx, [conversation.assignee_id])
    return Conflict(
        "not_yours",
        "another agent has this conversation",
        more={"assignee": agent_ref(conversation.assignee_id, names)},
    )


def expect_latest(tx: Tx, conversation: Conversation) -> None:
    """Raises `Conflict` when the thread has gone on with another conversation."""
    latest = tx.conversations.latest_in(conversation.thread_id)
    if latest is None or latest.id != conversation.id:
        raise Conflict("not_latest", "the thread has gone on since this conversation")


def colleague(tx: Tx, agent_id: AgentId, field: str) -> Agent:
    """An agent to whom work may be given."""
    agent = tx.agents.get(agent_id)
    if agent is None or agent.disabled_at is not None:
        raise Invalid("unknown_agent", "there is no such agent at work", field=field)
    return agent
