"""Numbers as people write them at home, made international where that is sure.

Relies on nothing. Country codes and prefixes only: whether a number can exist is for a
real numbering plan to say, further out.

Spec: ITU-T E.164 and E.123
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What people leave out or put in front when they write a number at home.

    `lengths` are those of national numbers, without the trunk prefix.
    """

    country: str
    trunk: str
    international: str
    lengths: range


def _plan(
    country: str, trunk: str, shortest: int, longest: int, international: str = "00"
) -> _Plan:
    return _Plan(
        country=country,
        trunk=trunk,
        international=international,
        lengths=range(shortest, longest + 1),
    )


_PLANS: Final[dict[str, _Plan]] = {
    "AM": _plan("374", "0", 8, 8),
    "AT": _plan("43", "0", 7, 13),
    "AZ": _plan("994", "0", 9, 9),
    "BE": _plan("32", "0", 8, 9),
    "BG": _plan("359", "0", 8, 9),
    "BY": _plan("375", "80", 9, 9, "810"),
    "CH": _plan("41", "0", 9, 9),
    "CZ": _plan("420", "", 9, 9),
    "DE": _plan("49", "0", 7, 11),
    "EE": _plan("372", "", 7, 8),
    "ES": _plan("34", "", 9, 9),
    "FI": _plan("358", "0", 6, 11),
    "FR": _plan("33", "0", 9, 9),
    "GB": _plan("44", "0", 9, 10),
    "GE": _plan("995", "0", 9, 9),
    "IE": _plan("353", "0", 7, 9),
    "IL": _plan("972", "0", 8, 9),
    "IN": _plan("91", "0", 10, 10),
    "IT": _plan("39", "", 8, 11),
    "KG": _plan("996", "0", 9, 9),
    "KZ": _plan("7", "8", 10, 10, "810"),
    "LT": _plan("370", "0", 8, 8),
    "LV": _plan("371", "", 8, 8),
    "MD": _plan("373", "0", 8, 8),
    "NL": _plan("31", "0", 9, 9),
    "PL": _plan("48", "", 9, 9),
    "PT": _plan("351", "", 9, 9),
    "RO": _plan("40", "0", 9, 9),
    "RS": _plan("381", "0", 8, 9),
    "RU": _plan("7", "8", 10, 10, "810"),
    "SE": _plan("46", "0", 7, 9),
    "SK": _plan("421", "0", 9, 9),
    "TR": _plan("90", "0", 10, 10),
    "UA": _plan("380", "0", 9, 9),
    "US": _plan("1", "1", 10, 10, "011"),
    "UZ": _plan("998", "8", 9, 9, "810"),
}
_SEPARATORS: Final = re.compile(r"[\s().\-‐-―/]")
_DIGITS: Final = re.compile(r"[0-9]+")
_INTERNATIONAL: Final = re.compile(r"\+[0-9]+")
_SHORTEST_INTERNATIONAL: Final = 7
_LONGEST_INTERNATIONAL: Final = 15


def normalise(text: str, region: str) -> str:
    """Human input as "+" and E.164 digits where that is sure, else without frills.

    Short codes, codes with * or #, names and what the region does not explain come
    back as they were, without blanks and brackets. Never raises: `Address.parse`
    judges the result.
    """
    trimmed = text.strip()
    if _INTERNATIONAL.fullmatch(trimmed):
        return trimmed
    if any(char.isalpha() for char in trimmed):
        return trimmed
    # "+44 (0)20 ..." shows the trunk prefix to those who call from inside.
    unmarked = trimmed.replace("＋", "+").replace("(0)", "")
    digits = _SEPARATORS.sub("", unmarked)
    plan = _PLANS.get(region.upper())
    if plan is None or not _DIGITS.fullmatch(digits):
        return digits
    return _internationalise(digits, plan)


def _internationalise(digits: str, plan: _Plan) -> str:
    for prefix in (plan.international, "00"):
        abroad = digits.removeprefix(prefix)
        if (
            abroad != digits
            and not abroad.startswith("0")
            and _SHORTEST_INTERNATIONAL <= len(abroad) <= _LONGEST_INTERNATIONAL
        ):
            return "+" + abroad
    national = digits.removeprefix(plan.trunk)
    if national != digits and len(national) in plan.lengths:
        return "+" + plan.country + national
    without_country = digits.removeprefix(plan.country)
    if without_country != digits and len(without_country) in plan.lengths:
        return "+" + digits
    # Without its trunk prefix a number is only known by a length that all have.
    is_sure = not plan.trunk or len(plan.lengths) == 1
    if is_sure and len(digits) in plan.lengths:
        return "+" + plan.country + digits
    return digits
