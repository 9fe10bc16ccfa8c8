"""`queue ls`, `show`, `retry`, `cancel`: what waits and what is in doubt."""

import argparse

from gateway.cli.client import segment
from gateway.cli.output import described, listed, say, say_fields, say_json, say_table
from gateway.cli.place import daemon_of

WAITING = ("scheduled", "queued", "sending", "unknown")


def ls(arguments: argparse.Namespace) -> None:
    """The messages that are not at their end, or those in the given states."""
    daemon = daemon_of(arguments)
    messages = [
        message
        for state in arguments.state or WAITING
        for message in listed(
            daemon.get(
                "/messages",
                {"direction": "mt", "state": state, "limit": arguments.limit},
            )
        )
    ]
    if arguments.json:
        say_json(messages)
        return
    say_table(
        ("id", "state", "to", "segments", "link", "created"),
        (
            (
                message.get("id"),
                message.get("state"),
                message.get("to"),
                message.get("segments"),
                message.get("link"),
                message.get("created_at"),
            )
            for message in messages
        ),
    )


def show(arguments: argparse.Namespace) -> None:
    """One message with its segments and attempts."""
    message = described(daemon_of(arguments).get(f"/messages/{segment(arguments.id)}"))
    if arguments.json:
        say_json(message)
        return
    plain = {k: v for k, v in message.items() if not isinstance(v, list | dict)}
    if isinstance(error := message.get("error"), dict):
        plain["error"] = f"{error.get('code')}: {error.get('reason')}"
    say_fields(plain)
    for name in ("segment_list", "attempts"):
        rows = message.get(name)
        if isinstance(rows, list) and rows:
            say()
            columns = [key for key in rows[0] if not isinstance(rows[0][key], dict)]
            say_table(columns, ([row.get(key) for key in columns] for row in rows))


def retry(arguments: argparse.Namespace) -> None:
    """A person decides that a message goes out again."""
    answer = daemon_of(arguments).call(
        "POST", f"/messages/{segment(arguments.id)}/retry", {"force": arguments.force}
    )
    _say_state(answer, arguments)


def cancel(arguments: argparse.Namespace) -> None:
    """A message that has not left does not leave."""
    answer = daemon_of(arguments).call("DELETE", f"/messages/{segment(arguments.id)}")
    _say_state(answer, arguments)


def _say_state(answer: object, arguments: argparse.Namespace) -> None:
    if arguments.json:
        say_json(answer)
    else:
        message = described(answer)
        say(f"{message.get('id')} {message.get('state')}")
