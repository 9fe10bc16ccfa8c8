"""Tokens: made, checked, revoked. The secret is shown once; its SHA-256 is kept.

Good ones are remembered from one check to the next: there may be one `Tokens` only.

Spec: spec/reliability.md SEC-22, SEC-30
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

from gateway.core.account import Role, Token
from gateway.core.agent import BOX, Actor
from gateway.core.clock import Clock
from gateway.core.errors import Forbidden, Invalid, NotFound, StoreError
from gateway.core.ids import IdSource, TokenId
from gateway.core.store import Store, Tx
from gateway.engine.audit import record

PREFIX: Final = "svt_"
SECRET_OCTETS: Final = 32
REPORT_SECRET_OCTETS: Final = 32
LAST_USED_EVERY: Final = timedelta(minutes=5)
LONGEST_NAME: Final = 100
REMEMBERED: Final = 1000


class Tokens:
    """The API keys of this box."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._known: dict[bytes, Token] = {}
        self._revoked = 0

    async def create(
        self,
        name: str,
        scopes: Iterable[Role],
        *,
        sources: Iterable[str] = (),
        expires_at: datetime | None = None,
        actor: Actor = BOX,
    ) -> tuple[Token, str]:
        """A new token and its secret, which cannot be had again."""
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise Invalid(
                "invalid_name", f"1 to {LONGEST_NAME} printable letters", field="name"
            )
        plaintext = PREFIX + self._ids.secret(SECRET_OCTETS).hex()
        token = Token(
            id=TokenId(self._ids.new("tok")),
            name=name,
            digest=digest_of(plaintext),
            scopes=frozenset(scopes),
            created_at=self._clock.now(),
            expires_at=expires_at,
            sources=tuple(map(_network, sources)),
            report_secret=self._ids.secret(REPORT_SECRET_OCTETS),
        )

        def write(tx: Tx) -> None:
            tx.accounts.insert_token(token)
            now = token.created_at
            record(tx, actor, "token.created", token.id, None, _told(token), now)

        await self._store.write(write)
        return token, plaintext

    async def check(self, plaintext: str, source_ip: str | None) -> Token | None:
        """The token of a secret; None when it is not, or no longer, one of ours.

        `Forbidden` when it may not be used from that address.
        """
        if not plaintext.startswith(PREFIX):
            return None
        token = await self._find(digest_of(plaintext))
        now = self._clock.now()
        if token is None or not is_valid(token, now):
            return None
        if token.sources and not _is_within(source_ip, token.sources):
            raise Forbidden("source_not_allowed", "this token is not for this address")
        if token.last_used_at is None or now - token.last_used_at >= LAST_USED_EVERY:
            await self._note_use(token, now)
        return token

    async def revoke(self, token_id: TokenId, *, actor: Actor = BOX) -> Token:
        """From now on the token opens nothing; `NotFound` when there is none."""
        now = self._clock.now()

        def write(tx: Tx) -> Token:
            token = tx.accounts.token(token_id)
            if token is None:
                raise NotFound("no_such_token", f"there is no token {token_id!r}")
            revoked = replace(token, revoked_at=token.revoked_at or now)
            tx.accounts.save_token(revoked)
            record(tx, actor, "token.revoked", token_id, _told(token), None, now)
            return revoked

        revoked = await self._store.write(write)
        # A check that reads now may have begun before.
        self._revoked += 1
        self._known.pop(revoked.digest, None)
        return revoked

    async def ls(self) -> list[Token]:
        """All tokens, revoked ones too."""
        return await self._store.read(lambda tx: tx.accounts.tokens())

    async def _find(self, digest: bytes) -> Token | None:
        # Looked up by digest: comparing in constant time is for who holds the secret.
        token = self._known.get(digest)
        if token is not None:
            return token
        revoked = self._revoked
        token = await self._store.read(lambda tx: tx.accounts.token_by_digest(digest))
        if token is not None and token.revoked_at is None and revoked == self._revoked:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[digest] = token
        return token

    async def _note_use(self, used: Token, now: datetime) -> None:
        if used.digest in self._known:
            self._known[used.digest] = replace(used, last_used_at=now)

        def write(tx: Tx) -> None:
            token = tx.accounts.token(used.id)
            if token is not None:
                tx.accounts.save_token(replace(token, last_used_at=now))

        # A disk that is full is no reason to turn a caller away.
        with suppress(StoreError):
            await self._store.write(write)


def digest_of(plaintext: str) -> bytes:
    """What is kept of a secret; 256 bits of chance need no salt and no stretching."""
    return hashlib.sha256(plaintext.encode("utf-8", "surrogatepass")).digest()


def is_valid(token: Token, now: datetime) -> bool:
    """Neither revoked nor expired."""
    is_expired = token.expires_at is not None and token.expires_at <= now
    return token.revoked_at is None and not is_expired


def may(token: Token, role: Role) -> bool:
    """Whether a token holds a scope; the administrator's holds all."""
    return role in token.scopes or Role.ADMIN in token.scopes


def _told(token: Token) -> dict[str, object]:
    """What the audit log may say."""
    return {
        "name": token.name,
        "scopes": token.scopes,
        "sources": token.sources,
        "expires_at": token.expires_at,
    }


def _network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise Invalid("invalid_source", str(error), field="sources") from error


def _is_within(source_ip: str | None, networks: Iterable[str]) -> bool:
    if source_ip is None:
        return False
    try:
        address = ip_address(source_ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ip_network(network) for network in networks)
