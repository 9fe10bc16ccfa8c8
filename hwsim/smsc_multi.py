"""submit_multi: one message to several, as so many submits with one id.

Relies on nothing but the PDUs. Distribution lists are not kept here: one that is named
is refused.

Spec: SMPP 3.4 4.5, 5.2.24 to 5.2.26
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hwsim.smsc_record import SmppAddress
from hwsim.wire.smpp import Command, Pdu, SmppRefusal, Status

_LIST_FLAG = 2
_STATUS = struct.Struct(">I")


def read_destinations(pdu: Pdu) -> list[SmppAddress]:
    """Whom it is for; SmppRefusal when it is for nobody, or for a list."""
    destinations = list(_walk(pdu.octets("destinations")))
    if not destinations:
        raise SmppRefusal(Status.INVALID_DESTINATIONS, "no destination")
    return destinations


def single(pdu: Pdu, destination: SmppAddress) -> Pdu:
    """The submit_sm to one of them."""
    fields = {
        **pdu.fields,
        "dest_addr_ton": destination.ton,
        "dest_addr_npi": destination.npi,
        "destination_addr": destination.text,
    }
    del fields["destinations"]
    return replace(pdu, command=Command.SUBMIT_SM, fields=fields)


def write_failures(failures: Sequence[tuple[SmppAddress, int]]) -> bytes:
    """The destinations that were not taken, and why."""
    octets = bytes((len(failures),))
    for destination, status in failures:
        octets += bytes((destination.ton, destination.npi))
        octets += destination.text.encode("latin-1") + b"\0" + _STATUS.pack(status)
    return octets


def _walk(octets: bytes) -> Iterator[SmppAddress]:
    offset = 1
    for _ in range(octets[0]):
        if octets[offset] == _LIST_FLAG:
            raise SmppRefusal(Status.INVALID_LIST, "there are no distribution lists")
        ton, npi = octets[offset + 1 : offset + 3]
        end = octets.index(0, offset + 3)
        text = octets[offset + 3 : end].decode("latin-1")
        yield SmppAddress(ton=ton, npi=npi, text=text)
        offset = end + 1
