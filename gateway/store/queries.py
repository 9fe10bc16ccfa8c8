"""Named SQL: each file in `sql/` holds statements under `-- name: …` lines.

A statement is called `file.name`. Words that differ between databases stand in braces
and are put in from the engine's `Dialect`. Knows no database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The few words in which databases differ."""

    growing_key: str
    octets: str
    clustered: str  # rows live in their primary key's tree
    claim_lock: str  # how a claim passes over rows that another claim holds
    listed: str  # the table of what the JSON list `:values` lists

    def spell(self, sql: str) -> str:
        """`sql` in this database's words."""
        return (
            sql.replace("{growing_key}", self.growing_key)
            .replace("{octets}", self.octets)
            .replace("{clustered}", self.clustered)
            .replace("{claim_lock}", self.claim_lock)
            .replace("{listed}", self.listed)
        )


@cache
def statements(dialect: Dialect) -> Mapping[str, str]:
    """Every named statement."""
    return {
        f"{room}.{name}": dialect.spell(sql)
        for room, text in _sources("sql")
        for name, sql in _cut(text)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered change of the schema."""

    number: int
    name: str
    oldest_code: int  # the lowest newest-step of code that can work on the result
    sql: str


@cache
def steps(dialect: Dialect) -> tuple[Step, ...]:
    """All changes of the schema, in order."""
    return tuple(
        _step(name, dialect.spell(text)) for name, text in _sources("migrations")
    )


def _sources(folder: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(files(__package__).joinpath(folder).iterdir(), key=str):
        if entry.name.endswith(".sql"):
            yield entry.name.removesuffix(".sql"), entry.read_text("utf-8")


def _cut(text: str) -> Iterator[tuple[str, str]]:
    _, *pieces = _NAME.split(text)
    for name, sql in zip(pieces[::2], pieces[1::2], strict=True):
        yield name, sql.strip().removesuffix(";")


def _step(name: str, text: str) -> Step:
    head, _, sql = text.partition("\n")
    return Step(
        number=int(name.partition("_")[0]),
        name=name,
        oldest_code=int(head.removeprefix("-- oldest-code:")),
        sql=sql,
    )
