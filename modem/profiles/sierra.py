"""Sierra Wireless MC, EM and AirPrime series.

Evidence: a Qualcomm base that offers mode 2 of +CNMI and refuses it (oFono); +PACSP0
and +PACSP1 come at start (ModemManager, plugins/sierra). Interface 3 carries commands.
"""

from modem.profile import PinCounter, Profile

SIERRA = Profile(
    name="sierra",
    maker=r"sierra|airprime|\b[EM]M7[0-9]{3}|\bMC[78][0-9]{3}",
    usb_vendors=frozenset({"1199"}),
    card_queries=("!ICCID?", "+CCID", "+ICCID"),
    pin_counters=(
        PinCounter(query="+CPINC?", prefix="+CPINC", position=0),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    cnmi_modes=(1, 2),
    at_interfaces=(3, 2),
)
