"""Found rows as callers see them: who, where, when, and why.

Works inside the caller's transaction. A snippet is made of plain pieces of text, each a
hit or not: nothing here makes markup. What was erased a moment ago is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.ids import ContactId, ThreadId
from gateway.core.search_store import IndexRow, Kind, Saying, Term
from gateway.core.store import Tx
from gateway.engine.people_cards import cards_json, family
from gateway.engine.present import JsonObject, time_text
from gateway.engine.search_query import How, hits

SNIPPET_LETTERS: Final = 160
_BEFORE_HIT: Final = 40
_MOST_CASES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that was found, and what it was found by."""

    row: IndexRow
    how: How
    terms: tuple[Term, ...]


def items_json(tx: Tx, found: Sequence[Hit]) -> list[JsonObject]:
    """In the order given; a contact of several numbers once."""
    said = [one.row.entry_id for one in found if one.row.kind is not Kind.CONTACT]
    sayings: dict[str, Saying] = {one.id: one for one in tx.search.sayings(said)}
    people = [
        ContactId(one.row.entry_id) for one in found if one.row.kind is Kind.CONTACT
    ]
    people += [one.contact_id for one in sayings.values()]
    cards = cards_json(tx, list(dict.fromkeys(people)))
    shown: set[object] = set()
    items = []
    for hit in found:
        if hit.row.kind is Kind.CONTACT:
            card = cards.get(ContactId(hit.row.entry_id))
            if card is not None and card["id"] not in shown:
                shown.add(card["id"])
                items.append(_contact_item(tx, hit, card))
        elif (saying := sayings.get(hit.row.entry_id)) is not None:
            items.append(_saying_item(tx, hit, saying, cards[saying.contact_id]))
    return items


def snippet(terms: Sequence[Term], text: str) -> list[JsonObject]:
    """A piece of the text around the first hit, as pieces that are hits or not."""
    marks = hits(terms, text)
    start = max(marks[0].start - _BEFORE_HIT, 0) if marks else 0
    if start:
        # At a word, if one begins soon.
        space = text.find(" ", start, marks[0].start)
        start = start if space < 0 else space + 1
    end = min(start + SNIPPET_LETTERS, len(text))
    pieces: list[JsonObject] = [{"text": "…", "hit": False}] if start else []
    at = start
    for mark in marks:
        if mark.start >= end:
            break
        pieces.append({"text": text[at : mark.start], "hit": False})
        pieces.append({"text": text[mark.start : min(mark.end, end)], "hit": True})
        at = min(mark.end, end)
    pieces.append(
        {"text": text[at:end] + ("…" if end < len(text) else ""), "hit": False}
    )
    return [piece for piece in pieces if piece["text"]]


def _saying_item(tx: Tx, hit: Hit, saying: Saying, card: JsonObject) -> JsonObject:
    main = tx.conversations.main_of(saying.thread_id)
    return {
        "kind": hit.row.kind.value,
        "entry_id": saying.id,
        "thread_id": main,
        "contact": card,
        "at": time_text(saying.at),
        "snippet": snippet(hit.terms, saying.text),
        "conversation_number": _case_number(tx, main, saying.at),
        "how": hit.how.value,
    }


def _contact_item(tx: Tx, hit: Hit, card: JsonObject) -> JsonObject:
    contact_id = ContactId(str(card["id"]))
    threads = tx.contacts.threads_of(family(tx, contact_id))
    latest = max(threads, key=lambda one: one.updated_at, default=None)
    return {
        "kind": Kind.CONTACT.value,
        "entry_id": None,
        "thread_id": None if latest is None else tx.conversations.main_of(latest.id),
        "contact": card,
        "at": time_text(latest.updated_at) if latest else card["created_at"],
        "snippet": snippet(hit.terms, contact_words(card)),
        "conversation_number": None,
        "how": hit.how.value,
    }


def contact_words(card: JsonObject) -> str:
    """Everything by which a contact is found, in one line."""
    said: list[object] = [card["name"], card["crm_id"]]
    for name, key in (("numbers", "address"), ("tags", None), ("attributes", None)):
        value = card[name]
        if isinstance(value, dict):
            said += value.values()
        elif isinstance(value, list):
            said += [one if key is None else one[key] for one in value]
    return ", ".join(str(one) for one in said if one)


def _case_number(tx: Tx, thread_id: ThreadId, at: datetime) -> int | None:
    """The number of the conversation in which it was said."""
    cases = tx.conversations.in_thread(thread_id, _MOST_CASES)
    before = [one for one in cases if one.opened_at <= at]
    return max(before, key=lambda one: one.opened_at).number if before else None
