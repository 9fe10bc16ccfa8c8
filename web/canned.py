"""Canned phrases and keyword tests as callers say them and are told of them.

Companion of `web.schema` and `web.shape`.
"""

from datetime import datetime
from typing import Annotated, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from gateway.codec.dcs import Alphabet
from gateway.core.canned import Canned, CannedVersion
from gateway.engine.canned import worst_case
from gateway.engine.keyword_test import KeywordAction
from web.contact import Asked, Language, Tag
from web.schema import END, Limit, Name

Shortcut = Annotated[
    str,
    Meta(
        description="what is typed behind / to find it: letters, digits, - and _",
        min_length=1,
        max_length=40,
        extra_json_schema={"pattern": rf"^[^\W]([\w\-]*){END}"},
        examples=["привет"],
    ),
]
PhraseText = Annotated[
    str,
    Meta(
        description="the phrase, with variables such as {name}",
        min_length=1,
        max_length=2000,
        extra_json_schema={
            "pattern": r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]+"
            + END
        },
    ),
]
TestText = Annotated[
    str,
    Meta(
        description="what somebody might send",
        min_length=1,
        max_length=1000,
        extra_json_schema={
            "pattern": r"^[^\u0000-\u0008\u000e-\u001f\u007f\ud800-\udfff]*" + END
        },
    ),
]


class CannedShape(Struct):
    """A phrase, and what it costs at its longest."""

    id: str
    shortcut: str
    title: str
    text: str
    language: str | None
    queue: str | None
    is_own: bool
    version: int
    uses: int
    last_used_at: datetime | None
    updated_at: datetime
    segments: int
    alphabet: Alphabet

    @classmethod
    def of(cls, canned: Canned) -> Self:
        segments, alphabet = worst_case(canned.text)
        return cls(
            id=canned.id,
            shortcut=canned.shortcut,
            title=canned.title,
            text=canned.text,
            language=canned.language,
            queue=canned.queue,
            is_own=canned.owner_id is not None,
            version=canned.version,
            uses=canned.uses,
            last_used_at=canned.last_used_at,
            updated_at=canned.updated_at,
            segments=segments,
            alphabet=alphabet,
        )


class CannedList(Struct):
    """Phrases, the most likely first."""

    items: list[CannedShape]


class CannedVersionShape(Struct):
    """What a phrase said once."""

    version: int
    title: str
    text: str
    at: datetime
    by_id: str | None

    @classmethod
    def of(cls, version: CannedVersion) -> Self:
        return cls(
            version=version.version,
            title=version.title,
            text=version.text,
            at=version.at,
            by_id=version.by_id,
        )


class CannedVersions(Struct):
    """Newest first."""

    items: list[CannedVersionShape]


class ImportedShape(Struct):
    """What became of a list."""

    created: int
    changed: int
    unchanged: int


class ListCanned(Struct, forbid_unknown_fields=True):
    """Which phrases: `q` is what was typed behind `/`."""

    q: Asked | None = None
    language: Language | None = None
    queue: Name | None = None
    limit: Limit = 200


class NewPhrase(Struct, forbid_unknown_fields=True):
    """A phrase in a list."""

    shortcut: Shortcut
    text: PhraseText
    title: Tag | None = None
    language: Language | None = None
    queue: Name | None = None


class CreateCanned(NewPhrase, forbid_unknown_fields=True):
    """A phrase; `is_own` when nobody else is to have it."""

    is_own: bool = False


class ChangeCanned(Struct, forbid_unknown_fields=True):
    """What shall be otherwise; `version` is the one that was changed."""

    shortcut: Shortcut | UnsetType = UNSET
    text: PhraseText | UnsetType = UNSET
    title: Tag | UnsetType | None = UNSET
    language: Language | UnsetType | None = UNSET
    queue: Name | UnsetType | None = UNSET
    version: Annotated[int, Meta(ge=1, le=2**31)] | None = None


class ImportCanned(Struct, forbid_unknown_fields=True):
    """Phrases for everybody; the same shortcut is the same phrase."""

    items: Annotated[list[NewPhrase], Meta(min_length=1, max_length=1000)]


class TestKeyword(Struct, forbid_unknown_fields=True):
    """A text that nobody has sent."""

    text: TestText


class KeywordVerdict(Struct):
    """What it would do; `hint` is a keyword that is said among other words."""

    action: KeywordAction
    word: str | None
    normalised: str
    hint: str | None
