"""`/status`, `/queue`, `/quarantine`: the box at a glance, what waits, what is odd.

Relies on the store's own counts; nothing here is remembered.
"""

from datetime import datetime

from aiohttp import web

from gateway import __version__
from gateway.core.account import Role
from gateway.core.clock import Clock
from gateway.core.message_store import Backlog
from gateway.core.store import Store
from gateway.engine.present import quarantine_json
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import ListQuarantine, Nothing
from web.services import LinkDesk
from web.shape import BacklogShape, QuarantinePage, QueueShape, StatusShape


class Status:
    """The resources."""

    def __init__(self, store: Store, clock: Clock, links: LinkDesk) -> None:
        self._store = store
        self._clock = clock
        self._links = links
        self._started_at: datetime = clock.now()
        self._started = clock.monotonic()

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                "/api/v1/status",
                self.status,
                access=Role.LINKS_READ,
                summary="The box at a glance",
                answer=StatusShape,
            ),
            endpoint(
                "GET",
                "/api/v1/queue",
                self.queue,
                access=Role.LINKS_READ,
                summary="What waits or is in doubt, by lane",
                answer=QueueShape,
            ),
            endpoint(
                "GET",
                "/api/v1/quarantine",
                self.quarantine,
                access=Role.MESSAGES_READ,
                summary="Octets that no decoder could read, newest first",
                query=ListQuarantine,
                answer=QuarantinePage,
            ),
        ]

    async def status(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One look."""
        backlog, events, pending = await self._store.read(
            lambda tx: (
                tx.outbox.backlog(),
                tx.events.last_seq(),
                tx.webhooks.pending_count(),
            )
        )
        return reply(
            StatusShape(
                version=__version__,
                started_at=self._started_at,
                uptime_s=int(self._clock.monotonic() - self._started),
                events=events,
                webhooks_pending=pending,
                queue=_shapes(backlog),
                links={
                    status.link: status.state.value for status in self._links.statuses()
                },
            )
        )

    async def queue(self, call: Call[Nothing, Nothing]) -> web.Response:
        """By lane and state."""
        backlog = await self._store.read(lambda tx: tx.outbox.backlog())
        return reply(QueueShape(items=_shapes(backlog)))

    async def quarantine(self, call: Call[ListQuarantine, Nothing]) -> web.Response:
        """A page."""
        limit, before = call.query.limit, call.query.cursor
        found = await self._store.read(lambda tx: tx.inbox.quarantined(limit, before))
        return reply(
            {
                "items": [quarantine_json(item.id, item.item) for item in found],
                "next": found[-1].id if len(found) == limit else None,
            }
        )


def _shapes(backlog: list[Backlog]) -> list[BacklogShape]:
    return [
        BacklogShape(
            lane=one.lane, state=one.state, count=one.count, oldest_at=one.oldest_at
        )
        for one in backlog
    ]
