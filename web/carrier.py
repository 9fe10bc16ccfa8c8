"""`carrier` of a message to send: what only SMPP carriers understand, as core values.

Relies on `web.schema` for the shape. A TLV's value is a text, `0x` and hex, or a whole
number, which takes as many octets as the specification gives that tag.

Spec: SMPP 3.4 5.3.2; spec/smpp.md 7, 39, 40, 42, 43, 58, 59
"""

from collections.abc import Mapping
from typing import Final

from gateway.core.errors import Invalid
from gateway.core.message import CarrierOptions
from web.schema import CarrierSettings, CarrierTlv

_LONGEST_OCTETS: Final = 1000
_VENDOR_OCTETS: Final = 4
_OF_OURS: Final = frozenset(
    # message_payload, the SAR parameters and qos_time_to_live are the link's to choose.
    {0x0017, 0x020C, 0x020E, 0x020F, 0x0424}
)
_ONE_OCTET: Final = (0x05, 0x06, 0x07, 0x08, 0x0D, 0x0E, 0x0F, 0x10, 0x19, 0x30)
_ONE_OCTET_HIGH: Final = (0x0201, 0x0205, 0x020D, 0x0302, 0x0304, 0x0421, 0x0426)
_SIZES: Final[Mapping[int, int]] = {
    **dict.fromkeys((*_ONE_OCTET, *_ONE_OCTET_HIGH), 1),
    **dict.fromkeys((0x0501, 0x1201, 0x1204, 0x1380), 1),
    **dict.fromkeys((0x0204, 0x020A, 0x020B, 0x1203, 0x1383), 2),
}


def carrier_options(settings: CarrierSettings | None) -> CarrierOptions | None:
    """As the core has them; `Invalid` names the field."""
    if settings is None:
        return None
    return CarrierOptions(
        service_type=settings.service_type,
        source_kind=settings.source_kind,
        destination_kind=settings.destination_kind,
        tlvs=_tlvs(settings.tlvs),
        deliver_at=settings.deliver_at,
        replace_if_present=settings.replace_if_present,
        failure_reports_only=settings.failure_reports_only,
        intermediate_reports=settings.intermediate_reports,
    )


def _tlvs(given: list[CarrierTlv]) -> tuple[tuple[int, bytes], ...]:
    found = []
    for index, tlv in enumerate(given):
        field = f"carrier.tlvs[{index}]"
        if tlv.tag in _OF_OURS:
            reason = "the gateway sets this parameter itself"
            raise Invalid("reserved_tag", reason, field=f"{field}.tag")
        found.append((tlv.tag, _octets(tlv, f"{field}.value")))
    if sum(len(value) for _, value in found) > _LONGEST_OCTETS:
        reason = f"at most {_LONGEST_OCTETS} octets of parameters"
        raise Invalid("too_long", reason, field="carrier.tlvs")
    return tuple(found)


def _octets(tlv: CarrierTlv, field: str) -> bytes:
    if isinstance(tlv.value, int):
        size = _SIZES.get(tlv.tag, _VENDOR_OCTETS)
        try:
            return tlv.value.to_bytes(size)
        except OverflowError:
            reason = f"does not fit in {size} octets"
            raise Invalid("out_of_range", reason, field=field) from None
    if not tlv.value.startswith("0x"):
        return tlv.value.encode()
    try:
        return bytes.fromhex(tlv.value[2:])
    except ValueError:
        raise Invalid("invalid_value", "not hexadecimal", field=field) from None
