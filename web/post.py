"""One signed POST to a listener: bounded in time, in octets and in where it may go.

Relies on `web.pool` for connections, on `web.egress` for where they may lead. Follows
no redirect, uses no proxy, keeps no cookie. Does not decide about retries.
Spec: Standard Webhooks 1.0.0; spec/reliability.md SEC-16, FT-32.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

from yarl import URL

from gateway import __version__
from gateway.codec.value import value
from gateway.core.clock import Clock
from gateway.core.errors import Invalid
from web.egress import Egress
from web.pool import Pool
from web.schedule import read_retry_after
from web.signature import signed_headers

TIMEOUT_S = 15.0

_TARGETS = 1024


@value(frozen=True, slots=True, kw_only=True)
class Answered:
    """The listener's status, whatever it is."""

    status: int
    retry_after: timedelta | None = None


@value(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No status came, for this reason."""

    reason: str


@value(frozen=True, slots=True, kw_only=True)
class _Target:
    """A checked URL, and how every request to it begins."""

    origin: URL
    head: bytes


class Poster:
    """Posts to any allowed URL."""

    def __init__(
        self, egress: Egress, clock: Clock, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._egress = egress
        self._clock = clock
        self._timeout_s = timeout_s
        self._pool = Pool(egress, timeout_s)
        self._targets: OrderedDict[str, _Target] = OrderedDict()

    @property
    def origins(self) -> int:
        """How many origins have a connection that waits for its next use."""
        return self._pool.origins

    async def aclose(self) -> None:
        """Close every connection."""
        self._pool.close()

    async def post(
        self, url: str, *, identity: str, body: bytes, secrets: Sequence[bytes]
    ) -> Answered | Unanswered:
        """Sign and send once; never raises for what the other side does."""
        now = self._clock.now()
        try:
            target = self._target(url)
            headers = signed_headers(identity, now, body, secrets)
            lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
            request = (
                target.head
                + f"{lines}Content-Length: {len(body)}\r\n\r\n".encode("ascii")
                + body
            )
            head = await self._pool.exchange(target.origin, request)
        except Invalid as error:
            return Unanswered(reason=error.detail)
        except TimeoutError:
            return Unanswered(reason=f"no answer within {self._timeout_s:g} s")
        except (OSError, ValueError) as error:
            return Unanswered(reason=str(error) or type(error).__name__)
        if head.retry_after is None:
            return Answered(status=head.status)
        wait = read_retry_after(head.retry_after, now)
        return Answered(status=head.status, retry_after=wait)

    def _target(self, text: str) -> _Target:
        target = self._targets.get(text)
        if target is None:
            # Rules may have changed since the URL was given.
            url = self._egress.check_url(text, field="url")
            head = (
                f"POST {url.raw_path_qs} HTTP/1.1\r\n"
                f"Host: {url.host_port_subcomponent}\r\n"
                f"User-Agent: seventy/{__version__}\r\n"
                "Accept: */*\r\n"
                "Content-Type: application/json\r\n"
            )
            target = _Target(origin=url.origin(), head=head.encode("ascii"))
            self._targets[text] = target
            if len(self._targets) > _TARGETS:
                self._targets.popitem(last=False)
        return target
