"""The house rules that a tool can check: contracts, sizes, names, doors, secrets."""

import ast
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("gateway", "modem", "smpp", "web", "hwsim")
OURS = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# Tables and generated data.
LONG_BY_NATURE = {
    "gateway/codec/gsm7_tables.py",
    "hwsim/personalities.py",
    "hwsim/wire/gsm7_tables.py",
}
MOST_LINES = 400
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "misc"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules ask of a module: it is parsed once."""

    calls: tuple[tuple[int, str], ...]
    keywords: tuple[tuple[int, str | None], ...]
    strings: tuple[tuple[int, str], ...]
    catches: tuple[str, ...]


@cache
def facts(path: Path) -> Facts:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return Facts(
        calls=tuple(
            (one.lineno, dotted(one.func)) for one in nodes if isinstance(one, ast.Call)
        ),
        keywords=tuple(
            (one.lineno, one.arg) for one in nodes if isinstance(one, ast.keyword)
        ),
        strings=tuple(
            (one.lineno, one.value)
            for one in nodes
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ),
        catches=tuple(
            "" if one.type is None else ast.unparse(one.type)
            for one in nodes
            if isinstance(one, ast.ExceptHandler)
        ),
    )


def dotted(node: ast.expr) -> str:
    """What `ast.unparse` says of a name, in a tenth of the time."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ast.unparse(node)


def found(pattern: str, within: list[Path]) -> list[str]:
    """`file:line` of every call whose name matches."""
    return [
        f"{named(path)}:{line} {name}"
        for path in within
        for line, name in facts(path).calls
        if re.search(pattern, name)
    ]


def test_no_module_is_too_long() -> None:
    long = {
        named(path): lines
        for path in OURS + TESTS
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert set(long) <= LONG_BY_NATURE, long


def test_no_module_is_a_drawer() -> None:
    assert [named(path) for path in OURS if path.stem in BANNED_NAMES] == []


def test_every_module_says_what_it_is() -> None:
    silent = [named(path) for path in OURS + TESTS if begins_without_a_word(path)]
    assert silent == []


def begins_without_a_word(path: Path) -> bool:
    """An empty file has nothing to tell."""
    text = path.read_text(encoding="utf-8").strip()
    return bool(text) and not text.startswith(('"""', 'r"""'))


SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|DROP|ALTER)\s", re.M)


def test_sql_stands_in_sql_files_only() -> None:
    strings = [
        f"{named(path)}:{line}"
        for path in OURS
        for line, text in facts(path).strings
        if SQL.search(text)
    ]
    assert strings == []


def test_time_comes_from_a_clock() -> None:
    doors = {"gateway/core/clock.py", "hwsim/clock.py"}
    within = [path for path in OURS if named(path) not in doors]
    wall = r"(^|\.)(datetime\.(now|utcnow|today)|date\.today)$"
    assert found(wall, within) == []
    product = [path for path in within if not named(path).startswith("hwsim/")]
    assert found(r"^asyncio\.sleep$", product) == []


# The second cannot be a group: see its head.
BIRTHPLACES = {"gateway/supervisor.py", "modem/cancellation.py"}


def test_tasks_are_born_in_the_supervisor_or_in_a_group() -> None:
    within = [
        path
        for path in OURS
        if not named(path).startswith("hwsim/") and named(path) not in BIRTHPLACES
    ]
    bare = r"^asyncio\.(create_task|ensure_future)$"
    assert found(bare, within) == []


def test_nothing_of_ours_reaches_a_shell_or_makes_code() -> None:
    dangerous = (
        r"^(os\.(system|popen)|eval|exec|compile|pickle\.loads?|yaml\.load"
        r"|subprocess\.(getoutput|getstatusoutput)|asyncio\.create_subprocess_shell)$"
    )
    assert found(dangerous, OURS) == []
    shells = [
        f"{named(path)}:{line}"
        for path in OURS
        for line, name in facts(path).keywords
        if name == "shell"
    ]
    assert shells == []


BROAD = {
    "gateway/supervisor.py",
    "gateway/store/writer.py",
    # What a link raises by mistake must not end its lane.
    "gateway/engine/in_flight.py",
    "web/middleware.py",
}


def test_everything_is_caught_in_four_places_only() -> None:
    broad = {
        named(path)
        for path in OURS
        if not named(path).startswith("hwsim/")
        if {"", "Exception"} & set(facts(path).catches)
    }
    assert broad <= BROAD


def kept_files() -> list[Path]:
    """What a clone holds."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [
        ROOT / name
        for name in done.stdout.decode().split("\0")
        if name and (ROOT / name).is_file()
    ]


TEXTS = {".py", ".toml", ".md", ".sql", ".js", ".css", ".html", ".json", ".lock"}
UNWANTED = {
    "a path of one machine": r"(?<![\w.])/(work|root|home/[a-z]+|Users)/",
    "a registry's host": r"--(extra-)?index-url|--find-links|files\.pythonhosted\.org",
    "an unfinished piece": r"\b(TODO|FIXME|XXX)\b|NotImplementedError",
    "a key": r"svt_[0-9a-f]{32}|whsec_[A-Za-z0-9+/]{32}|-----BEGIN [A-Z ]*PRIVATE KEY",
}


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_holds(what: str) -> None:
    # This file spells what it looks for.
    texts = [
        path
        for path in kept_files()
        if path.suffix in TEXTS and path != Path(__file__).resolve()
    ]
    hits = [
        f"{named(path)}:{number} {line.strip()[:80]}"
        for path in texts
        for number, line in enumerate(
            path.read_text(encoding="utf-8").splitlines(), start=1
        )
        if re.search(UNWANTED[what], line)
    ]
    assert hits == []
