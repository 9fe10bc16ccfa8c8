"""Where a verb gets a password from: standard input, a file, a person at a terminal.

Never from an argument, which would show in `ps`.
"""

import argparse
import getpass
import sys
from pathlib import Path

from gateway.cli.output import VerbFailed, warn
from gateway.core.errors import Invalid


def password_of(arguments: argparse.Namespace) -> str | None:
    """The first line of standard input when that was asked for."""
    if not arguments.password_stdin:
        return None
    return sys.stdin.readline().rstrip("\n")


def password_in(file: Path) -> str:
    """The first line of a file."""
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise VerbFailed(f"cannot read {file}: {error}") from error


def ask_password(login: str) -> str:
    """What a person types twice; asked again until it is good."""
    from gateway.engine.agent_password import check_password

    while True:
        password = getpass.getpass(f"Password of {login} (12 characters or more): ")
        try:
            check_password(password, login)
        except Invalid as error:
            warn(error.detail)
            continue
        if getpass.getpass("The same again: ") == password:
            return password
        warn("these were two different ones")
