"""Named SQL: the files hold what the repositories ask for, and hot ones use indexes."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import gateway.store
from gateway.store.config import StoreConfig
from gateway.store.queries import Dialect, statements, steps
from gateway.store.sqlite import DIALECT, open_writer

OTHER = Dialect(
    growing_key="KEY", octets="BYTES", clustered="", claim_lock="LOCK", listed="LIST"
)
ROOM = Path(gateway.store.__file__).parent
SOURCES = {path.stem: path.read_text("utf-8") for path in ROOM.glob("*.py")}
# Small tables, or listings that read by age on purpose.
SCANS = {
    "accounts.tokens",
    "applications.accounts",
    "applications.drop_numbers",
    "applications.oldest",
    "applications.waiting",
    "inbox.newest_raw",
    "schema.state",
    "webhooks.listing",
    "keeping.oldest_messages",
    "keeping.oldest_raw",
    "keeping.parked",
    "keeping.quarantine",
    "outbox.backlog_ready",
    "outbox.backlog_sending",
    "outbox.backlog_waiting",
    "outbox.places_ready",
    "outbox.places_waiting",
    "inbox.quarantined",
    "webhooks.agenda",
    "webhooks.pending_count",
    "webhooks.next_due",
    "inbox.next_deadline",
    "outbox.in_flight",
    "agents.listing",  # few people
    "audit.last_digest",  # the last of a growing key
    "logins.purge",  # few logins
    "read_marks.unread",  # of the threads asked for
    "erasure.drop_answers",
    "erasure.drop_notices",
    "erasure.drop_parked",
    "search.any",
    "search.find",  # an index of words is read as a virtual table
    "search.pages",
    "search.said_in",  # of what its parts gave
    "tombstones.any",
    "conversations.orphaned",  # agents, who are few
    "conversations.counts",  # of all that are open, in their own index
    "listing.sending",
}

DROPPED = ("drafts", "read_marks", "aliases")
SIDES = ("before", "after")  # of a place in a timeline


def test_every_statement_is_used_and_every_used_one_exists() -> None:
    text = "\n".join(SOURCES.values())
    used = set(re.findall(r'"(\w+\.\w+)"', text))
    used |= {f"keeping.{name}" for name in re.findall(r'_purge_plain\("(\w+)"', text)}
    used |= {f"outbox.backlog_{part}" for part in ("ready", "waiting", "sending")}
    used |= {f"outbox.places_{part}" for part in ("ready", "waiting")}
    kinds = ("messages", "notes", "steps", "replies", "sent")
    used |= {f"timeline.{kind}_{side}" for kind in kinds for side in SIDES}
    talk = ("notes", "steps", "replies", "conversations")
    used |= {f"keeping.delete_{table}" for table in talk}
    used |= {f"cards.carry_{table}" for table in ("notes", "steps", "replies")}
    used |= {f"search.{table}" for table in ("messages", "notes", "steps")}
    tables = ("messages", "notes", "steps", "contacts")
    used |= {f"search.older_{table}" for table in tables}
    erasing = SOURCES["erasure"]
    named = re.findall(r'_(?:names|among)\(\s*"(\w+)"', erasing)
    used |= {f"erasure.{name}" for name in named}
    dropped = re.findall(r'_drop\("(\w+)"', erasing)
    used |= {f"erasure.drop_{name}" for name in (*dropped, *DROPPED)}
    assert set(statements(DIALECT)) - used == set()


def test_there_is_no_sql_in_the_code() -> None:
    sql = re.compile(r'"[^"\n]*\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b')
    assert [name for name, text in SOURCES.items() if sql.search(text)] == []


def test_only_two_modules_import_the_database() -> None:
    imports = re.compile(r"^(import|from) (sqlite3|sqlite_utils)", re.MULTILINE)
    assert {name for name, text in SOURCES.items() if imports.search(text)} == {
        "sqlite",
        "migrate",
    }


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nobody changes."""
    path = tmp_path_factory.mktemp("schema") / "store.db"
    open_writer(StoreConfig(path=path, ballast_octets=0)).close()
    return path


@pytest.mark.parametrize("name", sorted(statements(DIALECT)))
def test_a_statement_compiles_and_reads_no_table_whole(schema: Path, name: str) -> None:
    sql = statements(DIALECT)[name]
    if sql.startswith("CREATE"):
        return
    values = dict.fromkeys(re.findall(r":(\w+)", sql), "1")
    plan = explain(schema, sql, values)
    scans = [
        line
        for line in plan
        if line.startswith("SCAN")
        and "CONSTANT" not in line
        and "json_each" not in line
    ]
    assert not scans or name in SCANS, plan


def explain(path: Path, sql: str, values: dict[str, str]) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        return [str(row[3]) for row in rows]


def test_the_words_of_a_dialect_are_put_in() -> None:
    assert "{" not in "".join(statements(OTHER).values())
    assert "id KEY" in steps(OTHER)[0].sql
    assert statements(OTHER)["outbox.claim_candidates"].endswith("LOCK")
    assert statements(OTHER)["outbox.messages"].endswith("FROM LIST)")
