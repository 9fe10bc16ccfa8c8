"""`init`: a commented configuration and the first administrator's key.

Overwrites nothing. The template names every key with its default; a test holds it to
the sections.
"""

import argparse
import json
import os
from pathlib import Path

from gateway.cli.output import VerbFailed, say
from gateway.cli.token import on_the_store
from gateway.config import load
from gateway.core.account import Role
from gateway.store.disk import create_private

FILE = "seventy.toml"
TEMPLATE = Path(__file__).with_name("template.toml")


def run(arguments: argparse.Namespace) -> None:
    """Writes the file, makes the database and one key, and says it once."""
    directory = arguments.dir.absolute()
    data_dir = (arguments.data_dir or directory / "data").absolute()
    file = directory / FILE
    if file.exists():
        raise VerbFailed(f"{file} exists; it is left as it is")
    text = TEMPLATE.read_text(encoding="utf-8")
    # A JSON string is also a TOML one.
    text = text.replace('"/var/lib/seventy"', json.dumps(str(data_dir)), 1)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        create_private(file)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise VerbFailed(f"cannot write {file}: {error.strerror}") from error
    config = load(file, os.environ)
    token, plaintext = on_the_store(
        config, lambda tokens: tokens.create("administrator", frozenset({Role.ADMIN}))
    )
    say(f"configuration  {file}")
    say(f"database       {config.store.path}")
    say(f"administrator  {plaintext}")
    say(f"The key above ({token.id}) is not shown again.")
    say(f"Next: name your modems in {file}, then: seventy check; seventy run")
