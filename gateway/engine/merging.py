"""One person with several numbers: contacts merged into one, and parted again.

Works inside the caller's write. A merged contact keeps its row and its threads, which
the doors go on writing to; they become aliases of the other's threads with the same
number of ours, and their conversations move there. A conversation remembers whose it
was at first, by which parting gives it back, with its notes.

Spec: spec/inbox.md A 67, D.2
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gateway.core.agent import Actor
from gateway.core.contact import Thread
from gateway.core.conversation import (
    Conversation,
    ConversationState,
    Step,
    StepKind,
)
from gateway.core.errors import Conflict
from gateway.core.event import EventType
from gateway.core.ids import ContactId, EntryId, IdSource, ThreadId
from gateway.core.store import Tx
from gateway.engine import conversation_moves as moves
from gateway.engine.audit import record
from gateway.engine.conversation_log import keep, step_of
from gateway.engine.drafts import carry_drafts
from gateway.engine.people_cards import (
    MOST_MERGED,
    family,
    get_card,
    get_contact,
    main_contact,
    tell,
)

MERGED: Final = "merged"  # the result of the conversation that went up in another
_ALL: Final = 1 << 30
_MOST_NAMES: Final = 200  # steps and threads that one merging or parting may need


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who does it and when, with names for what it may need; made before the write."""

    actor: Actor
    now: datetime
    steps: tuple[EntryId, ...]
    threads: tuple[ThreadId, ...]

    @classmethod
    def make(cls, ids: IdSource, actor: Actor, now: datetime) -> "Deed":
        return cls(
            actor=actor,
            now=now,
            steps=tuple(EntryId(ids.new("stp")) for _ in range(_MOST_NAMES)),
            threads=tuple(ThreadId(ids.new("thr")) for _ in range(_MOST_NAMES)),
        )


def merge(tx: Tx, into: ContactId, other: ContactId, deed: Deed) -> ContactId:
    """They are one person: `other` is shown as `into` from now on; whom it is."""
    main, gone = _root(tx, into), _root(tx, other)
    if main == gone:
        raise Conflict("same_contact", "they are one contact already", field="other")
    if len(family(tx, main)) + len(family(tx, gone)) > MOST_MERGED:
        raise Conflict(
            "too_many_numbers", f"a contact has at most {MOST_MERGED} numbers"
        )
    card = get_card(tx, gone, deed.now)
    tx.cards.save(replace(card, merged_into=main, updated_at=deed.now))
    _adopt_card(tx, main, gone, deed.now)
    _settle(tx, main, family(tx, gone), _Work(tx, deed), StepKind.MERGED)
    record(tx, deed.actor, "contact.merged", main, None, {"other": gone}, deed.now)
    tell(tx, main, deed.now)
    return main


def split(tx: Tx, contact: ContactId, part: ContactId, deed: Deed) -> ContactId:
    """They are two after all: `part` leaves, with what was merged into it."""
    main = _root(tx, contact)
    card = get_card(tx, get_contact(tx, part).id, deed.now)
    if card.merged_into is None or main_contact(tx, part) != main:
        raise Conflict("not_merged", "it is not merged into this contact")
    tx.cards.save(replace(card, merged_into=None, updated_at=deed.now))
    leaving = family(tx, part)
    for thread in tx.contacts.threads_of(leaving):
        tx.conversations.drop_alias(thread.id)
    _settle(tx, part, leaving, _Work(tx, deed), StepKind.SPLIT, left=main)
    record(tx, deed.actor, "contact.split", main, None, {"part": part}, deed.now)
    tell(tx, main, deed.now)
    tell(tx, part, deed.now)
    return main


def align(tx: Tx, thread: Thread, name: ThreadId, now: datetime) -> Thread:
    """The main thread of one that the doors wrote to; `name` is for a new one.

    A merged contact's thread with a number of ours that it had never used before has
    no main thread yet: it is given one here.
    """
    known = tx.contacts.get_thread(tx.conversations.main_of(thread.id))
    if known is not None and known.id != thread.id:
        return known
    main = main_contact(tx, thread.contact_id)
    if main == thread.contact_id:
        return thread
    found = _thread_of(tx, main, thread.own, name, now)
    tx.conversations.add_alias(thread.id, found.id)
    return found


class _Work:
    """One merging or parting: the names that are left."""

    def __init__(self, tx: Tx, deed: Deed) -> None:
        self.tx = tx
        self.deed = deed
        self.steps: Iterator[EntryId] = iter(deed.steps)
        self.threads: Iterator[ThreadId] = iter(deed.threads)


def _settle(
    tx: Tx,
    main: ContactId,
    members: Sequence[ContactId],
    work: _Work,
    kind: StepKind,
    *,
    left: ContactId | None = None,
) -> None:
    """What these said is shown in the threads of `main`; it was so in `left`'s."""
    threads = tx.contacts.threads_of(members)
    for own in sorted({thread.own for thread in threads}):
        home = _thread_of(tx, main, own, next(work.threads), work.deed.now)
        aliases = [one for one in threads if one.own == own and one.id != home.id]
        for thread in aliases:
            tx.conversations.drop_alias(thread.id)
            tx.conversations.add_alias(thread.id, home.id)
            carry_drafts(tx, thread.id, home.id, work.deed.now)
        origin = None if left is None else tx.contacts.thread(left, own)
        sources = aliases if origin is None else [*aliases, origin]
        coming = [
            case
            for thread in sources
            for case in tx.conversations.in_thread(thread.id, _ALL)
            if origin is None or case.contact_id in members
        ]
        _bring(work, home, coming, kind)
        if origin is not None:
            tx.conversations.crown(origin.id)


def _bring(
    work: _Work, home: Thread, coming: Sequence[Conversation], kind: StepKind
) -> None:
    """Conversations come home; of two that go on, one does not any more."""
    tx, deed = work.tx, work.deed
    there = tx.conversations.open_in(home.id)
    going_on = [case for case in (there, *coming) if case and not case.has_ended]
    stays = min(going_on, key=_precedence, default=None)
    for case in going_on:
        if stays is not None and case.id != stays.id:
            ended = moves.resolve(case, deed.actor.agent_id, MERGED, "", deed.now)
            step = _step(work, case, kind)
            keep(tx, case, ended, EventType.CONVERSATION_RESOLVED, deed.now, step)
            stays = _with_debts_of(stays, case)
    # What goes on is the last of its thread, whatever its age.
    ended_ones = [case for case in coming if stays is None or case.id != stays.id]
    moved_ones = sorted(ended_ones, key=lambda case: (case.opened_at, case.id))
    for case in moved_ones:
        _move(tx, case, home)
    if stays is not None:
        moved = _move(tx, stays, home)
        after = replace(moved, revision=moved.revision + 1, updated_at=deed.now)
        step = _step(work, after, kind)
        keep(tx, moved, after, EventType.CONVERSATION_CHANGED, deed.now, step)
    tx.conversations.crown(home.id)


def _move(tx: Tx, case: Conversation, home: Thread) -> Conversation:
    moved = tx.conversations.move(case, home.id)
    if case.thread_id != home.id:
        tx.cards.carry(case.id, case.thread_id, home.id)
    return moved


def _precedence(case: Conversation) -> tuple[bool, datetime, str]:
    """The older one that somebody has stays."""
    return (case.assignee_id is None, case.opened_at, case.id)


def _with_debts_of(stays: Conversation, other: Conversation) -> Conversation:
    """What the other owed is owed by this one."""
    waits = [one for one in (stays.unanswered_at, other.unanswered_at) if one]
    heard = [one for one in (stays.last_in_at, other.last_in_at) if one]
    is_our_turn = bool(waits) and stays.state is ConversationState.WAITING
    return replace(
        stays,
        state=ConversationState.ACTIVE if is_our_turn else stays.state,
        unanswered_at=min(waits, default=None),
        last_in_at=max(heard, default=None),
        virtual_start=min(stays.virtual_start, other.virtual_start),
        tags=tuple(dict.fromkeys((*stays.tags, *other.tags))),
    )


def _step(work: _Work, case: Conversation, kind: StepKind) -> Step:
    return step_of(
        case,
        next(work.steps),
        kind,
        work.deed.now,
        actor_id=work.deed.actor.agent_id,
    )


def _thread_of(
    tx: Tx, contact_id: ContactId, own: str, name: ThreadId, now: datetime
) -> Thread:
    """The contact's thread with a number of ours, made when it is new."""
    found = tx.contacts.thread(contact_id, own)
    if found is None:
        found = Thread(
            id=name, contact_id=contact_id, own=own, created_at=now, updated_at=now
        )
        tx.contacts.insert_thread(found)
    return found


def _adopt_card(tx: Tx, main: ContactId, gone: ContactId, now: datetime) -> None:
    """What is known of one is known of both; where they differ, the main one's."""
    mine, theirs = get_card(tx, main, now), get_card(tx, gone, now)
    tx.cards.save(
        replace(
            mine,
            name=mine.name or theirs.name,
            language=mine.language or theirs.language,
            crm_id=mine.crm_id or theirs.crm_id,
            attributes={**theirs.attributes, **mine.attributes},
            tags=tuple(dict.fromkeys((*mine.tags, *theirs.tags))),
            blocked_at=mine.blocked_at or theirs.blocked_at,
            blocked_by=mine.blocked_by or theirs.blocked_by,
            updated_at=now,
        )
    )


def _root(tx: Tx, contact_id: ContactId) -> ContactId:
    return main_contact(tx, get_contact(tx, contact_id).id)
