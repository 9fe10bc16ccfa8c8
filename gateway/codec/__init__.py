"""Bytes and values of the air: pure, standard library only, no I/O, clock, chance, log.

Every decoder here is total: any octets give a value or `DecodeError`.
"""


class DecodeError(ValueError):
    """A peer's octets are wrong: `what` was expected at `offset` of `octets`."""

    def __init__(self, what: str, offset: int, octets: bytes) -> None:
        super().__init__(f"{what} at octet {offset} of {len(octets)}")
        self.what = what
        self.offset = offset
        self.octets = octets
