"""What stands in the way of a reply: its text, its reader, its writer, what was missed.

Works inside the caller's transaction; each refusal has a code of its own. Whoever
answers says how far they had read: if somebody else answered behind that, nothing is
sent. Spec: spec/inbox.md 0.6, F.2, F.5
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.core.agent import Agent
from gateway.core.conversation import (
    Conversation,
    ConversationState,
    place_of,
)
from gateway.core.errors import Conflict, Forbidden, Invalid
from gateway.core.ids import ThreadId
from gateway.core.message import Direction, Message, MessageState
from gateway.core.message_store import MessageFilter, Page
from gateway.core.policy import Policy
from gateway.core.store import Tx
from gateway.engine.answering import may_be_answered
from gateway.engine.entries import entries_json
from gateway.engine.people_cards import is_blocked
from gateway.engine.reply_target import Target
from gateway.engine.request import check_text

MOST_PARTS: Final = 8  # of a reply, whatever the settings say
SHOWN: Final = Page(limit=20)  # of what was missed

_PLACE: Final = re.compile(r"\{\s*[^\W\d]\w*\s*\}")


class Obstacle(StrEnum):
    """Why an agent may not write in a thread, or what there is to know of it."""

    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    TAKEN = "taken"
    NO_LINK = "no_link"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether an agent may write now; a reason may be there all the same."""

    allowed: bool
    reason: Obstacle | None = None
    detail: str = ""


def check_reply_text(text: str) -> int:
    """Of how many segments it is; `Invalid` when it cannot be sent as it is."""
    parts = check_text(text).segments
    check_parts(parts, MOST_PARTS)
    place = _PLACE.search(text)
    if place is not None:
        raise Invalid(
            "placeholder_left", f"fill in {place.group()} first", field="text"
        )
    return parts


def check_parts(parts: int, most: int) -> None:
    """`Invalid` when these are more than so many segments."""
    if parts > most:
        raise Invalid(
            "too_long", f"{parts} SMS, at most {most} are allowed", field="text"
        )


def check_reader(
    tx: Tx, target: Target, conversation: Conversation | None, policy: Policy
) -> None:
    """`Forbidden` when nothing is to be sent to this person."""
    if _is_shut_out(tx, target, conversation):
        raise Forbidden("blocked", "this contact is blocked, or the thread is spam")
    if not may_be_answered(tx, target.contact, policy):
        raise Forbidden(
            "opted_out", "they opted out: only what they write since can be answered"
        )


def check_missed(
    tx: Tx, shown: Sequence[ThreadId], agent: Agent, seen_seq: int
) -> None:
    """`Conflict` with what was missed when somebody else answered behind `seen_seq`."""
    if seen_seq >= tx.events.last_seq():
        return
    replies = tx.replies.by_others(shown, agent.id, seen_seq)
    sent = tx.outbox.messages([one.message_id for one in replies if one.message_id])
    undone = {one.id for one in sent if one.state is MessageState.CANCELLED}
    answers = [one.message_id or one.id for one in replies]
    answers = [one for one in answers if one not in undone]
    seen = tx.events.get(seen_seq)
    around = _said_since(tx, shown, None if seen is None else seen.at)
    answers += [one.id for one in around if one.direction is Direction.MT]
    if not answers:
        return
    questions = [one.id for one in around if one.direction is Direction.MO]
    missed = sorted({*answers, *questions}, key=place_of)
    raise Conflict(
        "thread_moved",
        "somebody else answered meanwhile",
        more={"entries": entries_json(tx, missed)},
    )


def standing_of(
    tx: Tx,
    target: Target,
    conversation: Conversation | None,
    agent: Agent,
    policy: Policy,
) -> Standing:
    """What an agent who opens the thread is told before writing anything."""
    if _is_shut_out(tx, target, conversation):
        return Standing(allowed=False, reason=Obstacle.BLOCKED)
    opted_out_at = target.contact.opted_out_at
    if opted_out_at is not None:
        return Standing(
            allowed=may_be_answered(tx, target.contact, policy),
            reason=Obstacle.OPTED_OUT,
            detail=target.contact.opt_out_source or "",
        )
    if conversation is None:
        return Standing(allowed=True)
    if conversation.has_ended:
        return Standing(allowed=True, reason=Obstacle.ENDED)
    assignee_id = conversation.assignee_id
    if assignee_id is not None and assignee_id != agent.id:
        assignee = tx.agents.get(assignee_id)
        name = "" if assignee is None else assignee.name
        return Standing(allowed=False, reason=Obstacle.TAKEN, detail=name)
    return Standing(allowed=True)


def belongs_to_another(conversation: Conversation | None, agent: Agent) -> bool:
    """Whether it goes on, and is a colleague's."""
    return (
        conversation is not None
        and not conversation.has_ended
        and conversation.assignee_id is not None
        and conversation.assignee_id != agent.id
    )


def _is_shut_out(tx: Tx, target: Target, conversation: Conversation | None) -> bool:
    is_spam = conversation is not None and conversation.state is ConversationState.SPAM
    return is_spam or is_blocked(tx, target.contact.id)


def _said_since(
    tx: Tx, shown: Sequence[ThreadId], since: datetime | None
) -> list[Message]:
    """The newest that were said in a thread by others than agents.

    They know no place in the log, unlike replies: what is as old as the event that was
    seen last is taken for seen.
    """
    found = [
        message
        for thread_id in shown
        for message in tx.outbox.listing(
            MessageFilter(thread_id=thread_id, since=since), SHOWN
        )
        if message.state is not MessageState.CANCELLED
        and (since is None or message.created_at > since)
    ]
    replies = tx.replies.by_messages([message.id for message in found])
    by_agents = {reply.message_id for reply in replies}
    return [message for message in found if message.id not in by_agents]
