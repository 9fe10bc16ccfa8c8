"""What would happen to a text that somebody sends: by the very code that decides it.

Pure; nothing is kept. Spec: spec/inbox.md F.14 (keyword rules with a test box)
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.policy import Policy
from gateway.engine.folding import fold
from gateway.engine.threads import keyword, plain_word


class KeywordAction(StrEnum):
    """What a whole message of one word does."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    NONE = "none"  # it is for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a text does; `nearby` is a word of ours that it begins with or is like."""

    action: KeywordAction
    word: str | None
    normalised: str
    nearby: str | None


def judge(text: str, policy: Policy) -> Verdict:
    """As the door in would heed it."""
    normalised = plain_word(text)
    heeded = {
        KeywordAction.OPT_OUT: keyword(text, policy.stop_words),
        KeywordAction.OPT_IN: keyword(text, policy.start_words),
    }
    for action, word in heeded.items():
        if word is not None:
            return Verdict(action=action, word=word, normalised=normalised, nearby=None)
    nearby = _nearby(normalised, policy)
    return Verdict(
        action=KeywordAction.NONE, word=None, normalised=normalised, nearby=nearby
    )


def _nearby(word: str, policy: Policy) -> str | None:
    """A keyword that is said among others, or spelled with other signs."""
    padded = f" {fold(word)} "
    for known in sorted(policy.stop_words | policy.start_words):
        if f" {fold(known)} " in padded:
            return known
    return None
