"""Contacts as callers are told of them and change them.

Companion of `web.schema` and `web.shape`; the contact itself is made by
`gateway.engine.people_cards`.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from web.schema import END, Identity, Limit, Words

Line = Annotated[
    str,
    Meta(
        description="words on one line",
        min_length=1,
        max_length=200,
        extra_json_schema={
            "pattern": rf"^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+{END}"
        },
    ),
]
Language = Annotated[
    str,
    Meta(
        description="a language's tag, such as ru or uk",
        min_length=2,
        max_length=12,
        extra_json_schema={"pattern": rf"^[a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})?{END}"},
    ),
]
Tag = Annotated[
    str,
    Meta(
        description="a word or two",
        min_length=1,
        max_length=60,
        extra_json_schema={
            "pattern": rf"^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+{END}"
        },
    ),
]
Tags = Annotated[list[Tag], Meta(max_length=30)]
Asked = Annotated[
    str,
    Meta(
        description="what is looked for",
        min_length=1,
        max_length=200,
        extra_json_schema={"pattern": rf"^[^\u0000-\u001f\u007f\ud800-\udfff]+{END}"},
    ),
]


class NumberShape(Struct):
    """One number of a contact, and the contact it was at first."""

    address: str
    contact_id: str
    opted_out_at: datetime | None
    last_in_at: datetime | None


class ContactShape(Struct):
    """A person; those merged into them are among the numbers."""

    id: str
    name: str
    address: str
    numbers: list[NumberShape]
    language: str | None
    crm_id: str | None
    crm_url: str | None
    attributes: dict[str, str]
    tags: list[str]
    blocked_at: datetime | None
    created_at: datetime
    merged_into: str | None


class ThreadOfContact(Struct):
    """What was said between a contact and one number of ours."""

    id: str
    own: str
    updated_at: datetime


class ContactDetail(ContactShape):
    """A contact with where it is spoken to."""

    threads: list[ThreadOfContact]
    conversations: int


class ContactPage(Struct):
    """Newest first, or best first when something was asked for."""

    items: list[ContactShape]
    next: str | None


class SplitContacts(Struct):
    """Two contacts that were one."""

    contact: ContactShape
    split: ContactShape


class ErasureShape(Struct):
    """What an erasure takes away, or would."""

    messages: int
    notes: int
    replies: int
    steps: int
    conversations: int
    threads: int
    numbers: int
    events: int
    deliveries: int
    search: int
    erased: bool


class ExportShape(Struct):
    """Everything that is known of a contact, oldest first."""

    exported_at: datetime
    contact: ContactShape
    opt_outs: list[dict[str, str]]
    conversations: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    replies: list[dict[str, Any]]
    steps: list[dict[str, Any]]


class ListContacts(Struct, forbid_unknown_fields=True):
    """Which contacts."""

    q: Asked | None = None
    tag: Tag | None = None
    limit: Limit = 50
    cursor: Identity | None = None


class ChangeContact(Struct, forbid_unknown_fields=True):
    """What shall be otherwise; null takes away."""

    name: Line | UnsetType | None = UNSET
    language: Language | UnsetType | None = UNSET
    crm_id: Line | UnsetType | None = UNSET
    attributes: Annotated[dict[Tag, Line], Meta(max_length=50)] | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class MergeContact(Struct, forbid_unknown_fields=True):
    """Who else this person is."""

    other: Identity


class SplitContact(Struct, forbid_unknown_fields=True):
    """Which of the merged contacts is somebody else after all."""

    contact: Identity


class EraseContact(Struct, forbid_unknown_fields=True):
    """With `dry_run` nothing is taken away; else `confirm` is the contact's number."""

    dry_run: bool = True
    confirm: Words | None = None
