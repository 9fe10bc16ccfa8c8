"""The files that browsers get, as values: read once, packed once, named by content.

All files of the inbox stand under one prefix that is a digest of the whole set, so a
browser may keep them for ever and never mixes two releases. Nothing is read from disk
after the start. Relies on the package's own data; knows no route.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = frozenset({".ico", ".png", ".woff2"})
_BUILD_DIGITS = 16

_SETS = ("inbox", "vendor")
_INDEX = "inbox/index.html"

# Imports that a browser follows before the first line runs; `import()` is not one.
_IMPORT = re.compile(
    r"""(?:^|[;\n])\s*(?:import|export)\b[^;"'()=]*?["'](\.{1,2}/[^"']+)["']"""
)
_ENTRY = re.compile(r'<script type="module" src="{{base}}/([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file in both its encodings."""

    content: bytes
    packed: bytes | None  # gzip; none where it would not be smaller
    media: str
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticSet:
    """The files of the inbox, its first page, and the prefix they stand under."""

    build: str
    files: Mapping[str, StaticFile]  # by path: "inbox/app.js"
    index: StaticFile


def static_file(name: str, content: bytes) -> StaticFile:
    """Pack a file and name it by what is in it."""
    suffix = name[name.rindex(".") :]
    packed = None
    if suffix not in _PACKED_ALREADY:
        packed = gzip.compress(content, 9, mtime=0)
    return StaticFile(
        content=content,
        packed=packed if packed and len(packed) < len(content) else None,
        media=_TYPES[suffix],
        etag=hashlib.sha256(content).hexdigest()[:32],
    )


def one_file(name: str) -> StaticFile:
    """A file that stands alone, such as the mark."""
    return static_file(name, _root().joinpath(name).read_bytes())


@cache
def inbox_set() -> StaticSet:
    """The inbox of this release."""
    found = dict(sorted(_walk(_root(), "")))
    return make_set({name: file.read_bytes() for name, file in found.items()})


def make_set(contents: Mapping[str, bytes]) -> StaticSet:
    """A set of these files, of which `inbox/index.html` is the first page."""
    build = _digest(contents)
    base = f"/static/{build}"
    page = contents[_INDEX].decode()
    hints = "\n".join(
        f'<link rel="modulepreload" href="{base}/{name}">'
        for name in first_modules(contents)
    )
    page = page.replace("{{preload}}", hints).replace("{{base}}", base)
    return StaticSet(
        build=build,
        files={
            name: static_file(name, content)
            for name, content in contents.items()
            if name != _INDEX
        },
        index=static_file(_INDEX, page.encode()),
    )


def first_modules(contents: Mapping[str, bytes]) -> list[str]:
    """The modules that the first page needs, nearest first."""
    reached: dict[str, None] = {}
    ahead = _ENTRY.findall(contents[_INDEX].decode())
    while ahead:
        name = ahead.pop(0)
        if name in reached or name not in contents:
            continue
        reached[name] = None
        ahead += imports_of(name, contents[name].decode())
    return list(reached)


def imports_of(name: str, code: str) -> list[str]:
    """The paths of the modules that a module imports."""
    folder = name.split("/")[:-1]
    return [_resolved(folder, path) for path in _IMPORT.findall(code)]


def _resolved(folder: list[str], path: str) -> str:
    parts = list(folder)
    for part in path.split("/"):
        match part:
            case ".":
                pass
            case "..":
                parts.pop()
            case _:
                parts.append(part)
    return "/".join(parts)


def _digest(contents: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in sorted(contents.items()):
        whole.update(f"{name} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:_BUILD_DIGITS]


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = above + entry.name
        if entry.is_dir() and (above or entry.name in _SETS):
            yield from _walk(entry, name + "/")
        elif above and name[name.rfind(".") :] in _TYPES:
            yield name, entry


def _root() -> Traversable:
    return resources.files("web").joinpath("static")
