"""What one TPDU carries: coding, header, body; and its octets.

Relies on ``gsm7``. A body holds one septet per byte when the alphabet is GSM 7-bit,
else octets. Compression is not undone.

Spec: 3GPP TS 23.038 4; 3GPP TS 23.040 9.2.3.16, 9.2.3.24
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hwsim.wire import WireError, gsm7
from hwsim.wire.gsm7_tables import SHIFT

MAX_USER_DATA_OCTETS = 140
MAX_SEPTETS = 160

CONCATENATION_8 = 0x00
PORTS_16 = 0x05
CONCATENATION_16 = 0x08
SINGLE_SHIFT = 0x24
LOCKING_SHIFT = 0x25


class Alphabet(StrEnum):
    GSM7 = "gsm7"
    OCTETS = "8bit"
    UCS2 = "ucs2"


def alphabet_of(dcs: int) -> Alphabet:
    """Reserved groups read as the default alphabet. Spec: 23.038 4"""
    group = dcs >> 4
    if group < 8:
        return (Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2, Alphabet.GSM7)[
            (dcs >> 2) & 3
        ]
    if group == 0xE:
        return Alphabet.UCS2
    if group == 0xF and dcs & 0x04:
        return Alphabet.OCTETS
    return Alphabet.GSM7


def dcs_for(alphabet: Alphabet, *, message_class: int | None = None) -> int:
    bits = {Alphabet.GSM7: 0x00, Alphabet.OCTETS: 0x04, Alphabet.UCS2: 0x08}[alphabet]
    return bits if message_class is None else bits | 0x10 | message_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Concatenation:
    reference: int
    total: int
    number: int
    wide: bool = False

    def element(self) -> bytes:
        numbers = bytes((self.total, self.number))
        if self.wide:
            return b"\x08\x04" + self.reference.to_bytes(2, "big") + numbers
        return b"\x00\x03" + bytes((self.reference & 0xFF,)) + numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class UserData:
    """The user data of one TPDU; a ``header`` starts with its own length octet."""

    dcs: int
    header: bytes = b""
    body: bytes

    @property
    def alphabet(self) -> Alphabet:
        return alphabet_of(self.dcs)

    @property
    def _fill_bits(self) -> int:
        return -8 * len(self.header) % 7

    @property
    def length(self) -> int:
        """TP-UDL: septets for GSM 7-bit, octets else."""
        if self.alphabet is Alphabet.GSM7:
            return (8 * len(self.header) + 6) // 7 + len(self.body)
        return len(self.header) + len(self.body)

    @property
    def octets(self) -> bytes:
        """TP-UD."""
        if self.alphabet is Alphabet.GSM7:
            return self.header + gsm7.pack(self.body, fill_bits=self._fill_bits)
        return self.header + self.body

    @property
    def concatenation(self) -> Concatenation | None:
        """The last valid element counts. Spec: 9.2.3.24.1"""
        found = None
        for kind, value in elements_of(self.header):
            if kind == CONCATENATION_8 and len(value) == 3:
                wide = False
            elif kind == CONCATENATION_16 and len(value) == 4:
                wide = True
            else:
                continue
            total, number = value[-2], value[-1]
            if 1 <= number <= total:
                reference = int.from_bytes(value[:-2], "big")
                found = Concatenation(
                    reference=reference, total=total, number=number, wide=wide
                )
        return found

    @property
    def ports(self) -> tuple[int, int] | None:
        """Destination and source port, 16-bit form."""
        for kind, value in elements_of(self.header):
            if kind == PORTS_16 and len(value) == 4:
                return int.from_bytes(value[:2], "big"), int.from_bytes(
                    value[2:], "big"
                )
        return None

    @property
    def tables(self) -> tuple[int, int]:
        """Languages of the locking and the single shift table, 0 for the default."""
        locking = single = 0
        for kind, value in elements_of(self.header):
            known = len(value) == 1 and value[0] in SHIFT
            if kind == LOCKING_SHIFT and known:
                locking = value[0]
            elif kind == SINGLE_SHIFT and known:
                single = value[0]
        return locking, single


def read_user_data(
    octets: bytes, *, dcs: int, length: int, has_header: bool
) -> UserData:
    """TP-UD of ``length`` as TP-UDL counts; WireError unless all octets are used."""
    septets = alphabet_of(dcs) is Alphabet.GSM7
    limit = MAX_SEPTETS if septets else MAX_USER_DATA_OCTETS
    if length > limit:
        raise WireError(f"user data of length {length}, the limit is {limit}")
    length_octets = (7 * length + 7) // 8 if septets else length
    if length_octets != len(octets):
        raise WireError(
            f"user data length {length} stands for {length_octets} octets,"
            f" {len(octets)} are there"
        )
    header = b""
    if has_header:
        header = octets[: octets[0] + 1] if octets else b""
        if not header or len(header) != octets[0] + 1:
            raise WireError("the user data header is longer than the user data")
    if not septets:
        return UserData(dcs=dcs, header=header, body=octets[len(header) :])
    header_septets = (8 * len(header) + 6) // 7
    body = gsm7.unpack(
        octets[len(header) :],
        max(0, length - header_septets),
        fill_bits=-8 * len(header) % 7,
    )
    return UserData(dcs=dcs, header=header, body=body)


def elements_of(header: bytes) -> Iterator[tuple[int, bytes]]:
    """Identifier and value of each whole information element."""
    offset = 1
    while offset + 2 <= len(header):
        kind, length = header[offset], header[offset + 1]
        value = header[offset + 2 : offset + 2 + length]
        if len(value) == length:
            yield kind, value
        offset += 2 + length


def header_of(elements: bytes) -> bytes:
    return bytes((len(elements),)) + elements if elements else b""


def relinked(
    user: UserData, *, reference: int | None = None, number: int | None = None
) -> UserData:
    """The same segment with another reference or number in its header."""
    elements = b""
    for kind, value in elements_of(user.header):
        if kind in (CONCATENATION_8, CONCATENATION_16):
            length = len(value) - 2
            if reference is not None:
                modulus = 1 << 8 * length
                value = (reference % modulus).to_bytes(length, "big") + value[-2:]
            if number is not None:
                value = value[:-1] + bytes((number,))
        elements += bytes((kind, len(value))) + value
    return replace(user, header=header_of(elements))
