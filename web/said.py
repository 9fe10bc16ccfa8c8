"""Replies, drafts, marks and the board as callers are told of them.

Companion of `web.shape`, for the description of the API: the engine makes them.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from web.conversation import ConversationShape
from web.thread import TimelineEntry


class SaidShape(Struct):
    """What was said as it stands in the thread, and what became of the conversation.

    `draft_revision`: saves of the draft up to it count no more.
    """

    entry: TimelineEntry
    conversation: ConversationShape | None
    draft_revision: int | None


class UndoneShape(Struct):
    """What was taken back; `text` is for the composer."""

    entry: TimelineEntry
    conversation: ConversationShape | None
    text: str


class AgainShape(Struct):
    """A message that waits again."""

    entry: TimelineEntry


class PendingPage(Struct):
    """A cut of what waits for approval."""

    items: list[TimelineEntry]
    next: str | None


class DraftShape(Struct):
    """A draft as it is kept. Not `kept`: what was to be saved is older than that."""

    thread_id: str
    text: str
    is_note: bool
    revision: int
    updated_at: datetime
    kept: bool


class ReadShape(Struct):
    """How far was read, and how much of the person's is left."""

    thread_id: str
    entry: str
    unread: int


class BoardShape(Struct):
    """Queue, people, lines and the day, as they are this moment."""

    at: datetime
    queue: dict[str, Any]
    counts: dict[str, int]
    agents: list[dict[str, Any]]
    links: list[dict[str, Any]]
    today: dict[str, Any]
