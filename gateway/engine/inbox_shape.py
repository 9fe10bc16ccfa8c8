"""The one JSON shape of a conversation and of each kind of entry in a timeline.

Pure; events, the stream, webhooks and the API all show these. Companion of `present`.
`names` are those of agents; whom it does not know is shown without one.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.core.conversation import Conversation, Note, Reply, ReplyState, Step
from gateway.core.ids import AgentId
from gateway.core.message import Direction, Message
from gateway.core.timeline_store import Progress
from gateway.engine.present import JsonObject, failure_json, message_json, time_text

Names = Mapping[AgentId, str]


def agent_ref(agent_id: AgentId | None, names: Names) -> JsonObject | None:
    """An agent, in short."""
    if agent_id is None:
        return None
    return {"id": agent_id, "name": names.get(agent_id, "")}


def conversation_shape(one: Conversation, names: Names) -> JsonObject:
    return {
        "id": one.id,
        "thread_id": one.thread_id,
        "number": one.number,
        "state": one.state.value,
        "origin": one.origin.value,
        "queue": one.queue,
        "assignee": agent_ref(one.assignee_id, names),
        "priority": one.priority,
        "virtual_start": time_text(one.virtual_start),
        "opened_at": time_text(one.opened_at),
        "updated_at": time_text(one.updated_at),
        "revision": one.revision,
        "reason": one.reason,
        "first_in_at": time_text(one.first_in_at),
        "first_out_at": time_text(one.first_out_at),
        "last_in_at": time_text(one.last_in_at),
        "last_out_at": time_text(one.last_out_at),
        "unanswered_at": time_text(one.unanswered_at),
        "hold_until": time_text(one.hold_until),
        "snooze_until": time_text(one.snooze_until),
        "snooze_mode": one.snooze_mode.value,
        "tags": list(one.tags),
        "result": one.result,
        "summary": one.summary,
        "resolved_at": time_text(one.resolved_at),
        "resolved_by": agent_ref(one.resolved_by, names),
    }


def message_entry(
    message: Message,
    reply: Reply | None,
    progress: Progress | None,
    names: Names,
) -> JsonObject:
    """A message, and the reply that it was if an agent wrote it."""
    whole = message_json(message)
    # A reply that went out by another line is shown where it was written.
    thread_id = message.thread_id if reply is None else reply.thread_id
    is_withdrawn = reply is not None and reply.state is ReplyState.WITHDRAWN
    return {
        **_head(message.id, thread_id, message.created_at, "message"),
        "direction": whole["direction"],
        "state": ReplyState.WITHDRAWN.value if is_withdrawn else whole["state"],
        "text": whole["text"],
        "octets": whole["octets"],
        "segments": message.segments,
        "progress": _progress_json(message, progress),
        "link": whole["link"],
        "own": message.own,
        "peer": message.peer,
        "error": failure_json(message.error),
        "missing": list(message.missing),
        "service_time": time_text(message.service_time),
        "send_at": whole.get("send_at"),
        "author": _author_json(message, reply, names),
        "client_id": None if reply is None else reply.client_id,
        "possible_duplicate": message.possible_duplicate,
    }


def reply_entry(reply: Reply, names: Names) -> JsonObject:
    """A reply that is no message yet, or never became one."""
    return {
        **_head(reply.id, reply.thread_id, reply.created_at, "reply"),
        "text": reply.text,
        "author": agent_ref(reply.agent_id, names),
        "client_id": reply.client_id,
        "state": reply.state.value,
        "approver": agent_ref(reply.approver_id, names),
        "approver_note": reply.approver_note,
        "message_id": reply.message_id,
    }


def note_entry(note: Note, names: Names) -> JsonObject:
    return {
        **_head(note.id, note.thread_id, note.created_at, "note"),
        "text": note.text,
        "author": agent_ref(note.agent_id, names),
        "client_id": note.client_id,
        "mentions": list(note.mentions),
    }


def step_entry(
    step: Step, conversation: Conversation | None, names: Names
) -> JsonObject:
    about = None
    if conversation is not None:
        about = {"id": conversation.id, "number": conversation.number}
    return {
        **_head(step.id, step.thread_id, step.at, "step"),
        "step": step.kind.value,
        "actor": agent_ref(step.actor_id, names),
        "subject": agent_ref(step.subject_id, names),
        "text": step.text,
        "conversation": about,
    }


def _head(entry_id: str, thread_id: str, at: datetime, kind: str) -> JsonObject:
    return {
        "id": entry_id,
        "thread_id": thread_id,
        "at": time_text(at),
        "kind": kind,
    }


def _progress_json(message: Message, progress: Progress | None) -> JsonObject:
    if progress is None:
        progress = Progress(sent=0, delivered=0, total=message.segments)
    return {
        "sent": progress.sent,
        "delivered": progress.delivered,
        "total": progress.total,
    }


def _author_json(message: Message, reply: Reply | None, names: Names) -> JsonObject:
    if message.direction is Direction.MO:
        kind = "customer"
    elif reply is not None:
        kind = "agent"
    elif message.account_id is not None:
        kind = "application"
    else:
        kind = "box" if message.token_id is None else "api"
    agent_id = None if reply is None else reply.agent_id
    return {"kind": kind, "agent": agent_ref(agent_id, names)}
