"""Cinterion and Siemens TC, MC, BGS, EHS, PLS.

Evidence: ^SYSSTART at start (ModemManager, plugins/cinterion); ^SPIC tells the
attempts left; TC35 takes one parameter of +CMGD only, as is always tried first.
"""

from modem.profile import PinCounter, Profile

CINTERION = Profile(
    name="cinterion",
    maker=r"cinterion|siemens|gemalto|thales",
    usb_vendors=frozenset({"1e2d", "0681"}),
    card_queries=("^SCID", "+CCID", "+ICCID"),
    pin_counters=(
        PinCounter(query="^SPIC", prefix="^SPIC", position=0),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
)
