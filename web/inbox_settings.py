"""The settings of the inbox as callers say them and are told of them."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from web.contact import Tag, Tags
from web.schema import END

Template = Annotated[
    str,
    Meta(
        description="where the CRM shows a contact, with {crm_id} for its id",
        min_length=1,
        max_length=500,
        extra_json_schema={"pattern": rf"^https?://[^\s\u0000-\u001f\u007f]+{END}"},
        examples=["https://crm.example/contacts/{crm_id}"],
    ),
]
Currency = Annotated[
    str,
    Meta(
        description="ISO 4217",
        min_length=3,
        max_length=3,
        extra_json_schema={"pattern": rf"^[A-Z]{{3}}{END}"},
    ),
]


class VariableShape(Struct):
    """A word in braces, and the longest that it may become."""

    name: str
    longest: str


class InboxSettingsShape(Struct):
    """What the inbox goes by; `retention` is in days, null: for ever."""

    results: list[str]
    tags: list[str]
    undo_s: int
    max_parts: int
    reopen_within_h: int
    crm_url_template: str
    price_per_segment: int | None
    currency: str
    synonyms: list[list[str]]
    version: int
    variables: list[VariableShape]
    retention: dict[str, float | None]


class ChangeSettings(Struct, forbid_unknown_fields=True):
    """What shall be otherwise; `version` is the one that was changed."""

    results: Annotated[list[Tag], Meta(max_length=50)] | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    undo_s: Annotated[int, Meta(ge=0, le=15)] | UnsetType = UNSET
    max_parts: Annotated[int, Meta(ge=1, le=20)] | UnsetType = UNSET
    reopen_within_h: Annotated[int, Meta(ge=0, le=24 * 365)] | UnsetType = UNSET
    crm_url_template: Template | UnsetType | None = UNSET
    price_per_segment: (
        Annotated[int, Meta(ge=0, le=1_000_000, description="in hundredths")]
        | UnsetType
        | None
    ) = UNSET
    currency: Currency | UnsetType = UNSET
    synonyms: (
        Annotated[
            list[Annotated[list[Tag], Meta(min_length=2, max_length=30)]],
            Meta(max_length=300),
        ]
        | UnsetType
    ) = UNSET
    version: Annotated[int, Meta(ge=0, le=2**31)] | None = None
