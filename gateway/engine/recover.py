"""The first step of a start: what an earlier life left in the middle gets its state.

Nothing is sent before. A claimed message goes back to its lane; an attempt that was
submitting may have left and is unknown.

Spec: spec/reliability.md DG-07
"""

import logging
from typing import Final

from gateway.core.clock import Clock
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine.case import Terms
from gateway.engine.outcome import abandon

logger = logging.getLogger(__name__)

_WHOLE_WAIT: Final = 1.0


async def recover(store: Store, clock: Clock, policy: Policy) -> int:
    """How many messages were found in the middle."""
    # All that was in flight is due at once: no need to spread what is so little.
    terms = Terms(policy=policy, now=clock.now(), jitter=_WHOLE_WAIT)

    def write(tx: Tx) -> int:
        left = tx.outbox.in_flight()
        for message in left:
            abandon(tx, message, terms)
        return len(left)

    count = await store.write(write)
    if count:
        logger.warning("%d messages were being sent when the gateway ended", count)
    return count
