"""Huawei E1xx, E3xxx, K-series, Brovi.

Evidence: ^RSSI, ^BOOT, ^MODE and others come every few seconds, also within answers
(gammu issues 4, 266, 286, 393), hence AT^CURC=0; the acknowledgement of a direct
delivery does not work (oFono, drivers/atmodem/sms.c); ^CPIN? tells the attempts left.
Interface 0 is the modem port, 1 or 2 carries commands while data are on 0.
"""

from modem.profile import PinCounter, Profile

HUAWEI = Profile(
    name="huawei",
    maker=r"huawei|brovi|\bE1[0-9]{2,3}\b|\bE3[0-9]{3}|\bK[345][0-9]{3}",
    usb_vendors=frozenset({"12d1", "3566"}),
    card_queries=("^ICCID?", "+CCID", "+ICCID"),
    pin_counters=(
        PinCounter(query="^CPIN?", prefix="^CPIN", position=2),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    init=("AT^CURC=0",),
    cnmi_modes=(1, 2),
    acknowledges_messages=False,
    acknowledges_reports=False,
    wants_service_1=False,
    at_interfaces=(2, 1, 0),
)
