"""Telit GE, HE, LE and ME series.

Evidence: #QSS tells of the SIM, #PCT the PIN attempts left, #CCID the card (Telit AT
reference; ModemManager, plugins/telit). Interfaces 0 and 2 answer commands.
"""

from modem.profile import PinCounter, Profile

TELIT = Profile(
    name="telit",
    maker=r"telit|\b[GHLM]E9[0-9]{2}",
    usb_vendors=frozenset({"1bc7"}),
    card_queries=("#CCID", "+CCID", "+ICCID"),
    pin_counters=(
        PinCounter(query="#PCT", prefix="#PCT", position=0),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    at_interfaces=(0, 2, 3),
)
