"""Messages on their way as this process has just written them.

What is queued is claimed, answered and reported on within a second: it need not be
read back each time. One for each writing session, in its thread. Whoever changes a row
of `messages` or `segments` says so here, or has everything forgotten; so does whoever
takes a write back. Reading sessions hold nothing.

Decision: docs/decisions/0017-rows-just-written-are-not-read-back.md
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gateway.codec.value import replace
from gateway.core.ids import MessageId
from gateway.core.message import Message, MessageState, Segment

HELD: Final = 2048
_CHANGES: Final = re.compile(r"\b(?:UPDATE|DELETE\s+FROM)\s+(?:messages|segments)\b")
# The outbox says what these change.
_TOLD: Final = frozenset(
    {
        "outbox.save_message",
        "outbox.drop_segments",
        "outbox.save_segment",
        "outbox.move_message",
        "outbox.begin_segment",
        "outbox.claim",
    }
)

Rows = tuple[Message, tuple[Segment, ...]]


def untold(statements: Mapping[str, str]) -> frozenset[str]:
    """The statements after which nothing that is held may be right."""
    return frozenset(
        name
        for name, sql in statements.items()
        if _CHANGES.search(sql) and name not in _TOLD
    )


class Held:
    """The newest, up to a number of them."""

    __slots__ = ("_limit", "_rows")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: OrderedDict[MessageId, Rows] = OrderedDict()

    def get(self, message_id: MessageId) -> Rows | None:
        return self._rows.get(message_id)

    def put(self, message: Message, segments: Sequence[Segment]) -> None:
        """All there is of it."""
        self._rows[message.id] = message, tuple(segments)
        if len(self._rows) > self._limit:
            self._rows.popitem(last=False)

    def drop(self, message_id: MessageId) -> None:
        """It is not as it was."""
        self._rows.pop(message_id, None)

    def clear(self) -> None:
        self._rows.clear()

    def move(self, after: Message) -> None:
        """Its state changed, and what a change of state may change."""
        rows = self._rows.get(after.id)
        if rows is None:
            return
        if after.state is MessageState.DELIVERED:
            del self._rows[after.id]  # nothing comes after that
            return
        message, segments = rows
        moved = replace(
            message,
            state=after.state,
            updated_at=after.updated_at,
            due_at=after.due_at,
            ready=after.ready,
            error=after.error,
        )
        self._rows[after.id] = moved, segments

    def change_segment(
        self, message_id: MessageId, number: int, change: Callable[[Segment], Segment]
    ) -> None:
        """One of its segments is as `change` makes it."""
        rows = self._rows.get(message_id)
        if rows is not None:
            message, segments = rows
            self._rows[message_id] = (
                message,
                tuple(change(one) if one.number == number else one for one in segments),
            )

    def save_segment(self, after: Segment) -> None:
        """What can change of it was written."""

        def change(before: Segment) -> Segment:
            return replace(
                before,
                state=after.state,
                link=after.link,
                line=after.line,
                reference=after.reference,
                sent_at=after.sent_at,
                reported_at=after.reported_at,
                report_status=after.report_status,
                error=after.error,
            )

        self.change_segment(after.message_id, after.number, change)
