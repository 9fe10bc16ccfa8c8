"""Unsolicited results: which lines are notifications, and their second lines.

Relies on nothing but the line's text. What a notification means to the driver is
decided elsewhere; a line that is in no table here is counted and ignored.

Spec: 3GPP TS 27.005 3.4.1, 27.007 5 to 9; vendor forms as named in the tables.
"""

import re
from dataclasses import dataclass, replace

# Their PDU stands on the next line: 27.005 3.4.1.
NEXT_LINE_PDU = frozenset({"+CMT", "+CDS", "+CBM"})
# Their text may hold line ends until its quote is closed: 27.007 7.15.
CONTINUED_QUOTE = frozenset({"+CUSD"})

# The modem began anew: whatever was set before is lost.
REBOOTED = frozenset(
    {
        "RDY",  # SIMCom, Quectel
        "APP RDY",
        "^SYSSTART",  # Cinterion
        "*ATREADY",  # SIM7600, A7670
        "*EMRDY",  # Ericsson
        "POWERED DOWN",
        "NORMAL POWER DOWN",
        "UNDER-VOLTAGE POWER DOWN",
        "OVER-VOLTAGE POWER DOWN",
        "+PBREADY",
        "MODEM:STARTUP",
    }
)
# Said while it starts; alone they prove nothing (some come late, some by SIM change).
STARTING = frozenset(
    {
        "CALL READY",
        "SMS READY",
        "PB DONE",
        "SMS DONE",
        "+CPIN",
        "+CFUN",
        "+QIND",
        "+QUSIM",
        "+PACSP0",
        "+PACSP1",
        "+WIND",
        "^SIMST",
        "#QSS",
        "+SIM",
    }
)
CALL = frozenset(
    {"RING", "+CRING", "+CLIP", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"}
)
# News that a full memory waits to be emptied.
FULL = frozenset({"^SMMEMFULL", "+SMSFULL", "+CMTF"})
_STANDARD = frozenset(
    {"+CMTI", "+CDSI", "+CMT", "+CDS", "+CBM", "+CBMI", "+CUSD", "+CREG"}
    | {"+CGREG", "+CEREG", "+C5GREG", "+CIEV", "+CGEV", "+CTZV", "+CTZE", "+CCWA"}
    | {"+CSSI", "+CSSU", "+COLP", "+CGREG", "+NITZ", "+CRSL", "+CUSATP", "+CPSI"}
)
# Vendors' running commentary, whatever its name.
_VENDOR = re.compile(
    r"\^(RSSI|BOOT|MODE|HCSQ|DSFLOWRPT|SRVST|SIMST|RFSWITCH|NWTIME|CSNR|LTERSRP"
    r"|SYSINFO|THERM|EARST|ORIG|CONF|CONN|CEND|STIN|NDISSTAT|ANLEVEL|DATACONNECT)\b"
    r"|\+Z(PASR|DONR|USIMR|PSTM|EMCI|UR)|\+NITZ|\+QIND|\+QUSIM|\+PACSP|\+PSUTTZ|DST:"
    r"|\*(PSNWID|PSUTTZ|EMRDY|ATREADY|EPEV|E2\w*|SIMDETEC)"
    r"|#(QSS|MWI|BND)|%(NWSTATE|IPDPACT|NSTI)|_O\w+:|!\w+:"
)

_HEAD = re.compile(r"([+^*#$%!]?[A-Za-z0-9][A-Za-z0-9_-]*)\s*:\s*(.*)", re.DOTALL)
_LENGTH = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification: its name, what follows the colon, its second line."""

    name: str
    head: str = ""
    body: str | None = None

    @property
    def is_open(self) -> bool:
        """Is more of its text to come?"""
        return self.name in CONTINUED_QUOTE and self.head.count('"') % 2 == 1

    @property
    def length_octets(self) -> int | None:
        """The TPDU length that a header of a direct delivery states."""
        match = _LENGTH.search(self.head)
        return int(match.group(1)) if match else None

    def fits(self, pdu: str) -> bool:
        """Has `pdu` the length this header stated?"""
        digits = re.sub(r'[" ]|,.*', "", pdu)
        smsc = int(digits[:2], 16)
        return self.length_octets == len(digits) // 2 - 1 - smsc

    def with_body(self, body: str) -> "Notice":
        return replace(self, body=body)

    def followed_by(self, text: str) -> "Notice":
        return replace(self, head=f"{self.head}\n{text}")


def known_notice(text: str) -> bool:
    """Is the line one of the tables'?"""
    name = name_of(text)
    return (
        name in _STANDARD
        or name in REBOOTED
        or name in STARTING
        or name in CALL
        or name in FULL
        or _VENDOR.match(text) is not None
    )


def notice_of(text: str) -> Notice:
    """The line as a notification, known or not."""
    match = _HEAD.fullmatch(text)
    head = match.group(2).strip() if match else ""
    return Notice(name=name_of(text), head=head)


def name_of(text: str) -> str:
    """`+CMTI` of `+CMTI: "SM",3`; the whole line when it has no colon."""
    match = _HEAD.fullmatch(text)
    if match is None or text.upper() in REBOOTED:
        return text.upper()
    return match.group(1).upper()
