"""`/tokens`: the administrator's view of API keys; the command line uses it too.

Relies on the engine's token desk. A key's plain text is in one answer only.
"""

import ipaddress
from datetime import timedelta

from aiohttp import web

from gateway.core.account import Role, Token
from gateway.core.clock import Clock
from gateway.core.errors import Invalid
from gateway.core.ids import TokenId
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import CreateToken, Nothing
from web.services import TokenOffice
from web.shape import TokenList, TokenShape
from web.signature import spell_secret

_ROOT = "/api/v1/tokens"


class Tokens:
    """The resource."""

    def __init__(self, tokens: TokenOffice, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "POST",
                _ROOT,
                self.create,
                access=Role.ADMIN,
                summary="Make a key; it is shown once",
                body=CreateToken,
                answer=TokenShape,
                status=201,
            ),
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.ADMIN,
                summary="Every key, without its secret",
                answer=TokenList,
            ),
            endpoint(
                "DELETE",
                _ROOT + "/{token_id}",
                self.revoke,
                access=Role.ADMIN,
                summary="End a key at once",
                answer=TokenShape,
            ),
        ]

    async def create(self, call: Call[Nothing, CreateToken]) -> web.Response:
        """201 with the key."""
        body = call.body
        for index, source in enumerate(body.sources):
            try:
                ipaddress.ip_network(source, strict=False)
            except ValueError:
                raise Invalid(
                    "invalid_value",
                    "not an address or a network",
                    field=f"sources[{index}]",
                ) from None
        expires_at = None
        if body.expires_in_s is not None:
            expires_at = self._clock.now() + timedelta(seconds=body.expires_in_s)
        token, plaintext = await self._tokens.create(
            body.name,
            frozenset(body.scopes),
            sources=tuple(body.sources),
            expires_at=expires_at,
            actor=call.actor,
        )
        shape = _shape(token)
        shape.token = plaintext
        shape.report_secret = spell_secret(token.report_secret)
        return reply(shape, status=201)

    async def listing(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them."""
        found = await self._tokens.ls()
        return reply(TokenList(items=[_shape(token) for token in found]))

    async def revoke(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The key as it ended."""
        token_id = TokenId(call.part("token_id"))
        return reply(_shape(await self._tokens.revoke(token_id, actor=call.actor)))


def _shape(token: Token) -> TokenShape:
    return TokenShape(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        sources=list(token.sources),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )
