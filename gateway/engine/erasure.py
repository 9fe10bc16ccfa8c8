"""A person's data: all of it handed out, or all of it deleted.

An erasure is counted first, by the same look that later deletes. It takes every number
of the contact, with messages, notes, conversations, index rows, events and deliveries;
what stays is a keyed hash of the number if it had opted out or was blocked, and an
audit entry that names no number. So that the writer is not held up for long, logs are
looked through before the write, and messages go ahead in bites.

Relies on the store's erasing verbs. Backups are the operator's: see docs/operations.md.
Spec: spec/inbox.md C.12, G.29
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.contact import Contact
from gateway.core.erasure_store import LogTraces, Traces
from gateway.core.errors import Conflict, Invalid
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import ContactId, ConversationId, EntryId, IdSource, ThreadId
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Store, Tx
from gateway.engine.audit import record
from gateway.engine.entries import conversation_json, entries_json
from gateway.engine.people_cards import (
    card_json,
    family,
    get_card,
    get_contact,
    main_contact,
)
from gateway.engine.present import JsonObject, message_json, segment_json, time_text
from gateway.engine.search_reader import UNTIDY
from gateway.engine.tombstone import KEY_OCTETS, bury

BITE: Final = 100  # messages of one write
_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What goes with a person, or would go."""

    messages: int
    notes: int
    replies: int
    steps: int
    conversations: int
    threads: int
    numbers: int
    events: int
    deliveries: int
    search: int


class Erasure:
    """Hands out and deletes."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def export(self, actor: Actor, contact_id: ContactId) -> JsonObject:
        """Everything said and known; who asked is in the audit log."""
        now = self._clock.now()
        whole = await self._store.read(lambda tx: _export(tx, contact_id, now))
        main = ContactId(str(_object(whole["contact"])["id"]))
        await self._store.write(
            lambda tx: record(tx, actor, "contact.exported", main, None, None, now)
        )
        return whole

    async def count(self, contact_id: ContactId) -> Counts:
        """What `erase` would take, at this moment."""
        traces, logs = await self._store.read(lambda tx: _look(tx, contact_id))
        return _counts(traces, logs)

    async def erase(self, actor: Actor, contact_id: ContactId, confirm: str) -> Counts:
        """Take it all; `confirm` is the contact's own number, typed by a person.

        Raises `Invalid` when it is not, `Conflict` while something is being sent.
        """
        now, secret = self._clock.now(), self._ids.secret(KEY_OCTETS)
        before, known = await self._store.read(
            lambda tx: _confirmed(tx, contact_id, confirm)
        )
        # What is killed half-way is erased by asking again.
        for start in range(0, len(before.messages), BITE):
            bite = before.messages[start : start + BITE]
            await self._store.write(partial(_drop_ahead, bite))

        def take(tx: Tx) -> Counts:
            contact = get_contact(tx, main_contact(tx, contact_id))
            left = tx.erasing.traces(family(tx, contact.id))
            _expect_still(tx, left)
            traces = _together(before, left)
            logs = tx.erasing.log_traces(traces, known)
            counts = _counts(traces, logs)
            _bury_all(tx, left, contact, secret, now)
            tx.erasing.erase(left, logs)
            tx.facts.put(UNTIDY, "new")
            _tell(tx, actor, contact.id, counts, left, now)
            return counts

        return await self._store.write(take)


def _confirmed(tx: Tx, contact_id: ContactId, confirm: str) -> tuple[Traces, LogTraces]:
    """What is to go, if the right number was typed and nothing is on its way."""
    address = get_contact(tx, main_contact(tx, contact_id)).address
    if "".join(confirm.split()) != "".join(address.split()):
        detail = "type the contact's number as it is shown"
        raise Invalid("confirm_mismatch", detail, field="confirm")
    traces, logs = _look(tx, contact_id)
    _expect_still(tx, traces)
    return traces, logs


def _drop_ahead(message_ids: Sequence[str], tx: Tx) -> None:
    tx.erasing.drop_messages(message_ids)


def _expect_still(tx: Tx, traces: Traces) -> None:
    if tx.erasing.is_being_sent(traces):
        raise Conflict("being_sent", "a message is on its way out: try again")


def _together(before: Traces, left: Traces) -> Traces:
    """What went ahead, and what there is besides."""
    return replace(
        left,
        messages=tuple(dict.fromkeys((*before.messages, *left.messages))),
        search=tuple(dict.fromkeys((*before.search, *left.search))),
    )


def _look(tx: Tx, contact_id: ContactId) -> tuple[Traces, LogTraces]:
    main = main_contact(tx, get_contact(tx, contact_id).id)
    traces = tx.erasing.traces(family(tx, main))
    return traces, tx.erasing.log_traces(traces, LogTraces())


def _counts(traces: Traces, logs: LogTraces) -> Counts:
    return Counts(
        messages=len(traces.messages),
        notes=len(traces.notes),
        replies=len(traces.replies),
        steps=len(traces.steps),
        conversations=len(traces.conversations),
        threads=len(traces.threads),
        numbers=len(traces.addresses),
        events=len(logs.events),
        deliveries=len(logs.deliveries),
        search=len(traces.search),
    )


def _bury_all(
    tx: Tx, traces: Traces, main: Contact, secret: bytes, now: datetime
) -> None:
    blocked_at = get_card(tx, main.id, now).blocked_at
    for contact in tx.cards.contacts([ContactId(one) for one in traces.contacts]):
        bury(tx, contact, blocked_at, secret, now)


def _tell(
    tx: Tx,
    actor: Actor,
    contact_id: ContactId,
    counts: Counts,
    traces: Traces,
    now: datetime,
) -> None:
    told: dict[str, object] = {
        "messages": counts.messages,
        "notes": counts.notes,
        "conversations": counts.conversations,
        "numbers": counts.numbers,
    }
    record(tx, actor, "contact.erased", contact_id, None, told, now)
    gone = {"id": contact_id, "erased": True, "thread_ids": list(traces.threads)}
    tx.events.append(NewEvent(type=EventType.CONTACT_CHANGED, at=now, data=gone))


def _export(tx: Tx, contact_id: ContactId, now: datetime) -> JsonObject:
    main = main_contact(tx, get_contact(tx, contact_id).id)
    traces = tx.erasing.traces(family(tx, main))
    cases = tx.conversations.among(
        [ConversationId(one) for one in traces.conversations]
    )
    return {
        "exported_at": time_text(now),
        "contact": card_json(tx, main),
        "opt_outs": [
            {"address": one.address, "at": time_text(one.opted_out_at)}
            for one in tx.cards.contacts([ContactId(one) for one in traces.contacts])
            if one.opted_out_at is not None
        ],
        "conversations": conversation_json(
            tx, sorted(cases, key=lambda case: (case.opened_at, case.id))
        ),
        "messages": [
            message for thread in traces.threads for message in _messages(tx, thread)
        ],
        "notes": entries_json(tx, list(map(EntryId, traces.notes))),
        "replies": entries_json(tx, list(map(EntryId, traces.replies))),
        "steps": entries_json(tx, list(map(EntryId, traces.steps))),
    }


def _messages(tx: Tx, thread_id: str) -> list[JsonObject]:
    """All of a thread, oldest first, with their segments."""
    found: list[JsonObject] = []
    page = Page(limit=_PAGE)
    wanted = MessageFilter(thread_id=ThreadId(thread_id))
    while messages := tx.outbox.listing(wanted, page):
        for message in messages:
            pieces = [segment_json(one) for one in tx.outbox.segments(message.id)]
            found.append(message_json(message) | {"segment_list": pieces})
        page = replace(page, before=messages[-1].id)
    return found[::-1]


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise AssertionError("a contact is an object")
    return value
