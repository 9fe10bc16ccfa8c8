"""A conversation from its beginning to its end, for records and for other systems.

Read in one transaction. Notes are colleagues' words and are left out unless asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.core.conversation import Conversation, place_of
from gateway.core.ids import ConversationId
from gateway.core.store import Tx
from gateway.engine.conversation_right import find
from gateway.engine.entries import conversation_json, entries_json
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import threads_shown

BITE: Final = 200
MOST: Final = 5000
_SPOKEN: Final = frozenset({"message", "step"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A conversation and what was said in it; cut when it is endless."""

    conversation: JsonObject
    items: list[JsonObject]


def transcript_of(
    tx: Tx, conversation_id: ConversationId, *, with_notes: bool
) -> Transcript:
    """From the line that says it was opened to the one that opens the next."""
    one = find(tx, conversation_id)
    wanted = _SPOKEN | {"note"} if with_notes else _SPOKEN
    items = [entry for entry in _entries(tx, one) if entry["kind"] in wanted]
    return Transcript(conversation=conversation_json(tx, [one])[0], items=items)


def as_text(transcript: Transcript) -> str:
    """A line for each entry: when, who, what."""
    return "".join(f"{line}\n" for line in map(_line, transcript.items))


def _entries(tx: Tx, one: Conversation) -> Iterator[JsonObject]:
    shown = threads_shown(tx, one.thread_id)
    place = tx.conversations.began_at(one) or ""
    following = tx.conversations.numbered(one.thread_id, one.number + 1)
    end = None if following is None else tx.conversations.began_at(following)
    left = MOST
    while left > 0:
        found = tx.timeline.after(shown, place, BITE)
        ids = [entry for entry in found if end is None or place_of(entry) < end]
        yield from entries_json(tx, ids[:left])
        left -= len(ids)
        if len(found) < BITE or len(ids) < len(found):
            return
        place = place_of(found[-1])


def _line(entry: JsonObject) -> str:
    return f"{entry['at']}  {_speaker(entry)}: {_words(entry)}"


def _speaker(entry: JsonObject) -> str:
    author = entry.get("author") or entry.get("actor")
    if not isinstance(author, dict):
        return "—"
    if author.get("kind") == "customer":
        return str(entry["peer"])
    agent = author.get("agent") or author
    return str(agent.get("name") or agent.get("kind") or "—")


def _words(entry: JsonObject) -> str:
    said: Sequence[object] = [entry["text"]]
    if entry["kind"] == "step":
        said = [f"[{entry['step']}]", entry["text"]]
    elif entry["kind"] == "note":
        said = ["[note]", entry["text"]]
    return " ".join(str(word) for word in said if word)
