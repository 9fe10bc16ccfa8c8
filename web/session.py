"""What a browser shows that is logged in: its cookie, its CSRF token, its origin.

A form or script of another site can make a browser send the cookie, but can neither
read nor send the CSRF token, and the browser tells where it comes from. Decides
nothing about who may do what, see `web.auth`.

Spec: RFC 6265; Fetch (Origin, Sec-Fetch-Site); spec/reliability.md SEC-24, SEC-25
"""

import hashlib
import hmac
from typing import Final

from aiohttp import web
from yarl import URL

from gateway.core.errors import Forbidden

COOKIE: Final = "seventy_session"
CSRF_HEADER: Final = "X-CSRF-Token"

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES: Final = frozenset({"same-origin", "none"})  # none: typed by a person
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SECRET_LIMIT: Final = 200


def secret_of(request: web.Request) -> str | None:
    """The secret of the cookie, if there is one that could be ours."""
    secret = request.cookies.get(COOKIE)
    if not secret or len(secret) > _SECRET_LIMIT or not secret.isascii():
        return None
    return secret


def csrf_of(secret: str) -> str:
    """What a page has to say besides; made from the secret, which scripts never see."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def check_csrf(request: web.Request, secret: str) -> None:
    """`Forbidden` unless the page itself asks, for what changes something."""
    if request.method in _SAFE_METHODS:
        return
    said = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(
        said.encode("utf-8", "replace"), csrf_of(secret).encode()
    ):
        raise Forbidden(
            "csrf_token_wrong", f"send the session's csrf value as {CSRF_HEADER}"
        )


def check_origin(request: web.Request, public_url: str | None) -> None:
    """`Forbidden` when the browser says that another site asks."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OWN_SITES:
        raise Forbidden("wrong_origin", "this may only be asked by our own pages")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    ours = {_origin_of(f"{request.scheme}://{request.host}")}
    if public_url is not None:
        ours.add(_origin_of(public_url))
    asked = _origin_of(origin)
    if asked is None or asked not in ours:
        raise Forbidden(
            "wrong_origin",
            "this may only be asked by our own pages; behind a proxy, set public_url",
        )


def set_cookie(
    response: web.StreamResponse, secret: str, *, max_age_s: int, is_secure: bool
) -> None:
    """Give the browser its secret; scripts cannot read it."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=max_age_s,
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="Strict",
    )


def drop_cookie(response: web.StreamResponse, *, is_secure: bool) -> None:
    """Have the browser forget it."""
    set_cookie(response, "", max_age_s=0, is_secure=is_secure)


def is_encrypted(request: web.Request, public_url: str | None) -> bool:
    """Whether the browser came by TLS: to us, or to a proxy at the public address."""
    if request.secure or public_url is None:
        return request.secure
    public = URL(public_url)
    return public.scheme == "https" and request.host in (public.host, public.authority)


def printable(text: str) -> str:
    """What a header says, to be kept and shown: it may hold any octets."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _origin_of(text: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no origin, such as `null`."""
    try:
        url = URL(text)
    except ValueError:
        return None
    if url.scheme not in _DEFAULT_PORTS or not url.host:
        return None
    return url.scheme, url.host.lower(), url.port
