"""`seventy init`: what it writes, whom it makes, and what it never says twice."""

import io
import json
import re
import stat
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from gateway.cli.init import TEMPLATE
from gateway.config import SECTIONS
from gateway.config.section import (
    ClassSection,
    GatewaySection,
    PolicySection,
    RetentionSection,
    RouteSection,
)
from gateway.store.config import StoreConfig
from modem.config import ModemConfig
from smpp.config import BindConfig
from web.config import HttpConfig, HttpLimits

pytestmark = pytest.mark.usefixtures("cheap_passwords")

Captured = pytest.CaptureFixture[str]


def agents_of(file: Path, capsys: Captured) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["user", "ls", "--json", "-c", str(file)]) == 0
    agents: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return agents


def test_init_makes_a_configuration_a_database_and_one_key(
    tmp_path: Path, capsys: Captured
) -> None:
    assert main(["init", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert len(re.findall(r"svt_\w+", said)) == 1
    file = tmp_path / "new" / "seventy.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["check", "-c", str(file)]) == 0
    assert (tmp_path / "new" / "data" / "seventy.db").exists()


def test_in_a_pipe_the_first_administrator_gets_a_password_of_chance(
    tmp_path: Path, capsys: Captured
) -> None:
    passwords = set()
    for name in ("one", "two"):
        assert main(["init", str(tmp_path / name)]) == 0
        said = capsys.readouterr().out
        passwords |= set(re.findall(r"^password +(\w{4}(?:-\w{4}){3})$", said, re.M))
        [agent] = agents_of(tmp_path / name / "seventy.toml", capsys)
        assert (agent["login"], agent["role"]) == ("admin", "administrator")
    assert len(passwords) == 2


def test_a_file_may_hold_the_password_which_is_not_said(
    tmp_path: Path, capsys: Captured
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("four words of mine\n", encoding="utf-8")
    words = ["--admin-login", "Root", "--admin-password-file", str(secret)]
    assert main(["init", str(tmp_path / "new"), *words]) == 0
    said = capsys.readouterr().out
    assert "four words" not in said
    assert "password " not in said
    [agent] = agents_of(tmp_path / "new" / "seventy.toml", capsys)
    assert agent["login"] == "root"


@pytest.mark.parametrize(
    ("login", "password"), [("root", "short"), ("no blanks!", "four words of mine")]
)
def test_what_cannot_be_is_said_before_anything_is_written(
    tmp_path: Path, capsys: Captured, login: str, password: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(password, encoding="utf-8")
    words = ["--admin-login", login, "--admin-password-file", str(secret)]
    assert main(["init", str(tmp_path / "new"), *words]) == 1
    assert not (tmp_path / "new").exists()
    assert main(["init", str(tmp_path), "--admin-password-file", "nowhere"]) == 1
    assert "cannot read nowhere" in capsys.readouterr().err


def test_on_a_terminal_it_asks_until_the_password_is_good(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter(
        ["short", "four words of mine", "not the same", *["five of them now"] * 2]
    )
    monkeypatch.setattr("sys.stdin", Terminal("vera\n"))
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert main(["init", str(tmp_path / "new")]) == 0
    said = capsys.readouterr()
    assert "12 to 128" in said.err
    assert "two different" in said.err
    assert "five of them" not in said.out
    assert next(typed, None) is None
    [agent] = agents_of(tmp_path / "new" / "seventy.toml", capsys)
    assert agent["login"] == "vera"


def test_init_overwrites_nothing(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "seventy.toml"
    file.write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert "left as it is" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"


def keys_of(owner: type[Any]) -> set[str]:
    return {
        field.name.removesuffix("_")
        for field in fields(owner)
        if not (isinstance(field.type, type) and is_dataclass(field.type))
    }


OWNERS: dict[str, tuple[type[Any], set[str]]] = {
    "gateway": (GatewaySection, set()),
    "http": (HttpConfig, {"public_url", "limits"}),
    "http.limits": (HttpLimits, set()),
    "modem": (ModemConfig, {"pin_file"}),
    "smpp": (
        BindConfig,
        {"source_address", "destination_address", "short_code", "national"},
    ),
    "route": (RouteSection, set()),
    "class.normal": (ClassSection, set()),
    "class.otp": (ClassSection, set()),
    "class.alert": (ClassSection, set()),
    "class.bulk": (ClassSection, set()),
    "policy": (PolicySection, set()),
    "retention": (RetentionSection, set()),
    "store": (StoreConfig, {"path"}),
}


def test_the_template_names_every_key_of_every_section() -> None:
    text = re.sub(r"^#(?=\w|\[)", "", TEMPLATE.read_text(encoding="utf-8"), flags=re.M)
    tables = tomllib.loads(text)
    assert set(tables) == SECTIONS
    for name, (owner, elsewhere) in OWNERS.items():
        table: Any = tables
        for step in name.split("."):
            table = table[step]
        (table,) = table if isinstance(table, list) else (table,)
        keys = {key for key, value in table.items() if not isinstance(value, dict)}
        assert keys == keys_of(owner) - elsewhere, name


def test_the_values_in_the_template_are_the_defaults() -> None:
    text = re.sub(r"^#(?=\w|\[)", "", TEMPLATE.read_text(encoding="utf-8"), flags=re.M)
    tables = tomllib.loads(text)
    tables["http.limits"] = tables["http"].pop("limits")
    shown_only = {"data_dir", "public_url", "webhook_hosts", "tls_certificate"} | {
        "tls_key",
        "max_octets",
        "stop_words",
        "start_words",
    }
    for name in ("gateway", "http", "http.limits", "policy", "retention", "store"):
        owner, _ = OWNERS[name]
        for field in fields(owner):
            if field.name in tables[name] and field.name not in shown_only:
                assert tables[name][field.name] == field.default, field.name
