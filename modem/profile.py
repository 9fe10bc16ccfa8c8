"""What makes one family of modems differ: data with defaults, never behaviour.

A difference that no field can say becomes a new step of bring-up for all. Profiles
are listed in `modem.profiles`; none of them imports the driver.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCounter:
    """How to ask for the PIN attempts left, and which field of the answer has them."""

    query: str
    prefix: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One family; the defaults are what the specifications promise.

    `cnmi_modes` and `cnmi_reports` are tried in order, as far as the modem offers
    them. `acknowledges_messages` and `acknowledges_reports` say whether +CNMA is
    accepted for a direct delivery with +CSMS=1. `at_interfaces` are USB interface
    numbers, best first, that carry commands and notifications.
    """

    name: str
    maker: str = ""  # regular expression over manufacturer and model
    usb_vendors: frozenset[str] = frozenset()
    card_queries: tuple[str, ...] = ("+CCID", "+ICCID", "+QCCID", "^ICCID?")
    pin_counters: tuple[PinCounter, ...] = (
        PinCounter(query="+CPINR", prefix="+CPINR", position=1),
    )
    init: tuple[str, ...] = ()
    reset: tuple[str, ...] = ("ATZ",)
    cnmi_modes: tuple[int, ...] = (2, 1, 3)
    cnmi_reports: tuple[int, ...] = (1, 2, 0)
    wants_service_1: bool = True
    acknowledges_messages: bool = True
    acknowledges_reports: bool = True
    at_interfaces: tuple[int, ...] = ()
    write_piece_octets: int | None = None
    write_pause_s: float = 0.0

    def matches(self, identity: str) -> bool:
        """Is `identity` (manufacturer and model) of this family?"""
        return bool(self.maker) and (
            re.search(self.maker, identity, re.IGNORECASE) is not None
        )
