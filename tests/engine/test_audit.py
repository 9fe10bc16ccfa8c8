"""The audit log: who did what, and whether anybody tampered with it."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.account import Role
from gateway.core.agent import BOX, Actor, AgentRole
from gateway.core.agent_store import AuditFilter
from gateway.core.store import Tx
from gateway.engine.audit import AuditLog, difference, record
from gateway.engine.auth import Tokens
from tests.support.agents import an_agent
from tests.support.rooms import Rooms

EVERYTHING = AuditFilter()


@pytest.fixture
def log(rooms: Rooms) -> AuditLog:
    return AuditLog(rooms.store, rooms.clock)


async def keep(rooms: Rooms, count: int = 5, actor: Actor = BOX) -> None:
    """So many entries about as many things."""
    now = rooms.clock.now()

    def write(tx: Tx) -> None:
        for number in range(count):
            after: dict[str, object] = {"number": number, "at": now, "who": "Ирина"}
            record(tx, actor, "thing.changed", f"thing_{number}", None, after, now)

    await rooms.store.write(write)


def tamper(folder: Path, statement: str) -> None:
    """As somebody with the file in hand would."""
    with sqlite3.connect(folder / "seventy.db") as database:
        assert database.execute(statement).rowcount > 0
    database.close()


async def test_an_empty_log_is_intact(log: AuditLog) -> None:
    verdict = await log.verify()
    assert (verdict.entries, verdict.intact) == (0, True)


async def test_what_was_recorded_is_told_newest_first(
    rooms: Rooms, log: AuditLog
) -> None:
    agent = an_agent(rooms.ids, "anna", AgentRole.SUPERVISOR, name="Анна")
    await keep(rooms, 3, Actor(agent=agent, source="10.0.0.7"))
    newest, *_ = found = await log.listing(EVERYTHING, before=None, limit=10)
    assert [entry.subject for entry in found] == ["thing_2", "thing_1", "thing_0"]
    assert (newest.actor, newest.actor_name) == (f"agent:{agent.id}", "Анна")
    assert newest.source == "10.0.0.7"
    assert newest.after == {
        "number": 2,
        "at": "2026-03-01T12:00:00Z",
        "who": "Ирина",
    }
    older = await log.listing(EVERYTHING, before=newest.seq, limit=1)
    assert [entry.subject for entry in older] == ["thing_1"]
    assert (await log.verify()).entries == 3


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (AuditFilter(action="thing.changed"), 5),
        (AuditFilter(action="thing.*"), 5),
        (AuditFilter(action="thing"), 0),
        (AuditFilter(action="thing_changed"), 0),
        (AuditFilter(subject="thing_1"), 1),
        (AuditFilter(actor="system"), 5),
        (AuditFilter(actor="agent:agt_1"), 0),
        (AuditFilter(text="Ирина"), 5),
        (AuditFilter(text="thing_3"), 1),
        (AuditFilter(text="%"), 0),
        (AuditFilter(text="thing_4", action="thing.*", actor="system"), 1),
    ],
    ids=str,
)
async def test_it_can_be_searched(
    rooms: Rooms, log: AuditLog, wanted: AuditFilter, count: int
) -> None:
    await keep(rooms)
    assert len(await log.listing(wanted, before=None, limit=10)) == count


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor_name = 'nobody' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE audit SET after = NULL WHERE seq = 5", 5),
        ("UPDATE audit SET digest = zeroblob(32) WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit", 1),
        (
            "INSERT INTO audit (at, actor, actor_name, source, action, subject, digest)"
            " SELECT at, actor, actor_name, source, action, subject, digest"
            " FROM audit WHERE seq = 5",
            6,
        ),
    ],
)
async def test_a_tampered_entry_breaks_the_chain_at_its_place(
    rooms: Rooms, log: AuditLog, tmp_path: Path, statement: str, broken_at: int
) -> None:
    await keep(rooms)
    assert (await log.verify()).intact
    tamper(tmp_path, statement)
    verdict = await log.verify()
    assert not verdict.intact
    assert verdict.broken_at == broken_at


async def test_an_entry_is_there_only_with_what_it_tells(
    rooms: Rooms, log: AuditLog
) -> None:
    def write(tx: Tx) -> None:
        record(tx, BOX, "thing.changed", "x", None, None, rooms.clock.now())
        raise LookupError

    with pytest.raises(LookupError):
        await rooms.store.write(write)
    assert (await log.verify()).entries == 0


async def test_a_key_that_acts_for_an_agent_is_named_beside_it(rooms: Rooms) -> None:
    token, _ = await Tokens(rooms.store, rooms.clock, rooms.ids).create(
        "crm", [Role.INBOX]
    )
    agent = an_agent(rooms.ids, "anna")
    assert Actor(agent=agent, token=token).name == "Anna by crm"
    assert Actor(agent=agent, token=token).key == f"agent:{agent.id}"
    assert Actor(token=token).key == f"token:{token.id}"
    assert (BOX.key, BOX.name, BOX.agent_id) == ("system", "system", None)


async def test_keys_are_recorded_without_their_secrets(
    rooms: Rooms, log: AuditLog
) -> None:
    tokens = Tokens(rooms.store, rooms.clock, rooms.ids)
    expires_at = rooms.clock.now() + timedelta(days=1)
    token, secret = await tokens.create(
        "crm", [Role.INBOX], expires_at=expires_at, sources=["10.0.0.0/8"]
    )
    await tokens.revoke(token.id)
    revoked, created = await log.listing(EVERYTHING, before=None, limit=10)
    assert (created.action, revoked.action) == ("token.created", "token.revoked")
    assert created.after == revoked.before
    assert created.after == {
        "name": "crm",
        "scopes": ["inbox"],
        "sources": ["10.0.0.0/8"],
        "expires_at": "2026-03-02T12:00:00Z",
    }
    assert secret not in repr(created)


def test_a_difference_names_what_moved_only() -> None:
    old = {"name": "a", "role": AgentRole.AGENT}
    assert difference(old, {"name": "b", "role": "agent"}) == (
        {"name": "a"},
        {"name": "b"},
    )
