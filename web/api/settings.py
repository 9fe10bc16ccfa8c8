"""`/inbox/settings`: what the inbox goes by, for its pages and its administrator.

Relies on the engine's settings; retention is shown here and set in the configuration.
"""

import msgspec
from aiohttp import web
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.policy import Retention
from gateway.engine.inbox_settings import InboxSettings, Settings, retention_days
from gateway.engine.phrase import VARIABLES
from web.endpoint import Call, Endpoint, endpoint, reply
from web.inbox_settings import ChangeSettings, InboxSettingsShape, VariableShape
from web.schema import Nothing

_PATH = "/api/v1/inbox/settings"


class SettingsDesk:
    """The resource."""

    def __init__(self, settings: Settings, retention: Retention) -> None:
        self._settings = settings
        self._retention = retention

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _PATH,
                self.show,
                access=Role.INBOX,
                summary="What the inbox goes by",
                answer=InboxSettingsShape,
            ),
            endpoint(
                "PUT",
                _PATH,
                self.change,
                access=Role.ADMIN,
                summary="Change what the inbox goes by",
                body=ChangeSettings,
                answer=InboxSettingsShape,
            ),
        ]

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """As they are."""
        return reply(self._shape(await self._settings.get()))

    async def change(self, call: Call[Nothing, ChangeSettings]) -> web.Response:
        """As they are now; what was not named stays."""
        given = msgspec.structs.asdict(call.body)
        version = given.pop("version")
        said = {name: value for name, value in given.items() if value is not UNSET}
        if "crm_url_template" in said:
            said["crm_url_template"] = said["crm_url_template"] or ""
        changed = await self._settings.change(call.actor, said, version)
        return reply(self._shape(changed))

    def _shape(self, settings: InboxSettings) -> InboxSettingsShape:
        return InboxSettingsShape(
            results=list(settings.results),
            tags=list(settings.tags),
            undo_s=settings.undo_s,
            max_parts=settings.max_parts,
            reopen_within_h=settings.reopen_within_h,
            crm_url_template=settings.crm_url_template,
            price_per_segment=settings.price_per_segment,
            currency=settings.currency,
            synonyms=[list(group) for group in settings.synonyms],
            version=settings.version,
            variables=[
                VariableShape(name=one.name, longest=one.longest) for one in VARIABLES
            ],
            retention=retention_days(self._retention),
        )
