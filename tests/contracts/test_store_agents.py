"""What any database must do for agents, their logins and the audit log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.agent import (
    Agent,
    AgentRole,
    AuditEntry,
    Load,
    Login,
    Presence,
    Span,
)
from gateway.core.agent_store import AuditFilter
from gateway.core.errors import StoreConflict
from gateway.core.ids import AgentId, LoginId
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.support.agents import an_agent
from tests.support.clock import START
from tests.support.ids import SeededIds

LATER = START + timedelta(hours=1)


@pytest.fixture
def ids() -> SeededIds:
    return SeededIds()


async def kept(store: SqlStore, ids: SeededIds, *logins: str) -> list[Agent]:
    agents = [an_agent(ids, login) for login in logins]

    def write(tx: Tx) -> None:
        for agent in agents:
            tx.agents.insert(agent)

    await store.write(write)
    return agents


def a_login(ids: SeededIds, agent: Agent, number: int = 0) -> Login:
    return Login(
        id=LoginId(ids.new("lgn")),
        agent_id=agent.id,
        digest=bytes([number]) * 32,
        created_at=START,
        last_seen_at=START,
        expires_at=LATER,
        source="10.0.0.1",
        user_agent="Firefox",
    )


async def test_an_agent_comes_back_as_it_was(store: SqlStore, ids: SeededIds) -> None:
    agent = an_agent(
        ids,
        "anna",
        AgentRole.TRAINEE,
        alias="Аня",
        totp_secret=b"\x00\xff",
        totp_pending=b"p",
        totp_step=58_000_000,
        preferences={"keys": {"send": "Enter"}, "size": 1.5},
        disabled_at=LATER,
    )
    await store.write(lambda tx: tx.agents.insert(agent))
    found = await store.read(
        lambda tx: [
            tx.agents.get(agent.id),
            tx.agents.by_login("anna"),
            *tx.agents.listing(),
            *tx.agents.among([agent.id, AgentId("agt_none")]),
        ]
    )
    assert found == [agent] * 4
    assert await store.read(lambda tx: tx.agents.by_login("Anna")) is None
    changed = replace(agent, name="Анна", role=AgentRole.AGENT, totp_secret=None)
    await store.write(lambda tx: tx.agents.save(changed))
    assert await store.read(lambda tx: tx.agents.get(agent.id)) == changed


async def test_a_login_name_is_taken_once(store: SqlStore, ids: SeededIds) -> None:
    await kept(store, ids, "anna")
    with pytest.raises(StoreConflict):
        await kept(store, ids, "anna")
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.agents.save(an_agent(ids, "nobody")))


async def test_presence_moves_in_spans(store: SqlStore, ids: SeededIds) -> None:
    [agent] = await kept(store, ids, "anna")
    await store.write(lambda tx: tx.agents.move(agent.id, Presence.ONLINE, START))
    await store.write(lambda tx: tx.agents.move(agent.id, Presence.BREAK, LATER))
    moved, spans, early = await store.read(
        lambda tx: (
            tx.agents.get(agent.id),
            tx.agents.spans(agent.id, START, LATER + timedelta(1)),
            tx.agents.spans(agent.id, START - timedelta(1), START),
        )
    )
    assert moved == replace(agent, presence=Presence.BREAK, presence_at=LATER)
    online = Span(presence=Presence.ONLINE, from_at=START, to_at=LATER)
    assert spans == [online, Span(presence=Presence.BREAK, from_at=LATER, to_at=None)]
    assert early == []
    assert await store.read(lambda tx: dict(tx.agents.loads())) == {}
    assert Load() == Load(active=0, waiting=0)


async def test_logins_are_found_revoked_and_purged(
    store: SqlStore, ids: SeededIds
) -> None:
    anna, oleg = await kept(store, ids, "anna", "oleg")
    logins = [a_login(ids, anna, 1), a_login(ids, anna, 2), a_login(ids, oleg, 3)]

    def write(tx: Tx) -> None:
        for login in logins:
            tx.logins.insert(login)

    await store.write(write)
    first, second, third = logins
    assert await store.read(lambda tx: tx.logins.by_digest(first.digest)) == (
        first,
        anna,
    )
    assert await store.read(lambda tx: tx.logins.by_digest(b"")) is None
    await store.write(lambda tx: tx.logins.touch(second.id, LATER))
    await store.write(lambda tx: tx.logins.revoke([first.id], LATER))
    await store.write(lambda tx: tx.logins.revoke([first.id], LATER + timedelta(1)))
    left, ended = await store.read(
        lambda tx: (tx.logins.of_agent(anna.id), tx.logins.get(first.id))
    )
    assert left == [replace(second, last_seen_at=LATER)]
    assert ended == replace(first, revoked_at=LATER)
    assert await store.write(lambda tx: tx.logins.purge(LATER)) == 0
    assert await store.write(lambda tx: tx.logins.purge(LATER + timedelta(1))) == 3
    assert await store.read(lambda tx: tx.logins.get(third.id)) is None


async def test_the_audit_log_only_grows(store: SqlStore) -> None:
    entry = AuditEntry(
        at=START,
        actor="system",
        actor_name="system",
        source="",
        action="thing.changed",
        subject="100%",
        before=None,
        after={"name": "Ключ_1"},
        digest=b"\x01" * 32,
    )
    assert await store.read(lambda tx: tx.audit.last_digest()) is None
    first = await store.write(lambda tx: tx.audit.append(entry))
    other = replace(entry, digest=b"\x02" * 32, subject="1000", before={})
    second = await store.write(lambda tx: tx.audit.append(other))
    assert second > first
    assert await store.read(lambda tx: tx.audit.last_digest()) == other.digest
    found = await store.read(lambda tx: tx.audit.after(0, 10))
    assert found == [replace(entry, seq=first), replace(other, seq=second)]
    by_text = AuditFilter(text="100%")
    matches = await store.read(
        lambda tx: tx.audit.listing(by_text, before=None, limit=9)
    )
    assert [one.seq for one in matches] == [first]
