"""Purging what has been kept long enough, in bites that do not hold up the writer.

Spec: spec/reliability.md DG-38, SEC-43
"""

from datetime import datetime, timedelta
from typing import Final

from gateway.core.policy import Retention
from gateway.core.store import RetentionCut, Store

ROWS_PER_BITE: Final = 500


def cut_at(retention: Retention, now: datetime) -> RetentionCut:
    """The times before which things may go."""

    def before(kept: timedelta | None) -> datetime | None:
        return None if kept is None else now - kept

    return RetentionCut(
        messages_before=before(retention.messages),
        raw_before=before(retention.raw),
        events_before=before(retention.events),
        fingerprints_before=before(retention.fingerprints),
        parked_before=before(retention.parked_reports),
        answers_before=before(retention.answers),
        deliveries_before=before(retention.deliveries),
        quarantine_before=before(retention.quarantine),
    )


async def purge_bite(store: Store, retention: Retention, now: datetime) -> int:
    """Delete some of what is past its time; how many rows went, 0 when all are."""
    cut = cut_at(retention, now)
    return await store.write(lambda tx: tx.keeping.purge(cut, ROWS_PER_BITE))
