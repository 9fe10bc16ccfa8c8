"""Reports whose references are unique, and what becomes of many in one write.

Relies on `ordinary` for the rows, on `expectation` for references that are just being
written. One that cannot be placed spoils no other.

Spec: spec/reliability.md DG-12
"""

import asyncio
from collections.abc import Sequence

from gateway.core.errors import StoreBroken, StoreBusy, StoreError, StoreFull
from gateway.core.link import InboundReport
from gateway.core.store import Store
from gateway.engine.expectation import Expectations
from gateway.engine.ordinary import place_all
from gateway.engine.reports import Placing


class UniqueReports:
    """Places them; a unique reference says by itself which report is old news."""

    def __init__(self, store: Store, expectations: Expectations) -> None:
        self._store = store
        self._expectations = expectations

    async def place(self, report: InboundReport) -> Placing:
        """What became of it; returns after commit."""
        await self._expectations.wait((report,))
        [placing] = await self._store.write_among(place_all, (report,))
        return placing

    async def place_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[Placing | StoreError]:
        """What became of each, after commit, or why it could not be kept."""
        if len(reports) == 1:
            return [await self._place_alone(reports[0])]
        await self._expectations.wait(reports)
        [placed] = await asyncio.gather(
            self._store.write_among(place_all, reports), return_exceptions=True
        )
        if not isinstance(placed, BaseException):
            return placed
        if isinstance(placed, StoreBusy | StoreFull | StoreBroken):
            return [placed] * len(reports)
        return await self._place_apart(reports)

    async def _place_apart(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[Placing | StoreError]:
        """Each in a write of its own: one of them is in the way of the others."""
        placed = await asyncio.gather(
            *map(self._place_alone, reports), return_exceptions=True
        )
        placings: list[Placing | StoreError] = []
        for one in placed:
            if not isinstance(one, Placing | StoreError):
                raise one
            placings.append(one)
        return placings

    async def _place_alone(self, report: InboundReport) -> Placing | StoreError:
        try:
            return await self.place(report)
        except StoreError as error:
            return error
