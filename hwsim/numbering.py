"""The operator's numbering plan: any way of writing a subscriber to one name for it.

Relies on the address type only. Home is Russia: country code 7, trunk prefix 8; what
is shorter than a subscriber number is a service number and stays as it is.
"""

from hwsim.wire import WireError
from hwsim.wire.sms import Address, TypeOfNumber

COUNTRY = "7"
TRUNK = "8"
_NATIONAL_DIGITS = 10
_SHORT_DIGITS = 6
_NUMBER_STARTS = tuple("+0123456789")
_PUNCTUATION = str.maketrans("", "", " -()")


def number_of(address: Address) -> str:
    """``+79…`` for a subscriber, digits for a service, letters for a name."""
    digits = address.digits
    if address.ton is TypeOfNumber.ALPHANUMERIC:
        return digits
    if address.ton is TypeOfNumber.INTERNATIONAL:
        return "+" + digits
    if len(digits) <= _SHORT_DIGITS or not digits.isdecimal():
        return digits
    if address.ton is TypeOfNumber.NATIONAL:
        return f"+{COUNTRY}{digits}"
    if digits.startswith("00"):
        return "+" + digits[2:]
    if len(digits) == _NATIONAL_DIGITS + 1 and digits[0] in (TRUNK, COUNTRY):
        return f"+{COUNTRY}{digits[1:]}"
    if len(digits) == _NATIONAL_DIGITS:
        return f"+{COUNTRY}{digits}"
    return "+" + digits


def parse_number(text: str) -> str:
    """The same of what a person typed; WireError when it is no address."""
    written = text
    if text[:1] in _NUMBER_STARTS:
        written = text.translate(_PUNCTUATION)
    address = Address.of(written)
    if address.ton is TypeOfNumber.ALPHANUMERIC and text.startswith("+"):
        raise WireError(f"{text!r} is no number")
    return number_of(address)
