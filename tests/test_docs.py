"""The documents say what the code does: drawn parts in step, links and calls real."""

import re
from pathlib import Path

import pytest

from gateway.cli.arguments import build_parser
from tests.support.drawing import draw

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))


def test_the_states_are_drawn_from_the_tables() -> None:
    drawn = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert drawn == draw(), "make docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    for target in targets:
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


def test_every_folder_of_the_map_is_there() -> None:
    text = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    for folder in re.findall(r"^\| `([^`]+)`", text, flags=re.M):
        assert (ROOT / folder).exists(), folder


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_verb_in_a_document_is_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lines = re.findall(r"^    (?:\S*/)?seventy (.+)$", text, flags=re.M)
    for line in lines:
        words = re.sub(r"'[^']*'", "x", line).split()
        build_parser().parse_args(words)


def test_every_target_named_in_a_document_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"(?:^    |`)make ([a-z]+)", text, flags=re.M):
            assert re.search(rf"^{target}:", makefile, flags=re.M), target
