"""A Kannel from Debian as the subject of a trial: with its disk store, as for use.

Nothing is logged to disk, as that costs speed; the map of receipts is in memory, where
Kannel keeps it by default, or in SQLite. Running it is `tests.support.kannel`'s.
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from tests.bench.trial import Running, Subject, Trial
from tests.support import kannel as programs

_PATH = (
    "/cgi-bin/sendsms?username=user&password=user&from=2345"
    "&text=Your+order+is+ready,+the+code+is+2718"
)
_TABLE = """
CREATE TABLE dlr (
    smsc TEXT, ts TEXT, source TEXT, destination TEXT, service TEXT, url TEXT,
    mask TEXT, status TEXT, boxc TEXT
)
"""


def kannel(*, receipts_on_disk: bool = False) -> Subject:
    """Kannel with the file store; its map of receipts in memory or in SQLite (WAL)."""

    @asynccontextmanager
    async def subject(
        folder: Path, trial: Trial, smsc_port: int, receiver_port: int
    ) -> AsyncIterator[Running]:
        core = f'store-type = file\nstore-location = "{folder / "store"}"'
        database = folder / "receipts.db"
        if receipts_on_disk:
            _make_table(database)
        async with programs.kannel(
            folder,
            port=smsc_port,
            system_id="bench",
            password="bench",
            core=core + ("\ndlr-storage = sqlite3" if receipts_on_disk else ""),
            smsc=f"max-pending-submits = {trial.window}",
            others=_in_sqlite(database) if receipts_on_disk else "",
        ) as boxes:
            receipt_url = f"http://127.0.0.1:{receiver_port}/receipt?to="
            yield Running(
                pids=[boxes.bearerbox_pid, boxes.smsbox_pid],
                question={
                    "kind": "kannel",
                    "host": "127.0.0.1",
                    "port": boxes.sending_port,
                    "path": _PATH + ("&dlr-mask=3" if trial.receipts else ""),
                    "receipt_url": quote(receipt_url, "") if trial.receipts else "",
                },
            )

    return subject


def _in_sqlite(database: Path) -> str:
    return f"""
group = sqlite3-connection
id = receipts
database = "{database}"
max-connections = 1

group = dlr-db
id = receipts
table = dlr
field-smsc = smsc
field-timestamp = ts
field-source = source
field-destination = destination
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc
"""


def _make_table(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
        connection.execute("CREATE INDEX dlr_by_time ON dlr (ts)")
        connection.commit()
