"""What a repository says when the row it was to change is not there."""

from gateway.core.errors import StoreConflict


def expect_one(touched: int, what: str) -> None:
    """Raises `StoreConflict` unless exactly one row was touched."""
    if touched != 1:
        raise StoreConflict(f"{what}: {touched} rows changed, expected one")
