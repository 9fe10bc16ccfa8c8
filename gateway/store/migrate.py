"""Brings a database's schema to the newest step, each step whole or not at all.

A step's first line says the oldest code (its newest step's number) that can work on
the result, so that a version that is one step behind still opens the file.
Relies on an open sqlite-utils `Database` in autocommit.
Spec: reliability FT-38, PKG-09
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from sqlite_utils import Database

from gateway.store.engine import StoreTooNew
from gateway.store.queries import Step


def migrate(
    database: Database, steps: Sequence[Step], schema: Mapping[str, str]
) -> int:
    """Apply what is missing; the number of the file's newest step.

    `schema` holds the statements about steps. Raises `StoreTooNew`.
    """
    database.execute(schema["schema.create"])
    number: int
    oldest_code: int
    number, oldest_code = database.execute(schema["schema.state"]).fetchone()
    newest = steps[-1].number
    if oldest_code > newest:
        raise StoreTooNew(
            f"the database is at step {number} and needs code of step {oldest_code}; "
            f"this one knows {newest}"
        )
    for step in steps:
        if step.number > number:
            _apply(database, step, schema["schema.record"])
    return max(number, newest)


def _apply(database: Database, step: Step, record: str) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(step.sql):
            database.execute(statement)
        database.execute(
            record,
            {
                "number": step.number,
                "name": step.name,
                "oldest_code": step.oldest_code,
            },
        )
        database.execute(f"PRAGMA user_version = {step.number}")
        database.execute("COMMIT")
    except BaseException:
        if database.conn.in_transaction:
            database.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
