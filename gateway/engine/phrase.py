"""Variables in phrases: `{name}` and its kin, filled in before a text is sent.

Pure. What stands in braces and is no variable stays as it is: people write braces, too.
Spec: spec/inbox.md A 21
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A word in braces that stands for something else."""

    name: str
    longest: str  # what it may become, for the worst case's segments


VARIABLES: Final = (
    Variable(name="name", longest="Константин-Александр"),  # the customer's
    Variable(name="agent", longest="Константин-Александр"),  # as customers see them
    Variable(name="number", longest="+380501234567"),  # ours, of this thread
    Variable(name="phone", longest="+380501234567"),  # the customer's
    Variable(name="time", longest="23:59"),
    Variable(name="date", longest="31.12.2026"),
    Variable(name="case", longest="9999"),  # the conversation's number
)

_NAMES: Final = "|".join(variable.name for variable in VARIABLES)
_PLACE: Final = re.compile(r"\{(" + _NAMES + r")\}")


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known filled in; the rest stays in braces."""
    return _PLACE.sub(lambda place: values.get(place[1]) or place[0], text)


def longest(text: str) -> str:
    """The text at its longest, for what it may cost."""
    return render(text, {variable.name: variable.longest for variable in VARIABLES})
