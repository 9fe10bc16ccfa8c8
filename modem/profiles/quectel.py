"""Quectel EC2x, EG2x, BG9x, M95.

Evidence: a +CDSI of EC25 and EG25 names "SM",0 while the report lies in "SR", so
reports are taken directly (asterisk-chan-quectel, pull request 75); the maximum of
+CMGS is documented as 120 s. ttyUSB2 (interface 2) carries commands.
"""

from modem.profile import PinCounter, Profile

QUECTEL = Profile(
    name="quectel",
    maker=r"quectel|\bE[CG]2[0-9]|\bBG9[0-9]|\bM95\b",
    usb_vendors=frozenset({"2c7c"}),
    card_queries=("+QCCID", "+CCID", "+ICCID"),
    pin_counters=(
        PinCounter(query='+QPINC="SC"', prefix="+QPINC", position=1),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    cnmi_reports=(1, 0),
    at_interfaces=(2, 3),
)
