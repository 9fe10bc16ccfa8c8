"""`status`, `links` and `ussd`."""

import argparse

from gateway.cli.client import segment
from gateway.cli.output import described, listed, say, say_fields, say_json, say_table
from gateway.cli.place import daemon_of

DETAILS = ("reason", "detail")


def links(arguments: argparse.Namespace) -> None:
    """Every link: state, operator, signal, and what to do when it is not up."""
    found = listed(daemon_of(arguments).get("/links"))
    if arguments.json:
        say_json(found)
        return
    say_table(
        ("link", "state", "msisdn", "operator", "registration", "dBm", "port", "why"),
        (
            (
                link.get("id"),
                link.get("state"),
                link.get("msisdn"),
                link.get("operator"),
                link.get("registration"),
                link.get("signal_dbm"),
                link.get("port"),
                ": ".join(str(link[key]) for key in DETAILS if link.get(key)),
            )
            for link in found
        ),
    )


def status(arguments: argparse.Namespace) -> None:
    """What is up, what waits, what is in doubt."""
    found = described(daemon_of(arguments).get("/status"))
    if arguments.json:
        say_json(found)
        return
    say_fields({k: v for k, v in found.items() if not isinstance(v, list | dict)})
    for name, value in found.items():
        if isinstance(value, dict):
            say(f"\n{name}")
            say_fields(value)
        elif isinstance(value, list):
            say(f"\n{name}")
            columns = list(value[0]) if value else []
            say_table(columns, ([row.get(key) for key in columns] for row in value))


def ussd(arguments: argparse.Namespace) -> None:
    """Run one code and print what the network said."""
    answer = daemon_of(arguments).call(
        "POST", f"/links/{segment(arguments.link)}/ussd", {"code": arguments.code}
    )
    if arguments.json:
        say_json(answer)
    else:
        say(str(described(answer).get("text", "")))
