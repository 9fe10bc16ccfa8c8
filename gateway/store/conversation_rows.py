"""Rows of conversations and steps to dataclasses and back; companion of `rows`."""

from gateway.core.conversation import (
    Conversation,
    ConversationState,
    Origin,
    SnoozeMode,
    Step,
    StepKind,
    place_of,
)
from gateway.store.column import (
    from_json,
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
    to_texts,
)
from gateway.store.engine import Row, Value


def changing_conversation_values(one: Conversation) -> dict[str, Value]:
    hold_until = from_moment_or_none(one.hold_until)
    snooze_until = from_moment_or_none(one.snooze_until)
    return {
        "id": one.id,
        "state": one.state.value,
        "virtual_start": from_moment(one.virtual_start),
        "updated_at": from_moment(one.updated_at),
        "revision": one.revision,
        "assignee_id": one.assignee_id,
        "queue": one.queue,
        "priority": one.priority,
        "reason": one.reason,
        "first_in_at": from_moment_or_none(one.first_in_at),
        "first_out_at": from_moment_or_none(one.first_out_at),
        "last_in_at": from_moment_or_none(one.last_in_at),
        "last_out_at": from_moment_or_none(one.last_out_at),
        "unanswered_at": from_moment_or_none(one.unanswered_at),
        "last_entry": one.last_entry,
        "last_place": place_of(one.last_entry or one.id),
        "hold_until": hold_until,
        "snooze_until": snooze_until,
        "wake_at": hold_until if snooze_until is None else snooze_until,
        "snooze_mode": one.snooze_mode.value,
        "tags": from_json(one.tags),
        "result": one.result,
        "summary": one.summary,
        "resolved_at": from_moment_or_none(one.resolved_at),
        "resolved_by": one.resolved_by,
    }


def conversation_values(one: Conversation) -> dict[str, Value]:
    return {
        "thread_id": one.thread_id,
        "contact_id": one.contact_id,
        "number": one.number,
        "origin": one.origin.value,
        "opened_at": from_moment(one.opened_at),
        **changing_conversation_values(one),
    }


def conversation_of(row: Row) -> Conversation:
    return Conversation(
        id=row["id"],
        thread_id=row["thread_id"],
        contact_id=row["contact_id"],
        number=row["number"],
        state=ConversationState(row["state"]),
        origin=Origin(row["origin"]),
        virtual_start=to_moment(row["virtual_start"]),
        opened_at=to_moment(row["opened_at"]),
        updated_at=to_moment(row["updated_at"]),
        revision=row["revision"],
        assignee_id=row["assignee_id"],
        queue=row["queue"],
        priority=row["priority"],
        reason=row["reason"],
        first_in_at=to_moment_or_none(row["first_in_at"]),
        first_out_at=to_moment_or_none(row["first_out_at"]),
        last_in_at=to_moment_or_none(row["last_in_at"]),
        last_out_at=to_moment_or_none(row["last_out_at"]),
        unanswered_at=to_moment_or_none(row["unanswered_at"]),
        last_entry=row["last_entry"],
        hold_until=to_moment_or_none(row["hold_until"]),
        snooze_until=to_moment_or_none(row["snooze_until"]),
        snooze_mode=SnoozeMode(row["snooze_mode"]),
        tags=to_texts(row["tags"]),
        result=row["result"],
        summary=row["summary"],
        resolved_at=to_moment_or_none(row["resolved_at"]),
        resolved_by=row["resolved_by"],
    )


def step_values(step: Step) -> dict[str, Value]:
    return {
        "id": step.id,
        "thread_id": step.thread_id,
        "conversation_id": step.conversation_id,
        "kind": step.kind.value,
        "at": from_moment(step.at),
        "actor_id": step.actor_id,
        "subject_id": step.subject_id,
        "text": step.text,
    }


def step_of(row: Row) -> Step:
    return Step(
        id=row["id"],
        thread_id=row["thread_id"],
        conversation_id=row["conversation_id"],
        kind=StepKind(row["kind"]),
        at=to_moment(row["at"]),
        actor_id=row["actor_id"],
        subject_id=row["subject_id"],
        text=row["text"],
    )
