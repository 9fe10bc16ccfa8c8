"""`send` and `segments`."""

import argparse
import sys
import threading

from gateway.cli.client import Client, segment
from gateway.cli.output import (
    Progress,
    VerbFailed,
    described,
    say,
    say_fields,
    say_json,
)
from gateway.cli.place import daemon_of
from gateway.core.clock import SystemClock

ENDS = {"delivered", "undelivered", "failed", "expired", "cancelled", "unknown"}
POLL_S = 0.25


def send(arguments: argparse.Namespace) -> None:
    """Submit one text; with `--wait`, until its end."""
    daemon = daemon_of(arguments)
    wish = {
        "to": arguments.to,
        "text": arguments.text,
        "link": arguments.link,
        "class": arguments.message_class,
    }
    body = {key: value for key, value in wish.items() if value is not None}
    answer = described(daemon.call("POST", "/messages", body))
    if arguments.wait:
        answer = _until_its_end(daemon, str(answer["id"]), arguments.wait)
    if arguments.json:
        say_json(answer)
    else:
        say_fields(
            {k: answer.get(k) for k in ("id", "state", "alphabet", "segments", "link")}
        )
    if answer.get("state") in {"undelivered", "failed", "expired"}:
        raise VerbFailed(f"the message ended {answer['state']}")


def _until_its_end(daemon: Client, message_id: str, wait_s: float) -> dict[str, object]:
    """Asks again and again; the message as it is at its end or when time is up."""
    pause = threading.Event()
    clock = SystemClock()
    until = clock.monotonic() + wait_s
    path = f"/messages/{segment(message_id)}"
    with Progress("send") as progress:
        while True:
            message = described(daemon.get(path))
            if message.get("state") in ENDS or clock.monotonic() >= until:
                return message
            progress.step(str(message.get("state")))
            pause.wait(POLL_S)


def segments(arguments: argparse.Namespace) -> None:
    """What a text costs; needs no daemon."""
    from gateway.codec.segment import plan_text

    text = sys.stdin.read() if arguments.text == "-" else arguments.text
    try:
        plan = plan_text(text)
    except ValueError as error:
        raise VerbFailed(str(error)) from error
    fields: dict[str, object] = {
        "alphabet": plan.alphabet.value,
        "segments": plan.segments,
        "units": plan.units,
        "units_per_segment": plan.units_per_segment,
        "units_left": plan.units_left,
        "forcing": list(plan.forcing),
    }
    if arguments.json:
        say_json(fields)
        return
    fields["forcing"] = " ".join(plan.forcing)
    say_fields(fields)
    if plan.forcing:
        say("forcing: the characters that no GSM 7-bit table has")
