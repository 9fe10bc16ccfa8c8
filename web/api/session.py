"""`/session`: logging in and out, and what agents say of themselves.

Relies on the desk's `login_door`, `logins` and `own_agent`, and on `web.session` for
cookies. A password or a secret is never in a URL, nor in an answer twice.
Spec: spec/reliability.md SEC-23 to SEC-27
"""

from aiohttp import web
from aiohttp.hdrs import USER_AGENT
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.agent import SCOPES_OF, Agent, Login, Presence
from gateway.core.clock import Clock
from gateway.core.errors import Unauthorized
from gateway.core.ids import LoginId
from gateway.engine.agent_data import agent_json
from gateway.engine.desk import Desk
from gateway.engine.login_door import Attempt
from gateway.engine.logins import expiry_of
from web.agent import (
    AgentShape,
    ChangeOwnPassword,
    ChangeSession,
    DropTotp,
    LoginList,
    LoginShape,
    OpenSession,
    OwnPresence,
    ProveTotp,
    SessionShape,
    TotpShape,
)
from web.auth import check_encryption, source_of
from web.config import HttpConfig
from web.endpoint import Access, B, Call, Endpoint, Q, endpoint, reply
from web.schema import Nothing
from web.session import (
    check_origin,
    csrf_of,
    drop_cookie,
    is_encrypted,
    printable,
    secret_of,
    set_cookie,
)

_ROOT = "/api/v1/session"


class Session:
    """The resource."""

    def __init__(self, config: HttpConfig, desk: Desk, clock: Clock) -> None:
        self._config = config
        self._desk = desk
        self._clock = clock

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._own(), *self._secrets(), *self._browsers()]

    def _own(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                _ROOT,
                self.open,
                access=Access.OPEN,
                summary="Log in; the answer sets the cookie",
                body=OpenSession,
                answer=SessionShape,
            ),
            endpoint(
                "GET",
                _ROOT,
                self.show,
                access=Access.SESSION,
                summary="Who is logged in with this browser, else 401",
                answer=SessionShape,
            ),
            endpoint(
                "PATCH",
                _ROOT,
                self.prefer,
                access=Access.SESSION,
                summary="Change the language or what the page remembers",
                body=ChangeSession,
                answer=SessionShape,
            ),
            endpoint(
                "PUT",
                _ROOT + "/presence",
                self.set_presence,
                access=Role.INBOX,
                summary="Say whether one is there",
                body=OwnPresence,
                answer=AgentShape,
            ),
            endpoint(
                "DELETE",
                _ROOT,
                self.close,
                access=Access.SESSION,
                summary="Log out",
                answer=None,
                status=204,
            ),
        ]

    def _secrets(self) -> list[Endpoint]:
        return [
            endpoint(
                "PUT",
                _ROOT + "/password",
                self.set_password,
                access=Access.SESSION,
                summary="Another password; every other browser is logged out",
                body=ChangeOwnPassword,
                answer=None,
                status=204,
            ),
            endpoint(
                "POST",
                _ROOT + "/totp",
                self.begin_totp,
                access=Access.SESSION,
                summary="A secret for an authenticator app; not needed until proven",
                answer=TotpShape,
            ),
            endpoint(
                "PUT",
                _ROOT + "/totp",
                self.prove_totp,
                access=Access.SESSION,
                summary="Prove the app; from now on each login needs a code",
                body=ProveTotp,
                answer=None,
                status=204,
            ),
            endpoint(
                "DELETE",
                _ROOT + "/totp",
                self.drop_totp,
                access=Access.SESSION,
                summary="Log in without codes again",
                body=DropTotp,
                answer=None,
                status=204,
            ),
        ]

    def _browsers(self) -> list[Endpoint]:
        return [
            endpoint(
                "GET",
                _ROOT + "/logins",
                self.logins,
                access=Access.SESSION,
                summary="Every browser one is logged in with",
                answer=LoginList,
            ),
            endpoint(
                "DELETE",
                _ROOT + "/logins/{login_id}",
                self.end_login,
                access=Access.SESSION,
                summary="Log another browser out",
                answer=None,
                status=204,
            ),
        ]

    async def open(self, call: Call[Nothing, OpenSession]) -> web.Response:
        """200 with the cookie."""
        request, body = call.request, call.body
        check_encryption(request, self._config)
        check_origin(request, self._config.public_url)
        opened = await self._desk.login_door.open(
            Attempt(
                login=body.login,
                password=body.password,
                code=body.code,
                source=source_of(request),
                user_agent=printable(request.headers.get(USER_AGENT, "")),
            )
        )
        response = await self._answer(opened.agent, opened.login, opened.secret)
        lasts = opened.login.expires_at - opened.login.created_at
        set_cookie(
            response,
            opened.secret,
            max_age_s=int(lasts.total_seconds()),
            is_secure=is_encrypted(request, self._config.public_url),
        )
        return response

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Who it is."""
        return await self._answer(*_browser(call))

    async def prefer(self, call: Call[Nothing, ChangeSession]) -> web.Response:
        """As it is now."""
        _, login, secret = _browser(call)
        body = call.body
        agent = await self._desk.own_agent.prefer(
            call.actor,
            locale=None if body.locale is UNSET else body.locale,
            preferences={} if body.preferences is UNSET else body.preferences,
        )
        return await self._answer(agent, login, secret)

    async def set_presence(self, call: Call[Nothing, OwnPresence]) -> web.Response:
        """The agent as it is now."""
        agent = await self._desk.agents.set_presence(
            call.actor, call.worker.id, Presence(call.body.presence)
        )
        return reply(agent_json(*await self._desk.agents.get(agent.id)))

    async def close(self, call: Call[Nothing, Nothing]) -> web.Response:
        """204, and the cookie is gone."""
        _, login, _ = _browser(call)
        await self._desk.own_agent.log_out(call.actor, login)
        response = web.Response(status=204)
        is_secure = is_encrypted(call.request, self._config.public_url)
        drop_cookie(response, is_secure=is_secure)
        return response

    async def set_password(
        self, call: Call[Nothing, ChangeOwnPassword]
    ) -> web.Response:
        """204."""
        _, login, _ = _browser(call)
        await self._desk.own_agent.set_password(
            call.actor, login, old=call.body.old, new=call.body.new
        )
        return web.Response(status=204)

    async def begin_totp(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The secret, once."""
        secret, uri = await self._desk.own_agent.begin_totp(call.actor)
        return reply(TotpShape(secret=secret, uri=uri))

    async def prove_totp(self, call: Call[Nothing, ProveTotp]) -> web.Response:
        """204."""
        await self._desk.own_agent.prove_totp(call.actor, call.body.code)
        return web.Response(status=204)

    async def drop_totp(self, call: Call[Nothing, DropTotp]) -> web.Response:
        """204."""
        await self._desk.own_agent.drop_totp(call.actor, call.body.password)
        return web.Response(status=204)

    async def logins(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All that are open."""
        agent, this, _ = _browser(call)
        found = await self._desk.logins.ls(agent)
        return reply(LoginList(items=[_login_shape(one, this) for one in found]))

    async def end_login(self, call: Call[Nothing, Nothing]) -> web.Response:
        """204."""
        login_id = LoginId(call.part("login_id"))
        await self._desk.logins.end(call.actor, call.worker, login_id)
        return web.Response(status=204)

    async def _answer(self, agent: Agent, login: Login, secret: str) -> web.Response:
        fresh, load = await self._desk.agents.get(agent.id)
        shown = {
            **agent_json(fresh, load),
            "preferences": fresh.preferences,
            "scopes": sorted(SCOPES_OF[fresh.role]),
        }
        expires_at = expiry_of(login, fresh, self._clock.now())
        return reply(
            {"agent": shown, "csrf": csrf_of(secret), "expires_at": expires_at}
        )


def _browser(call: Call[Q, B]) -> tuple[Agent, Login, str]:
    """Whose, which, and its secret."""
    secret = secret_of(call.request)
    if call.by.login is None or secret is None:
        raise Unauthorized("session_missing", "log in first")
    return call.worker, call.by.login, secret


def _login_shape(login: Login, this: Login) -> LoginShape:
    return LoginShape(
        id=login.id,
        created_at=login.created_at,
        last_seen_at=login.last_seen_at,
        source=login.source,
        user_agent=login.user_agent,
        is_this=login.id == this.id,
    )
