"""Values: dataclasses that nobody changes, made at the price of plain ones.

A frozen dataclass is three times as dear to make, since each of its fields goes through
`object.__setattr__`; a message has forty, and is made five times on its way. The type
checker holds these to `frozen=True` as it does any other; at run time nothing does.
Same equality, same hash. `replace` is that of `dataclasses`, for these at the price of
a copy: 1.4 µs for a message instead of 4.4.

Decision: docs/decisions/0012-values-frozen-by-the-type-checker.md
"""

from typing import TYPE_CHECKING

__all__ = ["replace", "value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
    from dataclasses import replace
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter

    def value(*, frozen, slots, kw_only):
        """As `dataclass`, with `frozen` for the type checker and the hash only."""
        return dataclasses.dataclass(slots=slots, kw_only=kw_only, unsafe_hash=frozen)

    def replace(before, /, **changes):
        """Another with these fields, all else as it was; of any dataclass."""
        cls = type(before)
        parts = _parts(cls)
        if parts is None:
            return dataclasses.replace(before, **changes)
        take, fill = parts
        after = object.__new__(cls)
        fill(after, *take(before))
        for name, changed in changes.items():
            setattr(after, name, changed)
        return after

    @cache
    def _parts(cls):
        """All fields taken out in one go, and put in by their places."""
        names = [one.name for one in dataclasses.fields(cls)]
        is_checked = hasattr(cls, "__post_init__")
        if cls.__dataclass_params__.frozen or is_checked or len(names) < 2:
            return None
        return attrgetter(*names), dataclasses.make_dataclass("_", names).__init__
