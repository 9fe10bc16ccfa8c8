"""ZTE MF1xx to MF8xx.

Evidence: a flood of waiting-message indications fills the buffer until +CPMS? is said
(ModemManager, plugins/zte), which bring-up does for all; `+CDS: ,n` and an octet too
many after TP-MR (oFono, python-gsmmodem tests) are read by all; acknowledging a direct
delivery does not work (oFono, drivers/atmodem/sms.c).
"""

from modem.profile import PinCounter, Profile

ZTE = Profile(
    name="zte",
    maker=r"\bzte\b|\bMF[0-9]{3}",
    usb_vendors=frozenset({"19d2"}),
    card_queries=("+ICCID", "+CCID", "+ZGETICCID"),
    pin_counters=(
        PinCounter(query="+ZPINPUK=?", prefix="+ZPINPUK", position=0),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    cnmi_modes=(1, 2),
    acknowledges_messages=False,
    acknowledges_reports=False,
    wants_service_1=False,
    at_interfaces=(1, 3, 2),
)
