"""Builds the HTTP application from the services it is given.

The one place that knows every resource. Listening is `web.listener`'s, running the
fan-out and the sender the supervisor's.
"""

from collections.abc import Callable

from aiohttp import web

from web.api import events
from web.api.accounts import Accounts
from web.api.agents import Agents
from web.api.audit import Audit
from web.api.canned import CannedPhrases
from web.api.cards import Cards
from web.api.contacts import Contacts
from web.api.conversations import Conversations
from web.api.deliveries import Deliveries
from web.api.drafts import OwnWords
from web.api.erasure import ErasureDesk
from web.api.health import Health
from web.api.inbox import Inbox
from web.api.links import Links
from web.api.messages import Messages
from web.api.page import Pages
from web.api.replies import ReplyDesk
from web.api.search import SearchDesk
from web.api.session import Session
from web.api.settings import SettingsDesk
from web.api.status import Status
from web.api.threads import Threads
from web.api.tokens import Tokens
from web.api.webhooks import Webhooks
from web.auth import Gate
from web.endpoint import BODY_TIMEOUT_S, Endpoint
from web.inbox_stream import InboxStream
from web.live import Live
from web.middleware import (
    add_headers,
    metrics_middleware,
    problem_middleware,
)
from web.services import Services

ENDPOINTS = web.AppKey("endpoints", tuple[Endpoint, ...])


def create_app(
    services: Services, *, wake_sender: Callable[[], None]
) -> web.Application:
    """The application; `wake_sender` is called when a webhook is owed by a request."""
    limits = services.config.limits
    desk = services.desk
    live = Live(services.feed, services.store, services.clock, desk.logins, limits)
    app = web.Application(
        middlewares=[
            metrics_middleware(services.metrics, services.clock),
            problem_middleware(services.ids),
        ],
        client_max_size=limits.body_octets,
    )
    app[BODY_TIMEOUT_S] = limits.body_timeout_s
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(live.stop)
    stream = InboxStream(services.store, services.clock, desk, limits)
    app.on_shutdown.append(stream.stop)
    api = _api(services, live, stream, wake_sender)
    pages = Pages(api, services.config.public_url)
    app[ENDPOINTS] = (*api, *pages.endpoints())
    gate = Gate(services.config, services.tokens, desk.logins, desk.agents)
    for endpoint in (*app[ENDPOINTS], *pages.assets()):
        app.router.add_route(endpoint.method, endpoint.path, gate.guard(endpoint))
        if endpoint.method == "GET" and not endpoint.path.startswith("/api/"):
            app.router.add_route("HEAD", endpoint.path, gate.guard(endpoint))
    return app


def _api(
    services: Services,
    live: Live,
    stream: InboxStream,
    wake_sender: Callable[[], None],
) -> list[Endpoint]:
    store, clock, ids = services.store, services.clock, services.ids
    desk = services.desk
    return [
        *Messages(services.submit, store, services.egress, services.region).endpoints(),
        *Links(services.links, services.dispatch_of, desk.audit).endpoints(),
        *events.endpoints(live),
        *Webhooks(store, clock, ids, services.egress, wake=wake_sender).endpoints(),
        *Deliveries(store, clock, ids, wake=wake_sender).endpoints(),
        *Tokens(services.tokens, clock).endpoints(),
        *Accounts(services.accounts).endpoints(),
        *Session(services.config, desk, clock).endpoints(),
        *Agents(desk.agents, desk.logins).endpoints(),
        *Audit(desk.audit).endpoints(),
        *ReplyDesk(desk.replies, desk.approvals).endpoints(),
        *OwnWords(desk).endpoints(),
        *Inbox(desk, stream, services.dispatch_of).endpoints(),
        *Threads(store, desk, services.links).endpoints(),
        *Conversations(store, desk).endpoints(),
        *Contacts(store, clock, ids, services.region).endpoints(),
        *Cards(desk.contacts, services.region).endpoints(),
        *ErasureDesk(desk.erasure).endpoints(),
        *SearchDesk(desk.search).endpoints(),
        *CannedPhrases(desk.canned, desk.parts.policy).endpoints(),
        *SettingsDesk(desk.settings, desk.parts.policy.retention).endpoints(),
        *Status(store, clock, services.links).endpoints(),
        *Health(store, clock, services.links, services.metrics).endpoints(),
    ]
