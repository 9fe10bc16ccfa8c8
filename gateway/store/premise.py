"""What a repository says when a row it was to change is not there, or not so."""

from gateway.core.errors import StoreConflict


def expect_one(touched: int, what: str) -> None:
    """Raises `StoreConflict` unless exactly one row was touched."""
    expect(touched, 1, what)


def expect(touched: int, wanted: int, what: str) -> None:
    """Raises `StoreConflict` unless so many rows were touched."""
    if touched != wanted:
        raise StoreConflict(f"{what}: {touched} rows changed, expected {wanted}")
