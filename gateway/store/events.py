"""The event log: committed facts in order."""

from collections.abc import Iterator, Sequence

from gateway.core.event import Appended, Event, EventType, NewEvent
from gateway.store.engine import Session
from gateway.store.side_rows import event_of, event_values


class SqlEvents:
    """`core.store.Events` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, event: NewEvent) -> int:
        values = event_values(event)
        seq = int(self._session.only("events.append", **values)["seq"])
        content = str(values["data"])
        self._session.announce([Appended(seq=seq, news=event, content=content)])
        return seq

    def append_all(self, events: Sequence[NewEvent]) -> None:
        if not events:
            return
        rows = list(map(event_values, events))
        self._session.many("events.append_all", rows)
        # One writer at a time: they stand side by side.
        first = self.last_seq() - len(events) + 1
        self._session.announce(
            [
                Appended(seq=seq, news=event, content=str(row["data"]))
                for seq, (event, row) in enumerate(
                    zip(events, rows, strict=True), start=first
                )
            ]
        )

    def after(
        self, seq: int, limit: int, types: Sequence[str] | None = None
    ) -> list[Event]:
        if types is None:
            rows = self._session.all("events.after", seq=seq, limit=limit)
        else:
            meant = sorted({name for kind in types for name in _names(kind)})
            rows = self._session.among(
                "events.after_of_types", meant, seq=seq, limit=limit
            )
        return [event_of(row) for row in rows]

    def span(self, after: int, until: int, types: Sequence[str]) -> list[Event]:
        rows = self._session.among("events.span", types, after=after, until=until)
        return [event_of(row) for row in rows]

    def get(self, seq: int) -> Event | None:
        row = self._session.one("events.get", seq=seq)
        return None if row is None else event_of(row)

    def last_seq(self) -> int:
        return self._number("events.last_seq")

    def first_seq(self) -> int:
        return self._number("events.first_seq")

    def _number(self, name: str) -> int:
        return int(self._session.only(name)["seq"])


def _names(kind: str) -> Iterator[str]:
    """The types that an exact name or a prefix such as `message.*` means."""
    if not kind.endswith(".*"):
        yield kind
        return
    for known in EventType:
        if known.startswith(kind.removesuffix("*")):
            yield known.value
