"""Addresses in SMPP: type of number and numbering plan both ways, and charsets.

Spec: SMPP 3.4 5.2.5 and 5.2.6; spec/smpp.md 9, 40, 41
"""

from typing import Final, Protocol

from gateway.codec.address import Address, NumberingPlan, TypeOfNumber
from gateway.codec.gsm7 import UnencodableError, encode_septets
from gateway.codec.value import value
from smpp.config import AddressCharset, TonNpi

_SHORT_CODE_DIGITS: Final = range(3, 9)
_LONGEST: Final = 20
_NUMBER_LETTERS: Final = frozenset("0123456789*#abc")
_PLANS: Final = {plan.value: plan for plan in NumberingPlan}
_TYPES: Final = {kind.value: kind for kind in TypeOfNumber}
_INTERNATIONAL: Final = TonNpi(ton=1, npi=1)
_ALPHANUMERIC: Final = TonNpi(ton=5, npi=0)


@value(frozen=True, slots=True, kw_only=True)
class WireAddress:
    """As the three fields of a PDU; `text` is octets as Latin-1."""

    ton: int = 0
    npi: int = 0
    text: str = ""


class AddressRules(Protocol):
    """What a link or our server says of how addresses are spelled."""

    @property
    def short_code(self) -> TonNpi: ...

    @property
    def national(self) -> TonNpi: ...

    @property
    def address_charset(self) -> AddressCharset: ...


class AddressError(ValueError):
    """An address cannot be sent as it is; it is never cut."""


def to_wire(
    address: Address, config: AddressRules, override: TonNpi | None
) -> WireAddress:
    """Digits without plus, with the type that the link's rules give them."""
    kind = override or _kind(address, config)
    charset = config.address_charset
    text = _spelled(address, charset)
    if len(text) > _LONGEST:
        raise AddressError(f"{len(text)} characters: at most {_LONGEST}")
    if charset is not AddressCharset.GSM and not text.isprintable():
        raise AddressError("has a control character")
    return WireAddress(ton=kind.ton, npi=kind.npi, text=text)


def from_wire(ton: int, npi: int, text: str) -> Address:
    """Who it is; whatever the peer calls it, only digits are a number."""
    international = ton == TypeOfNumber.INTERNATIONAL or text.startswith("+")
    digits = text.strip().removeprefix("+")
    plan = _PLANS.get(npi, NumberingPlan.UNKNOWN)
    if ton == TypeOfNumber.ALPHANUMERIC or not _NUMBER_LETTERS.issuperset(digits):
        return Address(digits=text, ton=TypeOfNumber.ALPHANUMERIC, npi=plan)
    if international:
        return Address(digits=digits, ton=TypeOfNumber.INTERNATIONAL, npi=plan)
    known = _TYPES.get(ton, TypeOfNumber.UNKNOWN)
    return Address(digits=digits, ton=known, npi=plan)


def _kind(address: Address, config: AddressRules) -> TonNpi:
    if address.ton is TypeOfNumber.INTERNATIONAL:
        return _INTERNATIONAL
    if not address.digits.isdecimal():
        return _ALPHANUMERIC
    if len(address.digits) in _SHORT_CODE_DIGITS:
        return config.short_code
    return config.national


def _spelled(address: Address, charset: AddressCharset) -> str:
    text = address.digits
    try:
        match charset:
            case AddressCharset.ASCII:
                if not text.isascii():
                    raise AddressError(f"is not in {charset}")
                return text
            case AddressCharset.LATIN1:
                return text.encode("latin-1").decode("latin-1")
            case AddressCharset.GSM:
                octets = encode_septets(text)
                if 0 in octets:
                    raise AddressError("has @, which is NUL in the GSM alphabet")
                return octets.decode("latin-1")
    except (UnicodeEncodeError, UnencodableError) as error:
        raise AddressError(f"is not in {charset}") from error
