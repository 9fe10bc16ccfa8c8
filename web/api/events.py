"""`/events`: the event log; serving it is `web.live`'s."""

from gateway.core.account import Role
from web.endpoint import Endpoint, endpoint
from web.live import Live
from web.schema import ReadEvents
from web.shape import EventPage


def endpoints(live: Live) -> list[Endpoint]:
    """The routes."""
    return [
        endpoint(
            "GET",
            "/api/v1/events",
            live.events,
            access=Role.EVENTS_READ,
            summary="The event log: a long poll, or server-sent events when asked for",
            query=ReadEvents,
            answer=EventPage,
            media=("application/json", "text/event-stream"),
            headers=("Last-Event-ID",),
        )
    ]
