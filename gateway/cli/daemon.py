"""`run` and `check`."""

import argparse
import os

from gateway.cli.output import say, say_json
from gateway.cli.place import config_of
from gateway.config import ConfigProblems, find, load


def check(arguments: argparse.Namespace) -> int:
    """Every problem with its key and line, as `file:line: key: what`."""
    file = find(arguments.config, os.environ)
    problems: list[dict[str, object]] = []
    try:
        load(file, os.environ)
    except ConfigProblems as error:
        problems = [
            {"key": found.path, "line": found.line, "reason": found.reason}
            for found in error.problems
        ]
    if arguments.json:
        say_json({"file": str(file), "problems": problems})
    elif problems:
        for found in problems:
            say(f"{file}:{found['line']}: {found['key']}: {found['reason']}")
    else:
        say(f"{file}: no problems")
    return 2 if problems else 0


def run(arguments: argparse.Namespace) -> int:
    """The daemon, until it is told to stop."""
    config = config_of(arguments)
    from gateway.app.serve import serve

    return serve(config, os.environ)
