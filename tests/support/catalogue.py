"""The catalogues of the inbox, read as data, and the keys that its code asks for.

Relies on their form: modules that export one object of strings and of plural forms.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import web

INBOX = Path(web.__file__).parent / "static" / "inbox"
CATALOGUES = INBOX / "i18n"
LANGUAGES = ("en", "ru", "uk")
FORMS = {
    "en": {"one", "other"},
    "ru": {"one", "few", "many", "other"},
    "uk": {"one", "few", "many", "other"},
}

Message = str | dict[str, str]

_TOKEN = re.compile(
    r"""("(?:[^"\\\n]|\\.)*")|(//[^\n]*|/\*.*?\*/)|([A-Za-z_]\w*)(?=\s*:)|(,)(?=\s*})""",
    re.S,
)
_ASKED = re.compile(r"""\bt\(\s*(["'])([\w.-]+)\1""")
_STRING = re.compile(r"""["'`]([a-z][\w.-]*\.[\w.-]+)["'`]""")
_PATTERN = re.compile(r"`([a-z]\w*\.[\w.-]*)\$\{[^}`]*\}([\w.-]*)(?:\$\{[^}`]*\})?`")
_OPTIONS = re.compile(r"""\boptions\(\w+, "([a-z]\w*)"\)""")
_GLUED_KEY = re.compile(r"""["']([a-z][\w.-]*\.)["']\s*\+""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the code of the page asks for."""

    keys: dict[str, str]  # by key: where
    strings: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def uses(self, key: str) -> bool:
        return key in self.strings or any(one.fullmatch(key) for one in self.patterns)


def parts() -> list[str]:
    """The names of the parts that each language has."""
    return sorted(path.stem for path in (CATALOGUES / "en").glob("*.js"))


def read_part(language: str, part: str) -> dict[str, Message]:
    """The messages of one file; a key given twice is an error."""
    text = (CATALOGUES / language / f"{part}.js").read_text(encoding="utf-8")
    _, _, body = text.partition("export default")
    pairs = json.loads(
        _TOKEN.sub(_as_json, body).strip().removesuffix(";"), object_pairs_hook=_once
    )
    assert isinstance(pairs, dict)
    return pairs


def read_language(language: str) -> dict[str, Message]:
    """All messages of a language."""
    whole: dict[str, Message] = {}
    for part in parts():
        whole |= read_part(language, part)
    return whole


def texts(message: Message) -> list[str]:
    """Each text that a message may become."""
    return [message] if isinstance(message, str) else list(message.values())


def parameters(message: Message) -> set[str]:
    """The names in braces; a plural form need not say its number."""
    names = {name for text in texts(message) for name in re.findall(r"{(\w+)}", text)}
    return names if isinstance(message, str) else names | {"n"}


def modules() -> Iterator[tuple[str, str]]:
    """Name and code of each module of the page outside the catalogues."""
    for path in sorted(INBOX.rglob("*.js")):
        if CATALOGUES not in path.parents:
            yield path.relative_to(INBOX).as_posix(), path.read_text(encoding="utf-8")


def asked() -> Asked:
    """Read all modules."""
    return asked_by(modules())


def asked_by(read: Iterable[tuple[str, str]]) -> Asked:
    """What modules ask for, by name and code."""
    keys: dict[str, str] = {}
    strings: set[str] = set()
    patterns: set[str] = set()
    for name, code in read:
        keys |= {key: name for _, key in _ASKED.findall(code)}
        strings |= set(_STRING.findall(code))
        patterns |= {
            re.escape(head) + r"[\w.-]+" + re.escape(tail)
            for head, tail in _PATTERN.findall(code)
        }
        patterns |= {re.escape(head) + r"[\w.-]+" for head in _GLUED_KEY.findall(code)}
        patterns |= {rf"{head}\.[\w.-]+" for head in _OPTIONS.findall(code)}
    compiled = tuple(re.compile(one) for one in sorted(patterns))
    return Asked(keys=keys, strings=frozenset(strings), patterns=compiled)


def _as_json(found: re.Match[str]) -> str:
    string, comment, name, comma = found.groups()
    if string:
        return str(string)
    if name:
        return f'"{name}"'
    assert comment or comma
    return ""


def _once(pairs: list[tuple[str, Message]]) -> Mapping[str, Message]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    assert not twice, twice
    return dict(pairs)
