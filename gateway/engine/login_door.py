"""Who is let in: login, password, one-time code; and how often one may be wrong.

A login makes a fresh secret of which only the SHA-256 is kept. Relies on
`agent_password`, `totp` and `login_limit`. What becomes of a login then is `logins`'.

Spec: spec/reliability.md SEC-21 to SEC-24, SEC-27
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from gateway.core.agent import Actor, Agent, Login
from gateway.core.clock import Clock
from gateway.core.errors import (
    Conflict,
    Forbidden,
    StoreError,
    TooMany,
    Unauthorized,
)
from gateway.core.ids import IdSource, LoginId
from gateway.core.store import Store, Tx
from gateway.engine.agent_password import NO_HASH, is_agent_password
from gateway.engine.audit import record
from gateway.engine.auth import digest_of
from gateway.engine.login_limit import LoginLimit
from gateway.engine.logins import ABSOLUTE
from gateway.engine.totp import accepted_step
from gateway.metrics import Metrics

SECRET_OCTETS: Final = 32
KEPT_AFTER_END: Final = timedelta(days=30)
MOST_LOGINS: Final = 20  # of one agent: the oldest makes way
HASHES_AT_ONCE: Final = 2  # of 16 MiB each
LONGEST_USER_AGENT: Final = 300

NOBODY_YET: Final = (
    "there is no agent yet; on the box make the first administrator: "
    "seventy user add LOGIN --role administrator"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody says who wants to be let in."""

    login: str
    password: str
    code: str | None
    source: str  # network address
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A browser that was let in; the secret cannot be had again."""

    agent: Agent
    login: Login
    secret: str


class LoginDoor:
    """Lets browsers in; there may be one only, for it counts wrong tries."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, metrics: Metrics
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._results = metrics.logins
        self._limit = LoginLimit(clock)
        self._turn = asyncio.Semaphore(HASHES_AT_ONCE)

    async def open(self, attempt: Attempt) -> Opened:
        """Let a browser in.

        Raises `Unauthorized` (`login_failed` after the same work for every reason,
        `totp_required`, `totp_failed`), `TooMany`, or `Conflict` when nobody can.
        """
        attempt = replace(attempt, login=tidy_login(attempt.login))
        self._check_limit(attempt.login, attempt.source)
        agent, is_empty = await self._store.read(lambda tx: _who(tx, attempt.login))
        if is_empty:
            raise Conflict("no_agents", NOBODY_YET)
        is_right = await self._is_right(attempt, agent)
        if agent is None or not is_right:
            await self._refuse(attempt, agent, "wrong")
            raise Unauthorized("login_failed", "the login or the password is wrong")
        step = await self._second_factor(attempt, agent)
        opened = await self._store.write(self._opening(attempt, agent, step))
        self._limit.note_right(attempt.login, attempt.source)
        self._results.labels("ok").inc()
        return opened

    async def prove(
        self, agent: Agent, password: str, source: str, *, field: str
    ) -> None:
        """`Forbidden` unless it is the agent's; a stolen browser may not guess."""
        self._check_limit(agent.login, source)
        async with self._turn:
            self._check_limit(agent.login, source)
            is_right = await asyncio.to_thread(
                is_agent_password, password, agent.password_hash
            )
            if not is_right:
                self._limit.note_wrong(agent.login, source)
        if not is_right:
            raise Forbidden("password_wrong", "this is not your password", field=field)

    async def _is_right(self, attempt: Attempt, agent: Agent | None) -> bool:
        """The same work for every reason to refuse."""
        password_hash = NO_HASH if agent is None else agent.password_hash
        async with self._turn:
            # Others may have been wrong while this one waited for its turn.
            self._check_limit(attempt.login, attempt.source)
            matches = await asyncio.to_thread(
                is_agent_password, attempt.password, password_hash
            )
            is_right = matches and agent is not None and agent.disabled_at is None
            if not is_right:
                self._limit.note_wrong(attempt.login, attempt.source)
        return is_right

    async def _second_factor(self, attempt: Attempt, agent: Agent) -> int | None:
        """The step of the code; None when the agent needs none."""
        if agent.totp_secret is None:
            return None
        if not attempt.code:
            self._results.labels("totp_required").inc()
            raise Unauthorized("totp_required", "give the code of your app, too")
        now, after = self._clock.now(), agent.totp_step
        step = accepted_step(agent.totp_secret, attempt.code, now, after=after)
        if step is None:
            self._limit.note_wrong(attempt.login, attempt.source)
            await self._refuse(attempt, agent, "totp_wrong")
            raise _wrong_code()
        return step

    def _opening(
        self, attempt: Attempt, checked: Agent, step: int | None
    ) -> Callable[[Tx], Opened]:
        now, secret = self._clock.now(), self._ids.secret(SECRET_OCTETS).hex()
        login = Login(
            id=LoginId(self._ids.new("lgn")),
            agent_id=checked.id,
            digest=digest_of(secret),
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
            source=attempt.source,
            user_agent=attempt.user_agent[:LONGEST_USER_AGENT],
        )
        actor = Actor(agent=checked, source=attempt.source)

        def write(tx: Tx) -> Opened:
            agent = tx.agents.get(checked.id)
            if agent is None or _has_moved(agent, checked):
                raise Unauthorized("login_failed", "changed meanwhile; try again")
            if step is not None:
                if step <= agent.totp_step:
                    raise _wrong_code()
                agent = replace(agent, totp_step=step)
                tx.agents.save(agent)
            tx.logins.purge(now - KEPT_AFTER_END)
            surplus = tx.logins.of_agent(agent.id)[MOST_LOGINS - 1 :]
            tx.logins.revoke([one.id for one in surplus], now)
            tx.logins.insert(login)
            record(tx, actor, "login.opened", agent.id, None, {"login": login.id}, now)
            return Opened(agent=agent, login=login, secret=secret)

        return write

    async def _refuse(self, attempt: Attempt, agent: Agent | None, why: str) -> None:
        """Count and record a wrong try; what was typed as a login may be a password."""
        self._results.labels(why).inc()
        now, actor = self._clock.now(), Actor(source=attempt.source)
        subject = "unknown" if agent is None else agent.id
        with suppress(StoreError):
            await self._store.write(
                lambda tx: record(
                    tx, actor, "login.failed", subject, None, {"reason": why}, now
                )
            )

    def _check_limit(self, login: str, source: str) -> None:
        try:
            self._limit.check(login, source)
        except TooMany:
            self._results.labels("limited").inc()
            raise


def tidy_login(login: str) -> str:
    """As logins are kept; people write capitals and blanks."""
    return login.strip().lower()


def _who(tx: Tx, login: str) -> tuple[Agent | None, bool]:
    """The agent, and whether there is none at all."""
    agent = tx.agents.by_login(login)
    return agent, agent is None and not tx.agents.listing()


def _has_moved(agent: Agent, checked: Agent) -> bool:
    """Whether what was checked is not so any more."""
    return (
        agent.disabled_at is not None
        or agent.password_hash != checked.password_hash
        or agent.totp_secret != checked.totp_secret
    )


def _wrong_code() -> Unauthorized:
    return Unauthorized("totp_failed", "the code is wrong, too old or used already")
