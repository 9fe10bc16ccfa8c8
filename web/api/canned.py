"""`/canned`: phrases that are said often, and `/keywords/test`.

Relies on the engine's phrases; who may change which is decided there.
"""

from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.policy import Policy
from gateway.engine.canned import CannedRoom, Wish
from gateway.engine.keyword_test import judge
from web.canned import (
    CannedList,
    CannedShape,
    CannedVersions,
    CannedVersionShape,
    ChangeCanned,
    CreateCanned,
    ImportCanned,
    ImportedShape,
    KeywordVerdict,
    ListCanned,
    NewPhrase,
    TestKeyword,
)
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing

_ROOT = "/api/v1/canned"
_ONE = _ROOT + "/{canned_id}"


class CannedPhrases:
    """The resource."""

    def __init__(self, canned: CannedRoom, policy: Policy) -> None:
        self._canned = canned
        self._policy = policy

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.INBOX,
                summary="Phrases that the caller may say, the most likely first",
                query=ListCanned,
                answer=CannedList,
            ),
            endpoint(
                "POST",
                _ROOT,
                self.create,
                access=Role.INBOX,
                summary="A new phrase, one's own or (a supervisor's) everybody's",
                body=CreateCanned,
                answer=CannedShape,
                status=201,
            ),
            endpoint(
                "POST",
                _ROOT + "/import",
                self.take_in,
                access=Role.SUPERVISE,
                summary="Take in a list of phrases for everybody",
                body=ImportCanned,
                answer=ImportedShape,
            ),
            *self._of_one(),
            endpoint(
                "POST",
                "/api/v1/keywords/test",
                self.test,
                access=Role.SUPERVISE,
                summary="What would happen to a text that somebody sends",
                body=TestKeyword,
                answer=KeywordVerdict,
            ),
        ]

    def _of_one(self) -> list[Endpoint]:
        return [
            endpoint(
                "PUT",
                _ONE,
                self.change,
                access=Role.INBOX,
                summary="Change a phrase; other words are another version",
                body=ChangeCanned,
                answer=CannedShape,
            ),
            endpoint(
                "DELETE",
                _ONE,
                self.archive,
                access=Role.INBOX,
                summary="Offer a phrase no longer",
                answer=None,
                status=204,
            ),
            endpoint(
                "GET",
                _ONE + "/versions",
                self.versions,
                access=Role.INBOX,
                summary="What a phrase said over time, newest first",
                answer=CannedVersions,
            ),
        ]

    async def listing(self, call: Call[ListCanned, Nothing]) -> web.Response:
        """Up to `limit`."""
        asked = call.query
        wish = Wish(text=asked.q or "", language=asked.language, queue=asked.queue)
        found = await self._canned.find(call.actor.agent_id, wish)
        items = [CannedShape.of(one) for one in found[: asked.limit]]
        return reply(CannedList(items=items))

    async def create(self, call: Call[Nothing, CreateCanned]) -> web.Response:
        """201."""
        said = _said(call.body)
        is_own = said.pop("is_own")
        if is_own:
            _ = call.worker  # a key that acts for nobody owns nothing
        made = await self._canned.create(call.actor, said, is_own=is_own)
        return reply(CannedShape.of(made), status=201)

    async def change(self, call: Call[Nothing, ChangeCanned]) -> web.Response:
        """As it is now."""
        said = _said(call.body)
        version = said.pop("version")
        changed = await self._canned.change(
            call.actor, call.part("canned_id"), said, version
        )
        return reply(CannedShape.of(changed))

    async def archive(self, call: Call[Nothing, Nothing]) -> web.Response:
        """204."""
        await self._canned.archive(call.actor, call.part("canned_id"))
        return web.Response(status=204)

    async def versions(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them."""
        found = await self._canned.versions(call.actor, call.part("canned_id"))
        return reply(
            CannedVersions(items=[CannedVersionShape.of(one) for one in found])
        )

    async def take_in(self, call: Call[Nothing, ImportCanned]) -> web.Response:
        """How many were new."""
        phrases = [_said(one) for one in call.body.items]
        done = await self._canned.take_in(call.actor, phrases)
        return reply(
            ImportedShape(
                created=done.created, changed=done.changed, unchanged=done.unchanged
            )
        )

    async def test(self, call: Call[Nothing, TestKeyword]) -> web.Response:
        """Nothing is kept."""
        verdict = judge(call.body.text, self._policy)
        return reply(
            KeywordVerdict(
                action=verdict.action,
                word=verdict.word,
                normalised=verdict.normalised,
                hint=verdict.nearby,
            )
        )


def _said(body: NewPhrase | ChangeCanned) -> dict[str, Any]:
    """The fields that were given; no title is an empty one."""
    given = msgspec.structs.asdict(body)
    said = {name: value for name, value in given.items() if value is not UNSET}
    if "title" in said:
        said["title"] = said["title"] or ""
    return said
