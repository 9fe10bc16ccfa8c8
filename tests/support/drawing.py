"""Draws docs/states.md from the tables of the domain; `make docs` runs it.

Written to standard output; a test holds the document to it.
"""

import inspect
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gateway.core.conversation import (
    CONVERSATION_MOVES,
    ENDED,
    ConversationState,
    Origin,
    SnoozeMode,
    StepKind,
)
from gateway.core.link import LinkState
from gateway.core.message import (
    MESSAGE_MOVES,
    TERMINAL,
    AttemptState,
    MessageState,
    SegmentState,
)

S = TypeVar("S", bound=StrEnum)

HEAD = """\
# States

Drawn from the tables in `gateway/core/message.py` and `gateway/core/conversation.py` by
`make docs`; not written by hand.

A message's state is a fold of the states of its segments. `unknown` means that the
octets left and the answer never came: a report may still settle it, a person or the
message's class may decide to send again.

## A message

```mermaid
stateDiagram-v2
"""


CONVERSATION = """\
## A conversation

A case in a thread. A thread has at most one that is not at its end. Who writes within
three days after the end goes on with the same one, see `reopen_within_h`; later a new
one begins.

```mermaid
stateDiagram-v2
    [*] --> queued
    [*] --> active
    [*] --> waiting
    [*] --> resolved
    [*] --> spam
"""


def draw() -> str:
    """The whole document."""
    lines = [HEAD.rstrip("\n")]
    lines += ["    [*] --> scheduled", "    [*] --> queued", "    [*] --> partial"]
    lines.append("    [*] --> received")
    lines += _moves(MESSAGE_MOVES, MessageState, TERMINAL)
    lines += [
        "",
        "Late news from the network beats what was concluded without it: that",
    ]
    lines += ["is why some ends have a way on.", ""]
    lines += _enums(
        ("A segment", SegmentState),
        ("An attempt", AttemptState),
        ("A link", LinkState),
    )
    lines.append(CONVERSATION.rstrip("\n"))
    lines += [*_moves(CONVERSATION_MOVES, ConversationState, ENDED), ""]
    lines += _enums(
        ("How a conversation began", Origin),
        ("A snooze", SnoozeMode),
        ("A step in a thread's history", StepKind),
    )
    return "\n".join(lines).rstrip("\n") + "\n"


def _moves(
    moves: Mapping[S, frozenset[S]], states: type[S], ends: frozenset[S]
) -> list[str]:
    """The arrows of an open diagram, its end, and the same as a table."""
    lines = [
        f"    {state.value} --> {to.value}"
        for state, after in moves.items()
        for to in states
        if to in after
    ]
    lines += ["```", "", "| state | end | may become |", "| --- | --- | --- |"]
    for state, after in moves.items():
        names = ", ".join(to.value for to in states if to in after)
        end = "yes" if state in ends else ""
        lines.append(f"| {state.value} | {end} | {names} |")
    return lines


def _enums(*titled: tuple[str, type[StrEnum]]) -> list[str]:
    """What each is and which values it has."""
    lines = []
    for title, states in titled:
        lines += [f"## {title}", "", inspect.getdoc(states) or "", ""]
        lines += [", ".join(f"`{state.value}`" for state in states), ""]
    return lines


if __name__ == "__main__":
    sys.stdout.write(draw())
