"""Cuts of listings, and addresses as callers write them in paths and queries.

Pure; the listing itself is the store's.
"""

import re
from collections.abc import Sequence
from typing import Final, Protocol

from gateway.codec.address import normalise
from gateway.core.errors import Invalid

_NUMBER: Final = re.compile(r"\+?[0-9]{1,20}")


class Identified(Protocol):
    """Anything that a listing shows."""

    @property
    def id(self) -> str: ...


def next_cursor(items: Sequence[Identified], limit: int) -> str | None:
    """Where the following page starts; None when this one was not full."""
    return items[-1].id if items and len(items) == limit else None


def read_address(text: str, region: str) -> str:
    """The canonical text of an address as somebody wrote it."""
    # An unescaped + of a query string arrives as a space.
    written = "+" + text[1:] if text.startswith(" ") else text
    return normalise(written, region)


def read_msisdn(text: str, region: str) -> str:
    """The same for a number in a path; raises `Invalid`."""
    address = read_address(text, region)
    if not text.isprintable() or not _NUMBER.fullmatch(address):
        raise Invalid(
            "invalid_number", "expected a number such as +79160000001", field="msisdn"
        )
    return address
