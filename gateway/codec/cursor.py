"""A place in octets that only moves forward and never past the end.

The decoders of this room take their fields from it; it knows no field itself.
"""

from dataclasses import dataclass

from gateway.codec import DecodeError


@dataclass(slots=True)
class Cursor:
    """Octets and the offset of the next one; the one mutable value of this room."""

    octets: bytes
    offset: int = 0

    @property
    def remaining(self) -> int:
        return max(len(self.octets) - self.offset, 0)

    def take(self, length_octets: int, what: str) -> bytes:
        """The next octets; `DecodeError` when fewer are left."""
        end = self.offset + length_octets
        if end > len(self.octets):
            raise self.error(f"{length_octets} octets of {what}")
        taken = self.octets[self.offset : end]
        self.offset = end
        return taken

    def octet(self, what: str) -> int:
        if self.offset >= len(self.octets):
            raise self.error(what)
        value = self.octets[self.offset]
        self.offset += 1
        return value

    def error(self, expected: str) -> DecodeError:
        return DecodeError(expected, self.offset, self.octets)
