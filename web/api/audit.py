"""`/audit`: who did what, and whether the log is as it was written.

Relies on the engine's `AuditLog`. There is no way to change an entry.
Spec: spec/reliability.md SEC-44
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.agent import AuditEntry
from gateway.core.agent_store import AuditFilter
from gateway.engine.audit import AuditLog
from web.agent import AuditPage, AuditShape, AuditVerdict, ListAudit
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing

_ROOT = "/api/v1/audit"


class Audit:
    """The resource."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.ADMIN,
                summary="Who did what to what, newest first",
                query=ListAudit,
                answer=AuditPage,
            ),
            endpoint(
                "GET",
                _ROOT + "/verify",
                self.verify,
                access=Role.ADMIN,
                summary="Walk the chain of hashes: is every entry as it was written",
                answer=AuditVerdict,
            ),
        ]

    async def listing(self, call: Call[ListAudit, Nothing]) -> web.Response:
        """A page."""
        query = call.query
        wanted = AuditFilter(
            actor=query.actor,
            subject=query.subject,
            action=query.action,
            text=query.q,
        )
        found = await self._log.listing(wanted, before=query.before, limit=query.limit)
        is_full = len(found) == query.limit
        return reply(
            AuditPage(
                items=[_shape(entry) for entry in found],
                next=found[-1].seq if is_full else None,
            )
        )

    async def verify(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The verdict."""
        verdict = await self._log.verify()
        return reply(
            AuditVerdict(
                entries=verdict.entries,
                intact=verdict.intact,
                broken_at=verdict.broken_at,
                digest=verdict.digest.hex(),
            )
        )


def _shape(entry: AuditEntry) -> AuditShape:
    return AuditShape(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        actor_name=entry.actor_name,
        source=entry.source,
        action=entry.action,
        subject=entry.subject,
        before=None if entry.before is None else dict(entry.before),
        after=None if entry.after is None else dict(entry.after),
    )
