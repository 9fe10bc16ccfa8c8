"""`export` and `erase`: what is known of a number, through the running daemon.

An erasure shows first what it would take, and has the number typed again unless it was
given as `--confirm`.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

from gateway.cli.client import Client, segment
from gateway.cli.output import (
    VerbFailed,
    described,
    say,
    say_fields,
    say_json,
)
from gateway.cli.place import daemon_of

_PRIVATE = 0o600


def export(arguments: argparse.Namespace) -> None:
    """Everything, as one JSON document."""
    daemon = daemon_of(arguments)
    contact = _contact(daemon, arguments.msisdn)
    whole = daemon.get(f"/contacts/{segment(str(contact['id']))}/export")
    if arguments.output is None:
        say_json(whole)
        return
    _write(arguments.output, json.dumps(whole, ensure_ascii=False, indent=2))
    say(f"{arguments.output}: everything known of {contact['address']}")


def erase(arguments: argparse.Namespace) -> None:
    """Count, ask, delete."""
    daemon = daemon_of(arguments)
    contact = _contact(daemon, arguments.msisdn)
    path = f"/contacts/{segment(str(contact['id']))}/erase"
    counts = described(daemon.call("POST", path, {"dry_run": True}))
    if not arguments.dry_run:
        typed = arguments.confirm or _typed(str(contact["address"]), counts)
        body = {"dry_run": False, "confirm": typed}
        counts = described(daemon.call("POST", path, body))
    if arguments.json:
        say_json(counts)
        return
    say_fields(counts)
    if counts["erased"]:
        say("erased here; backups made before still hold it")


def _contact(daemon: Client, msisdn: str) -> dict[str, object]:
    return described(daemon.get(f"/contacts/by-number/{quote(msisdn, safe='')}"))


def _typed(address: str, counts: dict[str, object]) -> str:
    """What a person types who has read what goes."""
    if not sys.stdin.isatty():
        raise VerbFailed("give the number again with --confirm, or use a terminal")
    say_fields({name: count for name, count in counts.items() if name != "erased"})
    return input(f"this cannot be undone; type {address} to erase it: ").strip()


def _write(path: Path, text: str) -> None:
    """A new file that only its owner reads."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    except OSError as error:
        raise VerbFailed(f"cannot write {path}: {error.strerror}") from error
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
