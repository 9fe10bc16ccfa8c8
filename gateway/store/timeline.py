"""What a thread shows, cut by cut: four tables in one order, that of places."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.core.conversation import place_of
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.core.timeline_store import Progress
from gateway.store.column import BEYOND
from gateway.store.engine import Session

_KINDS: Final = {
    "messages": "msg",
    "notes": "not",
    "steps": "stp",
    "replies": "rep",
    "sent": "msg",  # replies that became messages
}


class SqlTimeline:
    """`core.timeline_store.Timeline` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def before(
        self, thread_ids: Sequence[ThreadId], place: str, limit: int
    ) -> list[EntryId]:
        found = self._cut(tuple(_KINDS), "before", thread_ids, place or BEYOND, limit)
        return sorted(found, key=place_of, reverse=True)[:limit]

    def after(
        self, thread_ids: Sequence[ThreadId], place: str, limit: int
    ) -> list[EntryId]:
        found = self._cut(tuple(_KINDS), "after", thread_ids, place, limit)
        return sorted(found, key=place_of)[:limit]

    def last(self, thread_ids: Sequence[ThreadId]) -> EntryId | None:
        found = self._cut(
            ("messages", "notes", "replies", "sent"), "before", thread_ids, BEYOND, 1
        )
        return max(found, key=place_of, default=None)

    def progress(
        self, message_ids: Sequence[MessageId]
    ) -> Mapping[MessageId, Progress]:
        return {
            row["message_id"]: Progress(
                sent=row["sent"], delivered=row["delivered"], total=row["total"]
            )
            for row in self._session.among("timeline.progress", message_ids)
        }

    def _cut(
        self,
        kinds: Sequence[str],
        side: str,
        thread_ids: Sequence[ThreadId],
        place: str,
        limit: int,
    ) -> set[EntryId]:
        """From every table as many as there could be of it in the cut."""
        return {
            row["id"]
            for thread_id in thread_ids
            for kind in kinds
            for row in self._session.all(
                f"timeline.{kind}_{side}",
                thread_id=thread_id,
                place=f"{_KINDS[kind]}_{place}",
                limit=limit,
            )
        }
