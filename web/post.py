"""One signed POST to a listener: bounded in time, in octets and in where it may go.

Relies on aiohttp's client with `web.egress` at its sockets. Follows no redirect, uses
no proxy, keeps no cookie. Does not decide about retries.
Spec: Standard Webhooks 1.0.0; spec/reliability.md SEC-16, FT-32.
"""

import functools
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from yarl import URL

from gateway import __version__
from gateway.core.clock import Clock
from gateway.core.errors import Invalid
from web.egress import Egress
from web.schedule import read_retry_after
from web.signature import signed_headers

TIMEOUT_S = 15.0
READ_LIMIT_OCTETS = 65_536

_SESSIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The listener's status, whatever it is."""

    status: int
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No status came, for this reason."""

    reason: str


class Poster:
    """Keeps a session for each origin, so that a busy listener keeps its connection."""

    def __init__(
        self, egress: Egress, clock: Clock, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._egress = egress
        self._clock = clock
        self._timeout_s = timeout_s
        self._sessions: OrderedDict[URL, aiohttp.ClientSession] = OrderedDict()

    @property
    def origins(self) -> int:
        """How many origins have a session now."""
        return len(self._sessions)

    async def aclose(self) -> None:
        """Close every connection."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.close()

    async def post(
        self, url: str, *, identity: str, body: bytes, secrets: Sequence[bytes]
    ) -> Answered | Unanswered:
        """Sign and send once; never raises for what the other side does."""
        now = self._clock.now()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"seventy/{__version__}",
            **signed_headers(identity, now, body, secrets),
        }
        try:
            # Rules may have changed since the URL was given.
            target = self._egress.check_url(url, field="url")
            session = await self._session(target)
            return await self._exchange(session, target, body, headers)
        except Invalid as error:
            return Unanswered(reason=error.detail)
        except TimeoutError:
            return Unanswered(reason=f"no answer within {self._timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Unanswered(reason=str(error) or type(error).__name__)

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        target: URL,
        body: bytes,
        headers: dict[str, str],
    ) -> Answered:
        async with session.post(
            target, data=body, headers=headers, allow_redirects=False
        ) as response:
            answer = Answered(
                status=response.status,
                retry_after=read_retry_after(
                    response.headers.get("Retry-After"), self._clock.now()
                ),
            )
            length = response.content_length
            if length is not None and length <= READ_LIMIT_OCTETS:
                await _drain(response)
            else:
                # Nothing in a body matters here: do not read what has no small end.
                response.close()
            return answer

    async def _session(self, target: URL) -> aiohttp.ClientSession:
        origin = target.origin()
        session = self._sessions.get(origin)
        if session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,  # the sender's own bound holds
                    use_dns_cache=False,
                    socket_factory=functools.partial(self._egress.make_socket, origin),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                auto_decompress=False,
                trust_env=False,
            )
            self._sessions[origin] = session
        self._sessions.move_to_end(origin)
        while len(self._sessions) > _SESSIONS:
            _, oldest = self._sessions.popitem(last=False)
            await oldest.close()
        return session


async def _drain(response: aiohttp.ClientResponse) -> None:
    """Read a small body so that its connection can serve again."""
    try:
        await response.read()
    except (aiohttp.ClientError, TimeoutError):
        # The status is what counts, and it is here.
        response.close()
