"""`seventy user`: the people of the inbox, from the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main

pytestmark = pytest.mark.usefixtures("cheap_passwords")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def box(tmp_path: Path, capsys: Captured) -> Path:
    """What `seventy init` makes; the path of its configuration."""
    assert main(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    return tmp_path / "seventy.toml"


def test_people_are_made_listed_and_closed_without_the_daemon(
    box: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> dict[str, Any]:
        assert main(["user", *words, "--json", "-c", str(box)]) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    made = run("add", "Anna", "--name", "Анна", "--role", "trainee", "--locale", "uk")
    assert len(made["password"]) == 19
    told = (made["login"], made["name"], made["role"], made["locale"])
    assert told == ("anna", "Анна", "trainee", "uk")
    assert run("disable", "anna")["disabled_at"] is not None
    assert run("enable", "ANNA")["disabled_at"] is None
    assert run("totp-off", "anna")["totp"] is False
    monkeypatch.setattr("sys.stdin", io.StringIO("four words of mine\n"))
    assert "password" not in run("passwd", "anna", "--password-stdin")
    assert main(["user", "ls", "-c", str(box)]) == 0
    listed = capsys.readouterr().out
    assert "Анна" in listed
    assert made["password"] not in listed


def test_a_made_password_is_said_once(box: Path, capsys: Captured) -> None:
    assert main(["user", "add", "oleg", "-c", str(box)]) == 0
    password, note = capsys.readouterr().out.splitlines()
    assert len(password) == 19
    assert "not shown again" in note


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "admin"], "already"),
        (["add", "no blanks"], "Latin"),
        (["passwd", "nobody"], "no agent"),
        (["disable", "admin"], "no administrator"),
    ],
)
def test_what_cannot_be_is_said(
    box: Path, capsys: Captured, words: list[str], said: str
) -> None:
    assert main(["user", *words, "-c", str(box)]) == 1
    assert said in capsys.readouterr().err
