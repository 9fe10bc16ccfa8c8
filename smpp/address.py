"""Addresses in SMPP: type of number and numbering plan both ways, and charsets.

Spec: SMPP 3.4 5.2.5 and 5.2.6; spec/smpp.md 9, 40, 41
"""

from dataclasses import dataclass
from typing import Final

from gateway.codec.address import Address, NumberingPlan, TypeOfNumber
from gateway.codec.gsm7 import UnencodableError, encode_septets
from smpp.config import AddressCharset, BindConfig, TonNpi

_SHORT_CODE_DIGITS: Final = range(3, 9)
_LONGEST: Final = 20
_NUMBER_LETTERS: Final = frozenset("0123456789*#abc")


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAddress:
    """As the three fields of a PDU; `text` is octets as Latin-1."""

    ton: int = 0
    npi: int = 0
    text: str = ""


class AddressError(ValueError):
    """An address cannot be sent as it is; it is never cut."""


def to_wire(
    address: Address, config: BindConfig, override: TonNpi | None
) -> WireAddress:
    """Digits without plus, with the type that the link's rules give them."""
    kind = override or _kind(address, config)
    text = _spelled(address, config.address_charset)
    if len(text) > _LONGEST:
        raise AddressError(f"{len(text)} characters: at most {_LONGEST}")
    if any(char < " " for char in text) and config.address_charset is not (
        AddressCharset.GSM
    ):
        raise AddressError("has a control character")
    return WireAddress(ton=kind.ton, npi=kind.npi, text=text)


def from_wire(ton: int, npi: int, text: str) -> Address:
    """Who it is; whatever the peer calls it, only digits are a number."""
    international = ton == TypeOfNumber.INTERNATIONAL or text.startswith("+")
    digits = text.strip().removeprefix("+")
    plan = NumberingPlan(npi) if npi <= max(NumberingPlan) else NumberingPlan.UNKNOWN
    if ton == TypeOfNumber.ALPHANUMERIC or not _NUMBER_LETTERS.issuperset(digits):
        return Address(digits=text, ton=TypeOfNumber.ALPHANUMERIC, npi=plan)
    if international:
        return Address(digits=digits, ton=TypeOfNumber.INTERNATIONAL, npi=plan)
    known = TypeOfNumber(ton) if ton <= max(TypeOfNumber) else TypeOfNumber.UNKNOWN
    return Address(digits=digits, ton=known, npi=plan)


def _kind(address: Address, config: BindConfig) -> TonNpi:
    if address.ton is TypeOfNumber.INTERNATIONAL:
        return TonNpi(ton=1, npi=1)
    if not address.digits.isdecimal():
        return TonNpi(ton=5, npi=0)
    if len(address.digits) in _SHORT_CODE_DIGITS:
        return config.short_code
    return config.national


def _spelled(address: Address, charset: AddressCharset) -> str:
    text = address.digits
    try:
        match charset:
            case AddressCharset.ASCII:
                return text.encode("ascii").decode("ascii")
            case AddressCharset.LATIN1:
                return text.encode("latin-1").decode("latin-1")
            case AddressCharset.GSM:
                octets = encode_septets(text)
                if 0 in octets:
                    raise AddressError("has @, which is NUL in the GSM alphabet")
                return octets.decode("latin-1")
    except (UnicodeEncodeError, UnencodableError) as error:
        raise AddressError(f"is not in {charset}") from error
