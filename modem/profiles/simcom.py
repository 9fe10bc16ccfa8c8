"""SIMCom SIM800, SIM900, SIM7000, SIM7600, A7670.

Evidence: SIM800L refuses ds=2 of +CNMI (python-gsmmodem, issue 60); a directly
delivered message must not be acknowledged (oFono, drivers/atmodem/sms.c); SIM7600G-H
refuses +CMGS after a reboot until AT&F (LilyGO-T-SIM7600X, issue 340).
"""

from modem.profile import PinCounter, Profile

SIMCOM = Profile(
    name="simcom",
    maker=r"simcom|\bSIM[0-9]{3,4}|\bA76[0-9]{2}",
    usb_vendors=frozenset({"1e0e"}),
    card_queries=("+CCID", "+CICCID", "+ICCID"),
    pin_counters=(
        PinCounter(query="+SPIC", prefix="+SPIC", position=0),
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    ),
    reset=("AT&F", "ATZ"),
    cnmi_reports=(1, 0),
    acknowledges_messages=False,
    at_interfaces=(2, 3),
)
