"""Accounts of applications as callers say them and are told of them.

Companion of `web.schema` and `web.shape`.
"""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from web.schema import END, Name, Words

Network = Annotated[
    str,
    Meta(
        description="an address or a network",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[0-9a-fA-F:.]+(/[0-9]+)?{END}"},
    ),
]
AccountPassword = Annotated[
    str,
    Meta(
        description="1 to 8 printable ASCII characters; left out: one is made",
        min_length=1,
        max_length=8,
        extra_json_schema={"pattern": rf"^[ -~]+{END}"},
    ),
]
AllowedSender = Annotated[
    str,
    Meta(
        description="a sender that may be shown, or a prefix and `*`",
        min_length=1,
        max_length=21,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9 ._&+!'*\-]+{END}"},
        examples=["BANK", "+7495*"],
    ),
]
Prefix = Annotated[
    str,
    Meta(
        description="what a number begins with",
        min_length=1,
        max_length=20,
        extra_json_schema={"pattern": rf"^\+?[0-9]+{END}"},
        examples=["+7916"],
    ),
]
OwnNumber = Annotated[
    str,
    Meta(
        description="a number of this box, or `*` for every one",
        min_length=1,
        max_length=40,
        extra_json_schema={"pattern": rf"^(\*|\+?[0-9 ().\-]+){END}"},
        examples=["+79160000001", "*"],
    ),
]


class AccountRules(Struct, forbid_unknown_fields=True, kw_only=True):
    """What an application may do."""

    description: Words | UnsetType | None = UNSET
    sources: Annotated[list[Network], Meta(max_length=100)] | UnsetType = UNSET
    max_binds: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    rate_per_s: Annotated[float, Meta(ge=0.1, le=100_000)] | UnsetType | None = UNSET
    window: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    deliver_window: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    senders: Annotated[list[AllowedSender], Meta(max_length=100)] | UnsetType = UNSET
    destinations: Annotated[list[Prefix], Meta(max_length=100)] | UnsetType = UNSET
    numbers: Annotated[list[OwnNumber], Meta(max_length=100)] | UnsetType = UNSET
    queue: Name | UnsetType | None = UNSET
    decimal_ids: bool | UnsetType = UNSET
    long_dates: bool | UnsetType = UNSET
    receipt_tlvs: bool | UnsetType = UNSET
    idempotent_s: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET


class ChangeAccount(AccountRules, forbid_unknown_fields=True, kw_only=True):
    """What shall be otherwise; what is left out stays as it is."""

    disabled: bool | UnsetType = UNSET


class CreateAccount(AccountRules, forbid_unknown_fields=True, kw_only=True):
    """An application that binds over SMPP; its password is shown once."""

    system_id: Annotated[
        str,
        Meta(
            description="what it binds with: ASCII without blanks",
            min_length=1,
            max_length=15,
            extra_json_schema={"pattern": rf"^[!-~]+{END}"},
        ),
    ]
    password: AccountPassword | None = None


class SetPassword(Struct, forbid_unknown_fields=True):
    """Another password for an account."""

    password: AccountPassword | None = None


class AccountShape(Struct):
    """An application's account; `password` only in the answer that made it.

    `waiting` are receipts and messages that it has not acknowledged.
    """

    id: str
    system_id: str
    description: str
    created_at: datetime
    disabled_at: datetime | None
    sources: list[str]
    max_binds: int
    rate_per_s: float | None
    window: int
    deliver_window: int
    senders: list[str]
    destinations: list[str]
    numbers: list[str]
    queue: str | None
    decimal_ids: bool
    long_dates: bool
    receipt_tlvs: bool
    idempotent_s: int
    waiting: int
    password: str | None = None


class AccountList(Struct):
    """Every account."""

    items: list[AccountShape]
