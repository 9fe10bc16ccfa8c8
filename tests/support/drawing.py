"""Draws docs/states.md from the tables of the domain; `make docs` runs it.

Written to standard output; a test holds the document to it.
"""

import inspect
import sys

from gateway.core.link import LinkState
from gateway.core.message import (
    MESSAGE_MOVES,
    TERMINAL,
    AttemptState,
    MessageState,
    SegmentState,
)

HEAD = """\
# States

Drawn from the tables in `gateway/core/message.py` by `make docs`; not written by hand.

A message's state is a fold of the states of its segments. `unknown` means that the
octets left and the answer never came: a report may still settle it, a person or the
message's class may decide to send again.

## A message

```mermaid
stateDiagram-v2
"""


def draw() -> str:
    """The whole document."""
    lines = [HEAD.rstrip("\n")]
    lines += ["    [*] --> scheduled", "    [*] --> queued", "    [*] --> partial"]
    lines.append("    [*] --> received")
    for state, moves in MESSAGE_MOVES.items():
        lines += [
            f"    {state.value} --> {to.value}" for to in MessageState if to in moves
        ]
    lines += ["```", "", "| state | end | may become |", "| --- | --- | --- |"]
    for state, moves in MESSAGE_MOVES.items():
        after = ", ".join(to.value for to in MessageState if to in moves)
        end = "yes" if state in TERMINAL else ""
        lines.append(f"| {state.value} | {end} | {after} |")
    lines += [
        "",
        "Late news from the network beats what was concluded without it: that",
    ]
    lines += ["is why some ends have a way on.", ""]
    for title, states in (
        ("A segment", SegmentState),
        ("An attempt", AttemptState),
        ("A link", LinkState),
    ):
        lines += [f"## {title}", "", inspect.getdoc(states) or "", ""]
        lines += [", ".join(f"`{state.value}`" for state in states), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.stdout.write(draw())
