"""The verbs as a person types them: what they print, and what they exit with."""

import importlib
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from gateway.cli.arguments import build_parser
from gateway.cli.output import Progress, say_table

pytestmark = pytest.mark.usefixtures("cheap_passwords")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def box(tmp_path: Path, capsys: Captured) -> Path:
    """What `seventy init` makes; the path of its configuration."""
    assert main(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    return tmp_path / "seventy.toml"


VERBS = [
    ("demo",),
    ("run",),
    ("init",),
    ("check",),
    ("doctor",),
    ("status",),
    ("links",),
    ("queue",),
    ("queue", "ls"),
    ("queue", "show"),
    ("queue", "retry"),
    ("queue", "cancel"),
    ("queue", "release"),
    ("send",),
    ("segments",),
    ("ussd",),
    ("user",),
    ("user", "add"),
    ("user", "ls"),
    ("user", "passwd"),
    ("user", "disable"),
    ("user", "enable"),
    ("user", "totp-off"),
    ("token",),
    ("token", "create"),
    ("token", "ls"),
    ("token", "revoke"),
    ("account",),
    ("account", "create"),
    ("account", "ls"),
    ("account", "show"),
    ("account", "set"),
    ("account", "passwd"),
    ("account", "disable"),
    ("account", "enable"),
    ("backup",),
    ("restore",),
    ("export",),
    ("erase",),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_its_help(verb: tuple[str, ...], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*verb, "--help"])
    assert ended.value.code == 0
    assert f"usage: seventy {' '.join(verb)}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [[], ["fly"], ["send", "+7"], ["demo", "--port", "x"], ["token"]]
)
def test_wrong_usage_ends_with_2(wrong: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "usage: seventy" in capsys.readouterr().err


def test_python_m_gateway_is_seventy() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("seventy ")


def test_a_verb_pays_only_for_what_it_uses() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys; from gateway.cli import main; main(['segments', 'x']);"
            "print(sorted({'aiohttp', 'sqlite3', 'serial'} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("[]\n")


def test_check_prints_file_line_key_and_reason(
    tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('[gateway]\ndata_dir = "/x"\nregion = 7\n[x]\n', encoding="utf-8")
    assert main(["check", "-c", str(file)]) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:3: gateway.region: must be text, not a whole number",
        f"{file}:4: x: is not a section of this configuration",
    ]


def test_check_has_json(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("x = 1\n", encoding="utf-8")
    assert main(["check", "--json", "-c", str(file)]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {problem["key"] for problem in found["problems"]} >= {"x"}


def test_a_wrong_configuration_ends_any_verb_with_2(
    tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("x = 1\n", encoding="utf-8")
    for verb in (["run"], ["links"], ["token", "ls"], ["backup", "b"]):
        assert main([*verb, "-c", str(file)]) == 2
    assert "bad.toml:1: x:" in capsys.readouterr().err


def test_segments_says_the_price_and_what_makes_it_dear(capsys: Captured) -> None:
    assert main(["segments", "--json", "7 × 10 €"]) == 0
    priced = json.loads(capsys.readouterr().out)
    assert priced["alphabet"] == "ucs2"
    assert priced["forcing"] == ["×"]


def test_segments_reads_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "segments", "-"],
        input="Да",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ucs2" in done.stdout
    assert done.stderr == ""


def test_keys_are_made_listed_and_ended_without_the_daemon(
    box: Path, capsys: Captured
) -> None:
    config = ["-c", str(box)]
    made = ["token", "create", "crm", "--scope", "messages:read", "--days", "7"]
    assert main([*made, "--json", *config]) == 0
    key = json.loads(capsys.readouterr().out)
    assert key["token"].startswith("svt_")
    assert key["scopes"] == ["messages:read"]
    assert main(["token", "ls", *config]) == 0
    listed = capsys.readouterr().out
    assert key["id"] in listed
    assert key["token"] not in listed
    assert main(["token", "revoke", key["id"], *config]) == 0
    assert main(["token", "revoke", "tok_none", *config]) == 1
    capsys.readouterr()


def test_accounts_are_made_changed_and_closed_without_the_daemon(
    box: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> dict[str, Any]:
        assert main(["account", *words, "--json", "-c", str(box)]) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    rules = [
        "--number",
        "+79160000001",
        "--number",
        "*",
        "--rate",
        "5",
        "--decimal-ids",
    ]
    made = run("create", "crm", "--queue", "crm", *rules)
    assert len(made["password"]) == 8
    shown = run("show", "crm")
    assert shown["numbers"] == ["+79160000001", "*"]
    assert (shown["rate_per_s"], shown["queue"]) == (5, "crm")
    assert shown["decimal_ids"] is True
    run("set", "crm", "--number", "", "--rate", "0", "--queue", "", "--no-decimal-ids")
    shown = run("show", "crm")
    assert (shown["numbers"], shown["rate_per_s"], shown["queue"]) == ([], None, None)
    assert shown["decimal_ids"] is False
    assert run("disable", "crm")["disabled_at"] is not None
    assert run("enable", "crm")["disabled_at"] is None
    monkeypatch.setattr("sys.stdin", io.StringIO("second\n"))
    assert run("passwd", "crm", "--password-stdin")["password"] == "second"
    assert main(["account", "ls", "-c", str(box)]) == 0
    listed = capsys.readouterr().out
    assert "crm" in listed
    assert "second" not in listed
    assert main(["account", "create", "crm", "-c", str(box)]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["account", "set", "erp", "--window", "5", "-c", str(box)]) == 1
    assert "erp" in capsys.readouterr().err


def test_a_scope_that_is_not_one_is_wrong_usage(box: Path, capsys: Captured) -> None:
    assert main(["token", "create", "x", "--scope", "all", "-c", str(box)]) == 2
    assert "messages:send" in capsys.readouterr().err


def test_verbs_of_the_daemon_say_that_it_does_not_run(
    box: Path, capsys: Captured
) -> None:
    for verb in (
        ["links"],
        ["status"],
        ["queue", "ls"],
        ["send", "+79990000001", "x"],
        ["ussd", "sim1", "*100#"],
    ):
        assert main([*verb, "-c", str(box)]) == 1
        assert "seventy run" in capsys.readouterr().err


def test_a_backup_comes_back_and_then_the_queue_is_held(
    box: Path, tmp_path: Path, capsys: Captured
) -> None:
    config = ["-c", str(box)]
    copy = tmp_path / "copy.db"
    assert main(["backup", str(copy), *config]) == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert main(["restore", str(copy), *config]) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["restore", "--force", str(copy), *config]) == 0
    assert "seventy queue release" in capsys.readouterr().out
    assert (box.parent / "data" / "receive-only").exists()
    assert main(["token", "ls", *config]) == 0
    assert "administrator" in capsys.readouterr().out
    assert main(["queue", "release", *config]) == 0
    assert not (box.parent / "data" / "receive-only").exists()


def test_a_file_that_is_no_backup_is_refused(
    box: Path, tmp_path: Path, capsys: Captured
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database" * 1000)
    assert main(["restore", "--force", str(other), "-c", str(box)]) == 1
    assert "no good backup" in capsys.readouterr().err
    assert (box.parent / "data" / "seventy.db").exists()


def test_only_the_last_backups_are_kept(
    box: Path, tmp_path: Path, capsys: Captured
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for day in (1, 2, 3):
        (shelf / f"seventy-2026010{day}T000000Z.db").touch()
    (shelf / "mine.db").touch()
    assert main(["backup", "--keep", "2", str(shelf), "-c", str(box)]) == 0
    left = sorted(path.name for path in shelf.iterdir())
    assert left[0] == "mine.db"
    assert left[1] == "seventy-20260103T000000Z.db"
    assert len(left) == 3
    capsys.readouterr()


def test_files_of_another_user_are_left_alone(
    box: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert main(["token", "ls", "-c", str(box)]) == 1
    assert "run this" in capsys.readouterr().err


def test_what_a_sender_wrote_cannot_drive_the_terminal(capsys: Captured) -> None:
    say_table(("text",), [["a\x1b[2Jb"]])
    assert "\x1b" not in capsys.readouterr().out


def test_every_verb_that_is_named_has_its_code() -> None:
    parser = build_parser()
    for verb in VERBS:
        try:
            arguments = parser.parse_args([*verb, *["x"] * 2][: len(verb) + 2])
        except SystemExit:
            continue
        module, _, function = arguments.verb.partition(":")
        assert callable(
            getattr(importlib.import_module(f"gateway.cli.{module}"), function)
        )


def test_progress_is_for_terminals_only(capsys: Captured) -> None:
    with Progress("backup") as progress:
        progress.step("half")
    assert capsys.readouterr().err == ""
