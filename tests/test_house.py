"""The house rules that a tool can check: contracts, sizes, names, doors, secrets."""

import ast
import re
import subprocess
from collections.abc import Iterator
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


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def found(pattern: str, within: list[Path]) -> list[str]:
    """`file:line` of every call whose name matches."""
    return [
        f"{named(path)}:{line} {name}"
        for path in within
        for line, name in calls(path)
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
    silent = [
        named(path)
        for path in OURS + TESTS
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|DROP|ALTER)\s", re.M)


def test_sql_stands_in_sql_files_only() -> None:
    strings = [
        f"{named(path)}:{node.lineno}"
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value)
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
        f"{named(path)}:{node.lineno}"
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "shell"
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
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) == "Exception")
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
