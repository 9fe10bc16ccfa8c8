"""What `store_workload` promised on its output, held against what is on the disk."""

from collections.abc import Sequence
from pathlib import Path

from gateway.core.ids import MessageId
from gateway.core.message import MessageState
from gateway.store.sqlite import SqliteSession, verify
from gateway.store.store import SqlTx
from tests.support.clock import START


def broken_promises(
    session: SqliteSession, folder: Path, promises: Sequence[str]
) -> list[str]:
    """Those that the database open in `session`, or its folder, does not keep."""
    purging = "PURGING" in promises
    return [
        promise
        for promise in promises
        if not _is_kept(session, promise, purging=purging)
        or not _is_backed_up(folder, promise)
    ]


def _is_kept(session: SqliteSession, promise: str, *, purging: bool) -> bool:
    tx = SqlTx(session)
    kind, _, subject = promise.partition(" ")
    if kind == "RECEIVED":
        return not tx.inbox.remember_fingerprint(bytes.fromhex(subject), START)
    if kind not in ("ACCEPTED", "INTENT", "SENT"):
        return True
    message = tx.outbox.get(MessageId(subject))
    if message is None:
        return purging
    events = [e for e in tx.events.after(0, 1000) if e.message_id == subject]
    accepted = bool(tx.outbox.segments(message.id)) and bool(events)
    intended = kind == "ACCEPTED" or bool(tx.outbox.attempts(message.id))
    sent = kind != "SENT" or message.state is MessageState.SENT
    return accepted and intended and sent


def _is_backed_up(folder: Path, promise: str) -> bool:
    kind, _, name = promise.partition(" ")
    return kind != "BACKUP" or verify(folder / name) == []
