"""What the log says that agents' pages show, as each thing is now.

Several events about one thing are told once, in the place of the last of them: a page
shows what is, not what was on the way. Whoever has or had a conversation that changed
is told of along with it, for their load. Reads a stretch of the log and all that it is
about in one transaction. Spec: spec/inbox.md F.4
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.core.event import Event, EventType
from gateway.core.ids import AgentId, ContactId, ConversationId, EntryId
from gateway.core.store import Tx
from gateway.engine.agent_data import NO_LOAD, agent_json
from gateway.engine.entries import conversation_json, entries_json
from gateway.engine.people_cards import cards_json
from gateway.engine.present import JsonObject

BATCH: Final = 500


class Subject(StrEnum):
    """What a page keeps, and is told of."""

    ENTRY = "entry"
    CONVERSATION = "conversation"
    CONTACT = "contact"
    AGENT = "agent"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing as it is now, in its place of the log."""

    seq: int
    subject: Subject
    content: JsonObject  # the thing by its subject's name; null: it was erased
    has_place: bool = True  # else it goes along with what stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is told of a stretch of the log, which ends at `until`."""

    told: Sequence[Told]
    until: int


_FAMILIES: Final = {
    "message": Subject.ENTRY,
    "note": Subject.ENTRY,
    "reply": Subject.ENTRY,
    "thread": Subject.ENTRY,
    "conversation": Subject.CONVERSATION,
    "contact": Subject.CONTACT,
    "agent": Subject.AGENT,
    "link": Subject.LINK,
}
_SUBJECT_OF: Final = {
    kind: subject
    for kind in EventType
    if (subject := _FAMILIES.get(kind.partition(".")[0])) is not None
}
_LINK_FIELDS: Final = ("id", "state", "reason", "msisdn")


def read_stretch(tx: Tx, after: int, *, limit: int = BATCH) -> Stretch:
    """What came behind `after`, of `limit` events at most."""
    events = tx.events.after(after, limit)
    last: dict[tuple[Subject, str], Event] = {}
    for event in events:
        subject = _SUBJECT_OF.get(event.type)
        if subject is not None and (identity := _identity(event)) is not None:
            last[subject, identity] = event
        for agent_id in _burdened(event):
            last[Subject.AGENT, agent_id] = event
    shapes = {
        subject: make(tx, [identity for kind, identity in last if kind is subject])
        for subject, make in _MAKERS.items()
    }
    told = [
        Told(
            seq=event.seq,
            subject=subject,
            content=content,
            has_place=_SUBJECT_OF.get(event.type) is subject,
        )
        for (subject, identity), event in last.items()
        if (content := _content(event, subject, shapes, identity)) is not None
    ]
    # Who comes back for what is behind a place has been told all that goes along.
    told.sort(key=lambda one: (one.seq, one.has_place))
    return Stretch(told=told, until=events[-1].seq if events else after)


def _identity(event: Event) -> str | None:
    """What an event is about."""
    if event.message_id is not None and event.type.startswith("message."):
        return event.message_id
    if event.type.startswith("link."):
        return event.link
    identity = event.data.get("id")
    return identity if isinstance(identity, str) else None


def _burdened(event: Event) -> list[str]:
    """Agents whose load may be another since this event."""
    if _SUBJECT_OF.get(event.type) is not Subject.CONVERSATION:
        return []
    said = [event.data.get(name) for name in ("assignee", "previous_assignee")]
    return [str(one["id"]) for one in said if isinstance(one, dict)]


def _content(
    event: Event,
    subject: Subject,
    shapes: Mapping[Subject, Mapping[str, JsonObject]],
    identity: str,
) -> JsonObject | None:
    """None where the thing is gone, and nobody is to be told of that."""
    name = subject.value
    if subject is Subject.LINK:
        return {name: {field: event.data.get(field) for field in _LINK_FIELDS}}
    shape = shapes[subject].get(identity)
    if shape is not None:
        return {name: shape}
    if subject is Subject.CONTACT and event.data.get("erased"):
        return {name: None, **event.data}
    return None


def _entries(tx: Tx, identities: Sequence[str]) -> dict[str, JsonObject]:
    found = entries_json(tx, [EntryId(one) for one in identities])
    return {str(entry["id"]): entry for entry in found}


def _conversations(tx: Tx, identities: Sequence[str]) -> dict[str, JsonObject]:
    found = tx.conversations.among([ConversationId(one) for one in identities])
    shapes = conversation_json(tx, found)
    return {one.id: shape for one, shape in zip(found, shapes, strict=True)}


def _contacts(tx: Tx, identities: Sequence[str]) -> Mapping[str, JsonObject]:
    found = cards_json(tx, [ContactId(one) for one in identities])
    return {str(identity): shape for identity, shape in found.items()}


def _agents(tx: Tx, identities: Iterable[str]) -> dict[str, JsonObject]:
    found = tx.agents.among([AgentId(one) for one in identities])
    loads = tx.agents.loads() if found else {}
    return {one.id: agent_json(one, loads.get(one.id, NO_LOAD)) for one in found}


_Make = Callable[[Tx, Sequence[str]], Mapping[str, JsonObject]]
_MAKERS: Final[Mapping[Subject, _Make]] = {
    Subject.ENTRY: _entries,
    Subject.CONVERSATION: _conversations,
    Subject.CONTACT: _contacts,
    Subject.AGENT: _agents,
}
