"""The first octet of a TPDU: what kind it is, and its flags.

One bit has different meanings in different TPDUs, hence the names by meaning.

Spec: 3GPP TS 23.040 9.2.3.1 to 9.2.3.7, 9.2.3.17, 9.2.3.23, 9.2.3.25, 9.2.3.26
"""

from typing import Final

MTI_MASK: Final = 0x03
MTI_DELIVER: Final = 0x00
MTI_SUBMIT: Final = 0x01
MTI_STATUS_REPORT: Final = 0x02
MTI_RESERVED: Final = 0x03

REJECT_DUPLICATES: Final = 0x04
NO_MORE_MESSAGES: Final = 0x04
VALIDITY_SHIFT: Final = 3
VALIDITY_MASK: Final = 0x03
STATUS_REPORT_REQUEST: Final = 0x20
STATUS_REPORT_INDICATION: Final = 0x20
STATUS_REPORT_OF_COMMAND: Final = 0x20
HEADER_INDICATION: Final = 0x40
REPLY_PATH: Final = 0x80


def flags(*bits: tuple[int, bool]) -> int:
    """The sum of the bits that are set."""
    return sum(bit for bit, is_set in bits if is_set)
