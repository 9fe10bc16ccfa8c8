"""Values: dataclasses that nobody changes, made at the price of plain ones.

A frozen dataclass is three times as dear to make, since each of its fields goes through
`object.__setattr__`; a message has forty, and is made five times on its way. The type
checker holds these to `frozen=True` as it does any other; at run time nothing does.
Same equality, same hash.

Decision: docs/decisions/0012-values-frozen-by-the-type-checker.md
"""

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen, slots, kw_only):
        """As `dataclass`, with `frozen` for the type checker and the hash only."""
        return dataclass(slots=slots, kw_only=kw_only, unsafe_hash=frozen)
