"""`status`, `links` and `ussd`."""

import argparse
from collections.abc import Mapping, Sequence

from gateway.cli.client import segment
from gateway.cli.output import (
    described,
    listed,
    printable,
    say,
    say_fields,
    say_json,
    say_table,
)
from gateway.cli.place import daemon_of

COLUMNS = (
    "link",
    "kind",
    "state",
    "operator",
    "window",
    "rate/s",
    "waits",
    "sent/min",
    "doubt",
    "last error",
)
LONGEST_OPERATOR = 14
LONGEST_LINE = 100
SHORTEST_ERROR = 16


def links(arguments: argparse.Namespace) -> None:
    """Every link on a line, and what to do when it is not well; or all of one."""
    daemon = daemon_of(arguments)
    if arguments.link is not None:
        link = described(daemon.get(f"/links/{segment(arguments.link)}"))
        (say_json if arguments.json else say_link)(link)
        return
    found = listed(daemon.get("/links"))
    (say_json if arguments.json else say_links)(found)


def say_links(found: Sequence[Mapping[str, object]]) -> None:
    """A line for each, short enough for a terminal; below, who is not well and why."""
    rows = [_row(link) for link in found]
    table = [COLUMNS, *rows]
    widths = [max(len(str(row[i] or "-")) for row in table) for i in range(9)]
    left = LONGEST_LINE - sum(width + 2 for width in widths)
    longest_error = max(left, SHORTEST_ERROR)
    say_table(COLUMNS, ([*row[:-1], _cut(row[-1], longest_error)] for row in rows))
    for link in found:
        if link.get("reason"):
            words = (link[key] for key in ("id", "reason", "detail") if link[key])
            say(printable(": ".join(map(str, words))))


def say_link(link: Mapping[str, object]) -> None:
    """All that is known of one, and of its lane."""
    dispatch = link.get("dispatch")
    say_fields({key: value for key, value in link.items() if key != "dispatch"})
    if isinstance(dispatch, dict):
        say("\nlane")
        say_fields(dispatch)


def _row(link: Mapping[str, object]) -> list[object]:
    lane = link.get("dispatch")
    lane = lane if isinstance(lane, dict) else {}
    rate = link.get("rate_per_s") or lane.get("rate_per_s")
    is_degraded = link.get("reason") == "degraded"
    return [
        link.get("id"),
        link.get("kind"),
        "degraded" if is_degraded else link.get("state"),
        _cut(link.get("operator") or link.get("smsc"), LONGEST_OPERATOR),
        _share(link.get("in_flight"), link.get("window")),
        f"{rate:.4g}" if isinstance(rate, int | float) else None,
        lane.get("queue"),
        lane.get("sent_last_minute"),
        lane.get("in_doubt"),
        link.get("last_error"),
    ]


def _share(used: object, allowed: object) -> str | None:
    if allowed is None:
        return None
    return f"{'-' if used is None else used}/{allowed}"


def _cut(text: object, longest: int) -> str | None:
    if text is None:
        return None
    words = str(text)
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


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
