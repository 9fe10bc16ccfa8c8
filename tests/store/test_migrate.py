"""Migrations: whole or not at all, once, and older code knows its limits."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from gateway.store.engine import StoreTooNew
from gateway.store.migrate import migrate
from gateway.store.queries import Step, statements, steps
from gateway.store.sqlite import DIALECT

FIRST = Step(number=1, name="0001_a", oldest_code=1, sql="CREATE TABLE a (x);\n")
SECOND = Step(
    number=2,
    name="0002_b",
    oldest_code=1,
    sql="CREATE TABLE b (y TEXT DEFAULT ';');\nINSERT INTO b\nVALUES ('one;two');\n",
)
BROKEN = Step(
    number=3, name="0003_c", oldest_code=3, sql="CREATE TABLE c (z);\nSELECT nothing;\n"
)
BREAKING = Step(number=3, name="0003_c", oldest_code=3, sql="DROP TABLE b;\n")
SCHEMA = statements(DIALECT)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    connection = sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    opened = Database(connection, execute_plugins=False)
    yield opened
    opened.close()


def test_steps_are_applied_in_order_and_only_once(database: Database) -> None:
    assert migrate(database, [FIRST], SCHEMA) == 1
    assert migrate(database, [FIRST, SECOND], SCHEMA) == 2
    assert migrate(database, [FIRST, SECOND], SCHEMA) == 2
    assert [row["y"] for row in database["b"].rows] == ["one;two"]
    assert database.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_step_that_fails_leaves_nothing_and_can_be_run_again(
    database: Database,
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        migrate(database, [FIRST, SECOND, BROKEN], SCHEMA)
    assert "c" not in database.table_names()
    assert "b" in database.table_names()
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    assert migrate(database, [FIRST, SECOND, BREAKING], SCHEMA) == 3


def test_older_code_works_on_a_newer_file_that_allows_it(database: Database) -> None:
    migrate(database, [FIRST, SECOND], SCHEMA)
    assert migrate(database, [FIRST], SCHEMA) == 2


def test_older_code_refuses_a_newer_file_that_forbids_it(database: Database) -> None:
    migrate(database, [FIRST, SECOND, BREAKING], SCHEMA)
    with pytest.raises(StoreTooNew):
        migrate(database, [FIRST, SECOND], SCHEMA)


def test_our_own_steps_are_numbered_without_gaps() -> None:
    assert [step.number for step in steps(DIALECT)] == list(
        range(1, len(steps(DIALECT)) + 1)
    )
