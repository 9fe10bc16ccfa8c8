"""`/health/live`, `/health/ready`, `/metrics`: for watchdogs, balancers, Prometheus.

Live: the loop turns. Ready: the store answers, and what the links are. Relies on
nothing that is only sometimes there. Spec: draft-inadarei-api-health-check-06.
"""

import asyncio
from collections.abc import Sequence

import msgspec
from aiohttp import web

from gateway import __version__
from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from gateway.core.link import LinkState, LinkStatus
from gateway.core.store import Store
from gateway.engine.present import time_text
from gateway.metrics import Metrics
from web.endpoint import Access, Call, Endpoint, endpoint
from web.schema import Nothing
from web.services import LinkDesk
from web.shape import HealthShape

_MEDIA = "application/health+json"
_STORE_TIMEOUT_S = 2.0


class Health:
    """The routes for machines that watch."""

    def __init__(
        self, store: Store, clock: Clock, links: LinkDesk, metrics: Metrics
    ) -> None:
        self._store = store
        self._clock = clock
        self._links = links
        self._metrics = metrics

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                "/health/live",
                self.live,
                access=Access.OPEN,
                summary="Does the process turn",
                answer=HealthShape,
                media=(_MEDIA,),
            ),
            endpoint(
                "GET",
                "/health/ready",
                self.ready,
                access=Access.LOCAL,
                summary="Can it keep messages, and are the links up; 503 when not",
                answer=HealthShape,
                media=(_MEDIA,),
            ),
            endpoint(
                "GET",
                "/metrics",
                self.metrics,
                access=Access.LOCAL,
                summary="Prometheus metrics",
                answer=None,
                media=("text/plain",),
            ),
        ]

    async def live(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Pass, by answering."""
        return _health("pass")

    async def ready(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Fail when nothing can be kept; warn when something needs time or a person."""
        now = time_text(self._clock.now())
        store = {"componentType": "datastore", "status": "pass", "time": now}
        try:
            # A write that changes nothing still has to pass the writer.
            async with asyncio.timeout(_STORE_TIMEOUT_S):
                await self._store.write(lambda tx: tx.events.last_seq())
        except (StoreError, TimeoutError) as error:
            store |= {"status": "fail", "output": str(error) or "no answer in time"}
        statuses = self._links.statuses()
        is_low = self._store.low_space
        space = {
            "componentType": "datastore",
            "status": "warn" if is_low else "pass",
            "output": "new messages are refused for want of space" if is_low else None,
            "time": now,
        }
        checks = {
            "store:writer": [store],
            "store:space": [space],
            **_link_checks(statuses, now),
        }
        if store["status"] == "fail":
            return _health("fail", checks)
        all_well = all(_mark(status) == "pass" for status in statuses)
        return _health("pass" if all_well and not is_low else "warn", checks)

    async def metrics(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The exposition."""
        pending = await self._store.read(lambda tx: tx.webhooks.pending_count())
        self._metrics.deliveries_pending.set(pending)
        content, content_type = self._metrics.exposition()
        return web.Response(body=content, headers={"Content-Type": content_type})


def _link_checks(
    statuses: Sequence[LinkStatus], now: str | None
) -> dict[str, list[dict[str, str | None]]]:
    return {
        f"{status.link}:state": [
            {
                "componentType": "component",
                "observedValue": status.state.value,
                "status": _mark(status),
                "output": status.detail or status.reason,
                "time": now,
            }
        ]
        for status in statuses
    }


def _mark(status: LinkStatus) -> str:
    if status.state in {LinkState.BLOCKED, LinkState.DOWN}:
        return "fail"
    is_well = status.state is LinkState.UP and status.reason is None
    return "pass" if is_well else "warn"


def _health(status: str, checks: object = None) -> web.Response:
    content: dict[str, object] = {"status": status, "version": __version__}
    if checks is not None:
        content["checks"] = checks
    return web.Response(
        body=msgspec.json.encode(content),
        status=503 if status == "fail" else 200,
        content_type=_MEDIA,
    )
