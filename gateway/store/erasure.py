"""Taking a person out of the database: every table that could name them.

Relies on `search` for the index of words. What is deleted is overwritten with zeros in
the file (`secure_delete`), in the log after the next check-point (`scrub`), and in the
index of words once its segments are merged.
"""

import json
from collections.abc import Sequence
from typing import Final

from gateway.core.erasure_store import LogTraces, Traces
from gateway.core.ids import ContactId
from gateway.store.engine import Row, Session
from gateway.store.search import SqlSearch

_BITE: Final = 2000  # rows of a log looked at in one go
_LISTED: Final = 500  # names in one statement


class SqlErasing:
    """`core.erasure_store.Erasing` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def traces(self, contact_ids: Sequence[ContactId]) -> Traces:
        threads = self._names("threads", contact_ids)
        messages = self._names("messages", threads)
        notes = self._names("notes", threads)
        steps = self._names("steps", threads)
        return Traces(
            contacts=tuple(contact_ids),
            threads=threads,
            messages=messages,
            notes=notes,
            replies=self._names("replies", threads),
            steps=steps,
            conversations=self._names("conversations", (*threads, *contact_ids)),
            search=self._names("search", (*messages, *notes, *steps, *contact_ids)),
            addresses=self._names("addresses", contact_ids),
        )

    def is_being_sent(self, traces: Traces) -> bool:
        return bool(self._names("being_sent", traces.messages))

    def log_traces(self, traces: Traces, known: LogTraces) -> LogTraces:
        messages, threads = set(traces.messages), set(traces.threads)
        contacts = set(traces.contacts)
        events, last_event = list(known.events), known.last_event
        while rows := self._session.all(
            "erasure.events", after=last_event, limit=_BITE
        ):
            events += [
                row["seq"]
                for row in rows
                if row["message_id"] in messages
                or row["thread_id"] in threads
                or (row["contact"] and json.loads(row["contact"])["id"] in contacts)
            ]
            last_event = rows[-1]["seq"]
        deliveries, last_delivery = list(known.deliveries), known.last_delivery
        told = set(events)
        while rows := self._session.all(
            "erasure.deliveries", after=last_delivery, limit=_BITE
        ):
            deliveries += [
                row["id"]
                for row in rows
                if row["event_seq"] in told or row["message_id"] in messages
            ]
            last_delivery = rows[-1]["id"]
        return LogTraces(
            events=tuple(events),
            deliveries=tuple(deliveries),
            last_event=last_event,
            last_delivery=last_delivery,
        )

    def drop_messages(self, message_ids: Sequence[str]) -> None:
        SqlSearch(self._session).drop(message_ids)
        self._drop("ahead", message_ids)

    def erase(self, traces: Traces, logs: LogTraces) -> None:
        SqlSearch(self._session).drop(traces.search)
        self._among("drop_notices", traces.messages)
        self._among("drop_parked", traces.addresses)
        for address in traces.addresses:
            self._session.run("erasure.drop_answers", address=address)
        for table in ("drafts", "read_marks", "aliases"):
            self._drop(table, traces.threads)
        self._drop("replies", traces.replies)
        self._drop("notes", traces.notes)
        self._drop("steps", traces.steps)
        self._drop("messages", traces.messages)
        self._drop("conversations", traces.conversations)
        self._drop("threads", traces.threads)
        self._drop("cards", traces.contacts)
        self._drop("contacts", traces.contacts)
        self._drop("events", logs.events)
        self._drop("deliveries", logs.deliveries)
        self._session.scrub()

    def _names(self, what: str, among: Sequence[str]) -> tuple[str, ...]:
        return tuple(row["id"] for row in self._among(what, among))

    def _among(self, what: str, among: Sequence[str]) -> list[Row]:
        """In several statements where the list is long."""
        found: list[Row] = []
        for start in range(0, len(among), _LISTED):
            listed = among[start : start + _LISTED]
            found += self._session.among(f"erasure.{what}", listed)
        return found

    def _drop(self, table: str, names: Sequence[str | int]) -> None:
        self._session.many(f"erasure.drop_{table}", [{"id": name} for name in names])
