"""Several events in one POST, for a listener that asked for it.

Pure. Each event keeps its own id and its own result; a batch is only how they travel,
so that its identity is made of theirs. Spec: Standard Webhooks 1.0.0
"""

import hashlib
from collections.abc import Sequence

from gateway.core.account import Delivery
from gateway.engine.present import time_text

OCTETS_LIMIT = 262_144

_DIGITS = 32


def identity_of(members: Sequence[Delivery]) -> str:
    """The same for the same events in the same order."""
    names = " ".join([member.id for member in members])
    return "whb_" + hashlib.sha256(names.encode()).hexdigest()[:_DIGITS]


def body_of(members: Sequence[Delivery]) -> str:
    """Each event as it would be alone, with its id; oldest first."""
    events = ",".join([f'{{"id":"{member.id}",{member.body[1:]}' for member in members])
    return (
        f'{{"type":"batch","timestamp":"{time_text(members[-1].created_at)}",'
        f'"data":{{"events":[{events}]}}}}'
    )


def belong_together(one: Delivery, other: Delivery) -> bool:
    """May they share a POST: new ones may; what failed together is tried together."""
    if one.webhook_id != other.webhook_id or one.attempts != other.attempts:
        return False
    return one.attempts == 0 or one.due_at == other.due_at
