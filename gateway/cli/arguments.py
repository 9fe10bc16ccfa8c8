"""What may be written on the command line; every verb says where its code is."""

import argparse
from collections.abc import Callable
from pathlib import Path

import gateway

Verbs = argparse._SubParsersAction  # argparse has no public name for it


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="seventy", description="SMS gateway: two-way SMS over GSM modems."
    )
    parser.add_argument(
        "--version", action="version", version=f"seventy {gateway.__version__}"
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for add in (_demo, _run, _init, _check, _doctor, _status, _links, _queue):
        add(verbs)
    for add in (_send, _segments, _ussd, _user, _token, _account, _backup, _restore):
        add(verbs)
    for add in (_export, _erase):
        add(verbs)
    return parser


def _verb(
    verbs: "Verbs[argparse.ArgumentParser]",
    name: str,
    code: str,
    does: str,
    *,
    config: bool = True,
    data: bool = False,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=does, description=does[0].upper() + does[1:])
    verb.set_defaults(verb=code)
    if config:
        verb.add_argument(
            "-c",
            "--config",
            type=Path,
            metavar="FILE",
            help="configuration (else $SEVENTY_CONFIG, ./seventy.toml, "
            "/etc/seventy/seventy.toml)",
        )
    if data:
        verb.add_argument("--json", action="store_true", help="print JSON")
    return verb


def _demo(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs,
        "demo",
        "demo:run",
        "simulator and gateway together, on a data directory that is kept",
        config=False,
    )
    verb.add_argument(
        "--dir", type=Path, default=Path(".demo"), metavar="D", help="data directory"
    )
    verb.add_argument(
        "--port",
        type=_port,
        default=8070,
        metavar="N",
        help="port of the gateway; the simulator takes the next (default 8070)",
    )


def _run(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    _verb(verbs, "run", "daemon:run", "the daemon")


def _init(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs,
        "init",
        "init:run",
        "write a commented configuration, create the first administrator and a key",
        config=False,
    )
    verb.add_argument(
        "dir", type=Path, nargs="?", default=Path(), metavar="DIR", help="where (.)"
    )
    verb.add_argument(
        "--data-dir", type=Path, metavar="D", help="data directory (default DIR/data)"
    )
    verb.add_argument(
        "--admin-login",
        metavar="LOGIN",
        help="of the first administrator (asked for on a terminal, else admin)",
    )
    verb.add_argument(
        "--admin-password-file",
        type=Path,
        metavar="FILE",
        help="its first line is the password (asked for on a terminal, else made and "
        "shown once)",
    )


def _check(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    _verb(
        verbs,
        "check",
        "daemon:check",
        "read the configuration, print every problem with its key and line",
        data=True,
    )


def _doctor(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs,
        "doctor",
        "doctor:run",
        "look at the box and at every modem; one verdict and the fix for each",
        data=True,
    )
    verb.add_argument(
        "ports", nargs="*", metavar="PORT", help="only these ports (default: all)"
    )


def _status(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    _verb(verbs, "status", "links:status", "what is up and what waits", data=True)


def _links(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "links", "links:links", "every link and how it is", data=True)
    verb.add_argument("link", nargs="?", metavar="LINK", help="all of this one")


def _queue(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "queue", "", "what waits, what is in doubt", config=False)
    acts = verb.add_subparsers(title="verbs", metavar="VERB", required=True)
    ls = _verb(acts, "ls", "queue:ls", "messages that are not at their end", data=True)
    ls.add_argument("--state", action="append", metavar="STATE", help="only these")
    ls.add_argument("--limit", type=_count, default=50, metavar="N")
    show = _verb(acts, "show", "queue:show", "one message, all of it", data=True)
    show.add_argument("id", metavar="ID")
    retry = _verb(acts, "retry", "queue:retry", "send a failed one again", data=True)
    retry.add_argument("id", metavar="ID")
    retry.add_argument(
        "--force",
        action="store_true",
        help="also when it may have been sent (the person may get it twice)",
    )
    _verb(acts, "release", "archive:release", "let it go out again after a restore")
    cancel = _verb(acts, "cancel", "queue:cancel", "take one back", data=True)
    cancel.add_argument("id", metavar="ID")


def _send(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs, "send", "messages:send", "send a text by the running daemon", data=True
    )
    verb.add_argument("to", metavar="TO")
    verb.add_argument("text", metavar="TEXT")
    verb.add_argument("--link", metavar="L", help="by this link")
    verb.add_argument(
        "--class",
        dest="message_class",
        choices=("normal", "otp", "alert", "bulk"),
        help="how to treat it",
    )
    verb.add_argument(
        "--wait",
        type=_seconds,
        metavar="S",
        help="wait so many seconds for the end and say it",
    )


def _segments(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs,
        "segments",
        "messages:segments",
        "what a text costs: alphabet, segments, what forces UCS-2",
        config=False,
        data=True,
    )
    verb.add_argument("text", metavar="TEXT", help="- reads standard input")


def _ussd(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs, "ussd", "links:ussd", "run a USSD code: balance and the like", data=True
    )
    verb.add_argument("link", metavar="LINK")
    verb.add_argument("code", metavar="CODE")


def _user(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "user", "", "people who answer in the inbox", config=False)
    acts = verb.add_subparsers(title="verbs", metavar="VERB", required=True)

    def one(name: str, code: str, does: str) -> argparse.ArgumentParser:
        act = _verb(acts, name, f"user:{code}", does, data=True)
        act.add_argument("login", metavar="LOGIN")
        return act

    _verb(acts, "ls", "user:ls", "everybody, closed ones too", data=True)
    add = one("add", "add", "somebody new")
    add.add_argument("--name", metavar="NAME", help="as colleagues see it (LOGIN)")
    add.add_argument(
        "--role",
        choices=("administrator", "supervisor", "agent", "trainee"),
        default="agent",
        help="what they may do (default agent)",
    )
    add.add_argument(
        "--locale",
        choices=("ru", "uk", "en"),
        default="ru",
        help="language of their inbox (default ru)",
    )
    passwd = one("passwd", "passwd", "another password; logged out everywhere")
    for act in (add, passwd):
        _password_option(act, "12 characters or more")
    one("disable", "disable", "let them in no more; logged out everywhere")
    one("enable", "enable", "let them in again")
    one("totp-off", "totp_off", "let them in without one-time codes")


def _token(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "token", "", "keys of the API", config=False)
    acts = verb.add_subparsers(title="verbs", metavar="VERB", required=True)
    create = _verb(acts, "create", "token:create", "a new key, shown once", data=True)
    create.add_argument("name", metavar="NAME")
    create.add_argument(
        "--scope",
        action="append",
        metavar="SCOPE",
        help="may be repeated; default: messages:send, messages:read",
    )
    create.add_argument("--days", type=_count, metavar="N", help="ends after N days")
    _verb(acts, "ls", "token:ls", "the keys, without their secrets", data=True)
    revoke = _verb(acts, "revoke", "token:revoke", "end a key at once", data=True)
    revoke.add_argument("id", metavar="ID")


def _account(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "account", "", "applications that bind over SMPP", config=False)
    acts = verb.add_subparsers(title="verbs", metavar="VERB", required=True)

    def one(name: str, code: str, does: str) -> argparse.ArgumentParser:
        act = _verb(acts, name, f"account:{code}", does, data=True)
        act.add_argument("system_id", metavar="SYSTEM_ID")
        return act

    _verb(acts, "ls", "account:ls", "the accounts and what waits for them", data=True)
    one("show", "show", "one account, all of its rules")
    create = one("create", "create", "a new account; its password is shown once")
    _account_rules(create)
    _password_option(create, "1 to 8 characters")
    _account_rules(one("set", "change", "change rules; an empty value takes one away"))
    passwd = one("passwd", "password", "another password, shown once")
    _password_option(passwd, "1 to 8 characters")
    one("disable", "disable", "close it; what it is owed is kept")
    one("enable", "enable", "open it again")


def _account_rules(verb: argparse.ArgumentParser) -> None:
    lists = verb.add_argument_group("may be repeated")
    lists.add_argument("--source", action="append", metavar="CIDR", help="binds from")
    lists.add_argument(
        "--sender", action="append", metavar="S", help="sends as: name, number, prefix*"
    )
    lists.add_argument(
        "--destination", action="append", metavar="P", help="sends to numbers so begun"
    )
    lists.add_argument(
        "--number", action="append", metavar="N", help="gets what is written to N, or *"
    )
    verb.add_argument("--rate", type=_rate, metavar="N", help="submissions a second")
    verb.add_argument("--max-binds", type=_count, metavar="N")
    verb.add_argument("--window", type=_count, metavar="N", help="unanswered, its own")
    verb.add_argument(
        "--deliver-window", type=_count, metavar="N", help="unanswered, ours"
    )
    verb.add_argument("--queue", metavar="Q", help="where its messages are put")
    verb.add_argument("--description", metavar="TEXT")
    verb.add_argument(
        "--idempotent-s",
        type=_bounded(0, 86_400),
        metavar="S",
        help="one user_message_reference within so many seconds is one message",
    )
    for name, does in (
        ("decimal-ids", "message ids of ten digits"),
        ("long-dates", "receipts with seconds in their dates"),
        ("receipt-tlvs", "receipts with optional parameters (default)"),
    ):
        verb.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=does)


def _password_option(verb: argparse.ArgumentParser, length: str) -> None:
    verb.add_argument(
        "--password-stdin",
        action="store_true",
        help=f"read it from standard input ({length}) instead of making one",
    )


def _backup(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs, "backup", "archive:backup", "a verified copy, also while running"
    )
    verb.add_argument("file", type=Path, metavar="FILE")
    verb.add_argument(
        "--keep", type=_count, metavar="N", help="FILE is a directory; keep the last N"
    )


def _restore(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs, "restore", "archive:restore", "put a backup in place; daemon stopped"
    )
    verb.add_argument("file", type=Path, metavar="FILE")
    verb.add_argument(
        "--force", action="store_true", help="move aside the database that is there"
    )


def _export(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(verbs, "export", "person:export", "all that is known of a number")
    verb.add_argument("msisdn", metavar="MSISDN")
    verb.add_argument(
        "--output", type=Path, metavar="FILE", help="a new file (else the terminal)"
    )


def _erase(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    verb = _verb(
        verbs,
        "erase",
        "person:erase",
        "delete all that is known of a number; an opt-out is kept",
        data=True,
    )
    verb.add_argument("msisdn", metavar="MSISDN")
    verb.add_argument(
        "--dry-run", action="store_true", help="only count what would be deleted"
    )
    verb.add_argument("--confirm", metavar="MSISDN", help="the number again")


def _bounded(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be {low} to {high}, not {text!r}")
        return int(text)

    return number


def _rate(text: str) -> float:
    """A number; 0 takes the limit away."""
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 100_000:
        raise argparse.ArgumentTypeError(f"must be 0 to 100000, not {text!r}")
    return rate


_port = _bounded(1, 65534)
_count = _bounded(1, 10_000)
_seconds = _bounded(1, 86_400)
