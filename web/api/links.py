"""`/links`: how each way to a carrier is, and what a person may do with it.

Relies on the board of links; commands nothing itself but through a link's own verbs.
"""

import asyncio

from aiohttp import web

from gateway.core.account import Role
from gateway.core.errors import Conflict, OutcomeUnknown
from gateway.core.ids import LinkId
from gateway.core.link import LinkStatus, UssdLink
from gateway.engine.audit import AuditLog
from gateway.engine.present import link_json
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing, RunUssd
from web.services import DispatchOf, LinkDesk
from web.shape import LinkList, LinkShape, Ussd

# A network may take a minute over a USSD session; the link has its own limits.
_USSD_TIMEOUT_S = 180.0


class Links:
    """The resource."""

    def __init__(
        self, links: LinkDesk, dispatch_of: DispatchOf, audit: AuditLog
    ) -> None:
        self._links = links
        self._audit = audit
        self._dispatch_of = dispatch_of

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                "/api/v1/links",
                self.listing,
                access=Role.LINKS_READ,
                summary="Every link: health, window, rate, backlog, last error",
                answer=LinkList,
            ),
            endpoint(
                "GET",
                "/api/v1/links/{link_id}",
                self.show,
                access=Role.LINKS_READ,
                summary="One link",
                answer=LinkShape,
            ),
            endpoint(
                "POST",
                "/api/v1/links/{link_id}/ussd",
                self.ussd,
                access=Role.LINKS_CONTROL,
                summary="Run a USSD code, such as the balance",
                body=RunUssd,
                answer=Ussd,
            ),
            endpoint(
                "POST",
                "/api/v1/links/{link_id}/restart",
                self.restart,
                access=Role.LINKS_CONTROL,
                summary="Begin anew from the first step of bring-up",
                answer=LinkShape,
                status=202,
            ),
        ]

    async def listing(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them, by name."""
        statuses = sorted(self._links.statuses(), key=lambda status: status.link)
        return reply({"items": [await self._json(status) for status in statuses]})

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One."""
        status = self._links.status(LinkId(call.part("link_id")))
        return reply(await self._json(status))

    async def ussd(self, call: Call[Nothing, RunUssd]) -> web.Response:
        """What the network said."""
        link = self._links.get(LinkId(call.part("link_id")))
        if not isinstance(link, UssdLink):
            raise Conflict("no_ussd", "this kind of link has no USSD")
        # Without the code: it may hold a PIN.
        await self._audit.note(call.actor, "link.ussd", link.id)
        try:
            async with asyncio.timeout(_USSD_TIMEOUT_S):
                answer = await link.ussd(call.body.code)
        except TimeoutError:
            raise OutcomeUnknown("the network did not answer in time") from None
        return reply(
            Ussd(text=answer.text, more=answer.more, details=dict(answer.details))
        )

    async def restart(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Its state as the restart begins."""
        link = self._links.get(LinkId(call.part("link_id")))
        await self._audit.note(call.actor, "link.restarted", link.id)
        await link.restart()
        return reply(await self._json(self._links.status(link.id)), status=202)

    async def _json(self, status: LinkStatus) -> dict[str, object]:
        dispatch = await self._dispatch_of(status.link)
        return {
            **link_json(status),
            "dispatch": None if dispatch is None else dict(dispatch),
        }
