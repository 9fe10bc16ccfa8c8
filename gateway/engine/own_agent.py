"""What agents do for themselves: password, one-time codes, preferences, logging out.

Relies on `login_door` to prove the password again, so that a browser left open does not
give the account away.

Spec: spec/reliability.md SEC-24, SEC-27
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from gateway.core.agent import Actor, Agent, Login, Presence
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Forbidden, Invalid
from gateway.core.ids import IdSource, LoginId
from gateway.core.store import Store, Tx
from gateway.engine.agent_data import agent_changed
from gateway.engine.agent_password import check_password, hash_agent_password
from gateway.engine.agents import LOCALES, find_agent
from gateway.engine.audit import record
from gateway.engine.login_door import LoginDoor
from gateway.engine.logins import Logins, end_logins
from gateway.engine.totp import SECRET_OCTETS, accepted_step, spell_secret, uri_of

LARGEST_PREFERENCES: Final = 32_768  # characters of JSON
MOST_LEVELS: Final = 8


class OwnAgent:
    """An agent about itself; `actor.agent` is who asks."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        logins: Logins,
        door: LoginDoor,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._logins = logins
        self._door = door

    async def set_password(
        self, actor: Actor, login: Login, *, old: str, new: str
    ) -> None:
        """Another password; every other browser of the agent is logged out."""
        agent = _who(actor)
        await self._door.prove(agent, old, actor.source, field="old")
        check_password(new, agent.login, field="new")
        kept = await asyncio.to_thread(hash_agent_password, new, self._ids)
        now = self._clock.now()

        def write(tx: Tx) -> list[LoginId]:
            fresh = find_agent(tx, agent.id)
            if fresh.password_hash != agent.password_hash:
                raise Conflict("conflict", "changed meanwhile; ask again")
            tx.agents.save(replace(fresh, password_hash=kept))
            record(tx, actor, "agent.password_set", agent.id, None, None, now)
            return end_logins(tx, agent.id, now, keep=login.id)

        self._logins.tell_ended(await self._store.write(write))

    async def begin_totp(self, actor: Actor) -> tuple[str, str]:
        """A secret for the app, typed or as a QR code; not needed before it is proven.

        `Conflict` when there is one: it has to be taken away first.
        """
        agent, secret = _who(actor), self._ids.secret(SECRET_OCTETS)

        def begin(fresh: Agent) -> Agent:
            if fresh.totp_secret is not None:
                raise Conflict("totp_is_on", "take the present one away first")
            return replace(fresh, totp_pending=secret)

        await self._store.write(
            lambda tx: tx.agents.save(begin(find_agent(tx, agent.id)))
        )
        return spell_secret(secret), uri_of(secret, agent.login)

    async def prove_totp(self, actor: Actor, code: str) -> None:
        """The app shows the right code: from now on each login needs one."""
        now = self._clock.now()

        def prove(fresh: Agent) -> Agent:
            if fresh.totp_pending is None:
                raise Conflict("totp_not_begun", "ask for a secret first")
            step = accepted_step(fresh.totp_pending, code, now, after=0)
            if step is None:
                raise Invalid("totp_failed", "the code is wrong", field="code")
            return replace(
                fresh, totp_secret=fresh.totp_pending, totp_pending=None, totp_step=step
            )

        await self._save(actor, "agent.totp_set", prove)

    async def drop_totp(self, actor: Actor, password: str) -> None:
        """A password is enough again."""
        agent = _who(actor)
        await self._door.prove(agent, password, actor.source, field="password")
        await self._save(
            actor,
            "agent.totp_removed",
            lambda fresh: replace(fresh, totp_secret=None, totp_pending=None),
        )

    async def prefer(
        self,
        actor: Actor,
        *,
        locale: str | None,
        preferences: Mapping[str, object],
    ) -> Agent:
        """Another language, other preferences by key; None forgets one."""
        if locale is not None and locale not in LOCALES:
            raise Invalid(
                "invalid_locale", f"one of {', '.join(LOCALES)}", field="locale"
            )

        def prefer(fresh: Agent) -> Agent:
            merged = {**fresh.preferences, **preferences}
            kept = {key: value for key, value in merged.items() if value is not None}
            is_shallow = _is_shallow(kept, MOST_LEVELS)
            # One that nests too deep could not be read back, nor could its agent.
            if not is_shallow or len(json.dumps(kept)) > LARGEST_PREFERENCES:
                raise Invalid("too_long", "too much to remember", field="preferences")
            return replace(fresh, locale=locale or fresh.locale, preferences=kept)

        return await self._save(actor, None, prefer)

    async def log_out(self, actor: Actor, login: Login) -> None:
        """End this browser's login; who has no other one is gone."""
        agent, now = _who(actor), self._clock.now()

        def write(tx: Tx) -> None:
            tx.logins.revoke([login.id], now)
            record(tx, actor, "login.ended", agent.id, {"login": login.id}, None, now)
            fresh = find_agent(tx, agent.id)
            is_gone = not any(
                one.expires_at > now for one in tx.logins.of_agent(agent.id)
            )
            if is_gone and fresh.presence is not Presence.OFFLINE:
                tx.agents.move(agent.id, Presence.OFFLINE, now)
                gone = replace(fresh, presence=Presence.OFFLINE, presence_at=now)
                tx.events.append(agent_changed(tx, gone, now))

        await self._store.write(write)
        self._logins.tell_ended([login.id])

    async def _save(
        self, actor: Actor, action: str | None, change: Callable[[Agent], Agent]
    ) -> Agent:
        agent, now = _who(actor), self._clock.now()

        def write(tx: Tx) -> Agent:
            changed = change(find_agent(tx, agent.id))
            tx.agents.save(changed)
            if action is not None:
                record(tx, actor, action, agent.id, None, None, now)
                tx.events.append(agent_changed(tx, changed, now))
            return changed

        return await self._store.write(write)


def _is_shallow(value: object, levels: int) -> bool:
    """Whether it nests no deeper."""
    match value:
        case Mapping():
            inner: Iterable[object] = value.values()
        case list():
            inner = value
        case _:
            return True
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)


def _who(actor: Actor) -> Agent:
    if actor.agent is None:
        raise Forbidden("agent_needed", "an agent has to do this for itself")
    return actor.agent
