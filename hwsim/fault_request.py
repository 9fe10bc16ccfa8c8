"""Faults asked for by a request or a scenario: checked against the tables, then wanted.

Relies on ``FaultSet``; modems, the network and the SMSC own one each.

Spec: PRODUCT.md 8; modem.md 10.13
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwsim.fault_kinds import FaultKind
from hwsim.faults import FaultSet
from hwsim.network_faults import ADDRESS_FORMS
from hwsim.phone_request import read_number
from hwsim.problem import Fields, Problem, invalid, not_found
from hwsim.smsc_account import IdForm

_SELECTION = ("count", "probability", "match", "after_s")
_WHOLE = frozenset(
    {"baud", "code", "index", "number", "octets", "offset", "sends", "status"}
)
_FLAGS = frozenset({"reference_reset", "renumber"})
_CHOICES: Mapping[str, Sequence[str]] = {"form": ADDRESS_FORMS, "base": list(IdForm)}
_MOST_SECONDS = 86_400.0
_MOST_COUNT = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRequest:
    """A wanted fault whose members have been checked."""

    kind: str
    count: int | None
    probability: float
    match: str | None
    after_s: float
    values: Mapping[str, object]


def describe_kinds(kinds: Mapping[str, FaultKind]) -> dict[str, object]:
    return {
        name: {
            "description": kind.description,
            "lasting": kind.lasting,
            "parameters": [*kind.parameters, *_SELECTION],
        }
        for name, kind in kinds.items()
    }


def read_fault(fields: Fields, kinds: Mapping[str, FaultKind]) -> FaultRequest:
    """All that is left of ``fields`` must belong to the fault."""
    name = fields.text("kind")
    kind = kinds.get(name)
    if kind is None:
        raise Problem("unknown_kind", f"no fault is called {name!r}", field="kind")
    given = [parameter for parameter in kind.parameters if parameter in fields]
    request = FaultRequest(
        kind=name,
        count=fields.maybe_whole("count", most=_MOST_COUNT),
        probability=fields.number("probability", 1.0, most=1.0),
        match=_pattern(fields),
        after_s=fields.number("after_s", 0.0, most=_MOST_SECONDS),
        values={parameter: _value(fields, parameter) for parameter in given},
    )
    fields.finish()
    return request


def want_fault(faults: FaultSet, request: FaultRequest) -> str:
    """Gives the fault's id."""
    return faults.add(
        request.kind,
        count=request.count,
        probability=request.probability,
        match=request.match,
        after_s=request.after_s,
        **request.values,
    )


def remove_fault(faults: FaultSet, fault_id: str | None) -> None:
    """One by its id, or all."""
    if fault_id is None:
        faults.remove_all()
        return
    try:
        faults.remove(fault_id)
    except KeyError:
        raise not_found(f"fault {fault_id}") from None


def _pattern(fields: Fields) -> str | None:
    if "match" not in fields:
        return None
    pattern = fields.text("match")
    try:
        re.compile(pattern)
    except re.error as error:
        raise invalid("match", f"is no regular expression: {error}") from None
    return pattern


def _value(fields: Fields, parameter: str) -> object:
    if parameter in _FLAGS:
        return fields.flag(parameter)
    if parameter in _WHOLE:
        return fields.whole(parameter, most=_MOST_COUNT)
    if parameter.endswith("_s"):
        return fields.number(parameter, most=_MOST_SECONDS)
    if parameter == "sender":
        return read_number(fields, parameter)
    value = fields.text(parameter)
    choices = _CHOICES.get(parameter, (value,))
    if value not in choices:
        raise invalid(parameter, f"is not one of: {', '.join(choices)}")
    if parameter == "hex":
        try:
            bytes.fromhex(value)
        except ValueError:
            raise invalid(parameter, "is not hex") from None
    return value
