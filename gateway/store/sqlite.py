"""SQLite itself: opening as reliability DG-30 says, statements, errors, copies.

Relies on the standard library's sqlite3 through sqlite-utils' `Database`; with
`migrate` the only importer of either. Threads are the business of `sqlite_engine`.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NoReturn

from sqlite_utils import Database

from gateway.core.errors import (
    StoreBroken,
    StoreBusy,
    StoreConflict,
    StoreFull,
)
from gateway.core.event import Appended
from gateway.store.column import from_json
from gateway.store.config import MEBI, StoreConfig
from gateway.store.disk import create_private, put_in_place
from gateway.store.engine import Row, StoreCorrupt, Value
from gateway.store.held import HELD, Held, untold
from gateway.store.migrate import migrate
from gateway.store.queries import Dialect, statements, steps

_LOG = logging.getLogger(__name__)

DIALECT: Final = Dialect(
    growing_key="INTEGER PRIMARY KEY AUTOINCREMENT",
    octets="BLOB",
    clustered="WITHOUT ROWID",
    claim_lock="",
    listed="json_each(:values)",
)
APPLICATION_ID: Final = 0x73767479  # "svty"
_PAGE_OCTETS: Final = 4096
_CACHED_STATEMENTS: Final = 512
# Writers that check-point while another resets the log may damage the file.
# https://sqlite.org/wal.html, "The WAL-reset bug"
_LOG_RESET_FAULT: Final = ((3, 7, 0), (3, 51, 3))

# What is no text, whole number or fraction is offered to adapters, and without one the
# search for it costs more than the binding. As these are kept as they are, C does it.
_NOTHING: Final[dict[object, None]] = {}
sqlite3.register_adapter(type(None), _NOTHING.get)
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(bytes, bytes)


class SqliteSession:
    """A connection: named statements for repositories, transactions for the engine."""

    def __init__(self, database: Database, *, writes: bool) -> None:
        self._database = database
        self._connection = database.conn
        self._statements = statements(DIALECT)
        self._writes = writes
        self._columns: dict[str, tuple[str, ...]] = {}
        self.appended: list[Appended] = []
        self.held = Held(HELD if writes else 0)
        self._untold = untold(self._statements)
        self.wants_scrub = False

    def all(self, name: str, /, **values: Value) -> list[Row]:
        self._heed(name)
        return self._rows(self._statements[name], values)

    def among(self, name: str, listed: Sequence[str], /, **values: Value) -> list[Row]:
        return self.all(name, **values, values=from_json(listed))

    def one(self, name: str, /, **values: Value) -> Row | None:
        rows = self.all(name, **values)
        return rows[0] if rows else None

    def only(self, name: str, /, **values: Value) -> Row:
        [row] = self.all(name, **values)
        return row

    def run(self, name: str, /, **values: Value) -> int:
        self._heed(name)
        try:
            return self._connection.execute(self._statements[name], values).rowcount
        except sqlite3.Error as error:
            self._fail(error)

    def many(self, name: str, rows: Sequence[Mapping[str, Value]], /) -> int:
        if not rows:
            return 0
        self._heed(name)
        try:
            return self._connection.executemany(self._statements[name], rows).rowcount
        except sqlite3.Error as error:
            self._fail(error)

    def announce(self, appended: Sequence[Appended]) -> None:
        self.appended += appended

    def scrub(self) -> None:
        self.wants_scrub = True

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def control(self, command: str) -> None:
        """BEGIN, COMMIT, SAVEPOINT and their kin."""
        try:
            self._connection.execute(command)
        except sqlite3.Error as error:
            self._fail(error)

    def pragma(self, command: str) -> list[Row]:
        return self._rows(f"PRAGMA {command}", {})

    def figure(self, pragma: str) -> int | str:
        """What a pragma of one value says."""
        try:
            (value,) = self._connection.execute(f"PRAGMA {pragma}").fetchone()
        except sqlite3.Error as error:
            self._fail(error)
        return value if isinstance(value, int) else str(value)

    def page_octets(self, pragma: str) -> int:
        """What a pragma that counts pages says, in octets."""
        return int(self.figure(pragma)) * _PAGE_OCTETS

    def check(self, *, thorough: bool) -> list[str]:
        """What is wrong with the file; empty when nothing is."""
        name = "integrity_check" if thorough else "quick_check"
        try:
            said = [str(row[name]) for row in self.pragma(name)]
        except StoreCorrupt as error:
            return [str(error)]
        return [line for line in said if line != "ok"]

    def give_back(self, pages: int) -> None:
        """Shorten the file by so many free pages."""
        try:
            # `execute` would stop after the first page.
            self._connection.executescript(f"PRAGMA incremental_vacuum({pages})")
        except sqlite3.Error as error:
            self._fail(error)

    def empty_log(self) -> None:
        """Bring the log into the file and cut it off, unless somebody reads it."""
        [row] = self.pragma("wal_checkpoint(TRUNCATE)")
        self.wants_scrub = self.wants_scrub and bool(row["busy"])

    def copy_into(self, target: sqlite3.Connection) -> None:
        """Everything, as of one moment."""
        self._connection.backup(target)

    def close(self) -> None:
        self._database.close()

    def _heed(self, name: str) -> None:
        if name in self._untold:
            self.held.clear()

    def _rows(self, sql: str, values: Mapping[str, Value]) -> list[Row]:
        try:
            cursor = self._connection.execute(sql, values)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            self._fail(error)
        if not rows:
            return []
        # sqlite3.Row looks each column up by going through all names.
        names = self._columns.get(sql)
        if names is None:
            names = self._columns[sql] = tuple(head[0] for head in cursor.description)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _fail(self, error: sqlite3.Error) -> NoReturn:
        raise translate(error, writes=self._writes) from error


def translate(error: sqlite3.Error, *, writes: bool) -> Exception:
    """What SQLite says, in our words."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", "")
    if code is None:
        return AssertionError(f"the database was used wrongly: {error}")
    text = f"{name}: {error}"
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_NOMEM:
            return StoreBusy(text)
        case sqlite3.SQLITE_FULL:
            return StoreFull(text)
        case sqlite3.SQLITE_CONSTRAINT:
            return StoreConflict(text)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreCorrupt(text)
        case sqlite3.SQLITE_READONLY if not writes:
            return AssertionError("a read transaction was asked to write")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreBroken(text)
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_SHMSIZE:
            return StoreFull(text)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PROTOCOL:
            return StoreBroken(text)
        case _:
            return AssertionError(text)


def open_writer(config: StoreConfig) -> SqliteSession:
    """The one connection that writes: checked, set up, with the newest schema."""
    create_private(config.path)
    left_open = config.path.with_name(config.path.name + "-wal").exists()
    try:
        database = _connect(str(config.path), config, uri=False)
        session = SqliteSession(database, writes=True)
        _refuse_stranger(session, config.path)
        _set_up(session, config)
        if left_open:
            _check_after_crash(session)
        migrate(database, steps(DIALECT), statements(DIALECT))
        session.pragma(f"synchronous = {config.synchronous.value}")
        if config.max_octets is not None:
            session.pragma(f"max_page_count = {config.max_octets // _PAGE_OCTETS}")
        _assert_settings(session, config)
    except sqlite3.Error as error:
        raise translate(error, writes=True) from error
    _warn_of_old_library()
    return session


def open_reader(config: StoreConfig) -> SqliteSession:
    """A connection that cannot write."""
    try:
        uri = f"{config.path.absolute().as_uri()}?mode=ro"
        session = SqliteSession(_connect(uri, config, uri=True), writes=False)
        for setting in ("query_only = ON", "trusted_schema = OFF", "mmap_size = 0"):
            session.pragma(setting)
    except sqlite3.Error as error:
        raise translate(error, writes=False) from error
    return session


def verify(path: Path) -> list[str]:
    """What is wrong with a database that nobody has open; empty when nothing is."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            problems = [
                str(line)
                for (line,) in connection.execute("PRAGMA integrity_check")
                if line != "ok"
            ]
            (found,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error as error:
        return [str(error)]
    return (
        problems if found == APPLICATION_ID else [*problems, "not a database of ours"]
    )


def copy(config: StoreConfig, target: Path) -> None:
    """A verified copy of the running database, there whole or not at all.

    Spec: reliability DG-36
    """
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    create_private(unfinished)
    try:
        # One step: a copy in many steps starts anew at every commit of the writer.
        with (
            closing(open_reader(config)) as source,
            closing(sqlite3.connect(unfinished)) as copied,
        ):
            copied.execute("PRAGMA synchronous = OFF")
            source.copy_into(copied)
    except sqlite3.Error as error:
        raise translate(error, writes=True) from error
    problems = verify(unfinished)
    if problems:
        unfinished.unlink()
        raise StoreCorrupt(f"the backup is damaged: {problems[0]}")
    put_in_place(unfinished, target)


def _connect(name: str, config: StoreConfig, *, uri: bool) -> Database:
    connection = sqlite3.connect(
        name,
        uri=uri,
        timeout=config.busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,  # opened in one thread, then used by one other
        cached_statements=_CACHED_STATEMENTS,
    )
    return Database(connection, execute_plugins=False)


def _refuse_stranger(session: SqliteSession, path: Path) -> None:
    # Without a schema it is new, or its making was cut short before our mark was set.
    if session.figure("schema_version") and (
        session.figure("application_id") != APPLICATION_ID
    ):
        raise StoreBroken(f"{path} is a database of another program")


def _settings(config: StoreConfig) -> dict[str, int | str]:
    return {
        "page_size": _PAGE_OCTETS,
        "auto_vacuum": 2,
        "application_id": APPLICATION_ID,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": int(config.busy_timeout_s * 1000),
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "journal_size_limit": 64 * MEBI,
        "temp_store": 2,
        "secure_delete": 1,
        "wal_autocheckpoint": config.checkpoint_pages,
    }


def _set_up(session: SqliteSession, config: StoreConfig) -> None:
    # Until the schema stands, a lost directory entry would lose the whole file.
    session.pragma("synchronous = EXTRA")
    for name, value in _settings(config).items():
        # Some of these write to the file: only where it is needed.
        if session.figure(name) != value:
            session.pragma(f"{name} = {value}")


def settings_in_force(session: SqliteSession, config: StoreConfig) -> dict[str, str]:
    """The pragmas as SQLite reports them."""
    names = [*_settings(config), "synchronous"]
    return {name: str(session.figure(name)) for name in names}


def _assert_settings(session: SqliteSession, config: StoreConfig) -> None:
    wanted = {name: str(value) for name, value in _settings(config).items()}
    wanted["synchronous"] = str({"full": 2, "normal": 1}[config.synchronous.value])
    found = settings_in_force(session, config)
    for name, value in found.items():
        if value != wanted[name]:
            raise StoreBroken(f"{name} is {value} where {wanted[name]} is needed")


def _check_after_crash(session: SqliteSession) -> None:
    _LOG.info("the database was not closed: checking it")
    problems = session.check(thorough=False)
    if problems:
        session.close()
        raise StoreCorrupt(f"damaged: {problems[0]}")


def library() -> tuple[str, bool]:
    """The version of SQLite, and whether it is free of the log-reset fault."""
    first, fixed = _LOG_RESET_FAULT
    return sqlite3.sqlite_version, not first <= sqlite3.sqlite_version_info < fixed


def _warn_of_old_library() -> None:
    version, is_sound = library()
    if not is_sound:
        _LOG.warning(
            "SQLite %s can damage a file that several processes write; "
            "keep this one the only writer",
            version,
        )
