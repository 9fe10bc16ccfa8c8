"""`backup` and `restore`: one file, the database as of one moment.

A backup is read beside the running daemon. What is restored may hold messages that
have been sent since, so the daemon then only receives until a person has looked at the
queue and says `seventy queue release`.
"""

import argparse
from pathlib import Path

from gateway.app.hold import Hold
from gateway.cli.output import Progress, VerbFailed, WrongUsage, say
from gateway.cli.place import config_of, own_store
from gateway.core.clock import SystemClock
from gateway.core.errors import StoreError


def backup(arguments: argparse.Namespace) -> None:
    """A verified copy; with `--keep`, into a directory that holds the last N."""
    from gateway.store.sqlite import copy

    config = config_of(arguments)
    own_store(config)
    if not config.store.path.is_file():
        raise VerbFailed(f"there is no database at {config.store.path}")
    target: Path = arguments.file
    if arguments.keep:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = SystemClock().now().strftime("%Y%m%dT%H%M%SZ")
        target = target / f"seventy-{stamp}.db"
    elif target.is_dir():
        raise WrongUsage(f"{target} is a directory: name a file, or give --keep N")
    try:
        with Progress("backup") as progress:
            progress.step(str(target))
            copy(config.store, target)
    except (StoreError, OSError) as error:
        raise VerbFailed(f"no backup was made: {error}") from error
    if arguments.keep:
        # Names hold the time, so their order is the order in time.
        for old in sorted(target.parent.glob("seventy-*.db"))[: -arguments.keep]:
            old.unlink()
    say(f"{target}: {target.stat().st_size} octets, verified")


def restore(arguments: argparse.Namespace) -> None:
    """Put a verified copy in the database's place."""
    from gateway.store.disk import WriterLock, restore, set_aside
    from gateway.store.sqlite import verify

    config = config_of(arguments)
    own_store(config)
    database = config.store.path
    if problems := verify(arguments.file):
        raise VerbFailed(f"{arguments.file} is no good backup: {problems[0]}")
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        if database.exists():
            if not arguments.force:
                raise VerbFailed(f"{database} exists; --force moves it aside")
            WriterLock(database).release()
            for moved in set_aside(database):
                say(f"kept what was there as {moved}")
        restore(arguments.file, database)
    except (StoreError, OSError) as error:
        raise VerbFailed(f"not restored: {error}; stop the daemon first") from error
    Hold(config.gateway.data_dir).set(f"restored from {arguments.file}")
    say(f"{database} restored; only receiving until: seventy queue release")


def release(arguments: argparse.Namespace) -> None:
    """A person has looked: what waits may go out."""
    held = Hold(config_of(arguments).gateway.data_dir)
    try:
        why = held.release()
    except OSError as error:
        raise VerbFailed(f"cannot release the queue: {error}") from error
    say("the queue is not held" if why is None else f"released; it was held: {why}")
