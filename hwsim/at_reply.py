"""What a command gives: lines and a final result, or an error with its code.

Relies on nothing; the session puts it on the line as the terminal's settings say.

Spec: ITU-T V.250 5.7, table 1; 3GPP TS 27.005 3.2.5; 3GPP TS 27.007 9.2
"""

from dataclasses import dataclass
from enum import Enum


class Final(Enum):
    """Final results: words and digit."""

    OK = ("OK", 0)
    CONNECT = ("CONNECT", 1)
    RING = ("RING", 2)
    NO_CARRIER = ("NO CARRIER", 3)
    ERROR = ("ERROR", 4)
    NO_DIALTONE = ("NO DIALTONE", 6)
    BUSY = ("BUSY", 7)
    NO_ANSWER = ("NO ANSWER", 8)
    NONE = ("", -1)

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def digit(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Reply:
    """Information lines, then the final result."""

    lines: tuple[str, ...] = ()
    final: Final = Final.OK


def reply(*lines: str) -> Reply:
    return Reply(lines)


class AtError(Exception):
    """The command failed with plain ERROR."""


class CmeError(AtError):
    """The equipment refuses."""

    def __init__(self, code: int) -> None:
        super().__init__(f"CME {code}")
        self.code = code


class CmsError(AtError):
    """The message service refuses."""

    def __init__(self, code: int) -> None:
        super().__init__(f"CMS {code}")
        self.code = code


class NotSupported(AtError):
    """No such command; said as the personality says it."""


class Verbatim(AtError):
    """A final result exactly as given, for faults."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


CME_WORDS = {
    0: "phone failure",
    3: "operation not allowed",
    4: "operation not supported",
    5: "PH-SIM PIN required",
    10: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    13: "SIM failure",
    14: "SIM busy",
    15: "SIM wrong",
    16: "incorrect password",
    17: "SIM PIN2 required",
    18: "SIM PUK2 required",
    20: "memory full",
    21: "invalid index",
    22: "not found",
    23: "memory failure",
    24: "text string too long",
    25: "invalid characters in text string",
    26: "dial string too long",
    27: "invalid characters in dial string",
    30: "no network service",
    31: "network timeout",
    32: "network not allowed - emergency calls only",
    50: "incorrect parameters",
    100: "unknown",
    515: "please wait, init or command processing in progress",
}

CMS_WORDS = {
    1: "unassigned (unallocated) number",
    8: "operator determined barring",
    10: "call barred",
    21: "short message transfer rejected",
    27: "destination out of service",
    28: "unidentified subscriber",
    29: "facility rejected",
    30: "unknown subscriber",
    38: "network out of order",
    41: "temporary failure",
    42: "congestion",
    47: "resources unavailable, unspecified",
    50: "requested facility not subscribed",
    69: "requested facility not implemented",
    96: "invalid mandatory information",
    111: "protocol error, unspecified",
    208: "(U)SIM SMS storage full",
    300: "ME failure",
    301: "SMS service of ME reserved",
    302: "operation not allowed",
    303: "operation not supported",
    304: "invalid PDU mode parameter",
    305: "invalid text mode parameter",
    310: "(U)SIM not inserted",
    311: "(U)SIM PIN required",
    312: "PH-(U)SIM PIN required",
    313: "(U)SIM failure",
    314: "(U)SIM busy",
    315: "(U)SIM wrong",
    316: "(U)SIM PUK required",
    320: "memory failure",
    321: "invalid memory index",
    322: "memory full",
    330: "SMSC address unknown",
    331: "no network service",
    332: "network timeout",
    340: "no +CNMA acknowledgement expected",
    500: "unknown error",
}


def error_words(error: AtError, level: int) -> str:
    """The final result of an error at a +CMEE level, but for NotSupported."""
    match error:
        case Verbatim():
            return error.text
        case CmsError() if level == 2:
            return f"+CMS ERROR: {CMS_WORDS.get(error.code, error.code)}"
        case CmsError():
            return f"+CMS ERROR: {error.code}"
        case CmeError() if level == 1:
            return f"+CME ERROR: {error.code}"
        case CmeError() if level == 2:
            return f"+CME ERROR: {CME_WORDS.get(error.code, error.code)}"
        case _:
            return "ERROR"
