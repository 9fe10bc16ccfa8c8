"""Takes the fields of a PDU off its body, and tolerates what can be tolerated.

Total: gives what is there, with each `Flaw`, or raises `DecodeError`.

Spec: SMPP 3.4 chapter 3 to 5; spec/smpp.md 4, 5
"""

import struct
from enum import IntEnum, StrEnum
from typing import Any, Final

from gateway.codec import DecodeError
from smpp import pdu as p
from smpp.layout import LIMITS, Field, Kind

TLV_HEAD: Final = struct.Struct(">HH")


class DestFlag(IntEnum):
    """What a dest_address of submit_multi is. Spec: SMPP 3.4 5.2.25"""

    ADDRESS = 1
    LIST = 2


class Flaw(StrEnum):
    """What a peer did wrong and was understood all the same."""

    UNTERMINATED = "unterminated_string"
    LENGTH = "sm_length"
    TLV_CUT = "tlv_past_the_end"
    TOO_LONG = "field_too_long"
    SURPLUS = "surplus_octets"
    UNASKED = "unexpected_response"


class Reader:
    """Takes fields off a body, one after the other."""

    __slots__ = ("_body", "_offset", "flaws")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._offset = 0
        self.flaws: list[Flaw] = []

    def fields(self, layout: tuple[Field, ...]) -> dict[str, Any]:
        """The fields of a layout by name."""
        return {field.name: self._field(field) for field in layout}

    def sm(self) -> dict[str, Any]:
        """The fields of submit_sm and deliver_sm, written out for speed."""
        fields: dict[str, Any] = {"service_type": self.cstring("service_type")}
        fields["source_addr_ton"] = self.octet("source_addr_ton")
        fields["source_addr_npi"] = self.octet("source_addr_npi")
        fields["source_addr"] = self.cstring("source_addr")
        fields["dest_addr_ton"] = self.octet("dest_addr_ton")
        fields["dest_addr_npi"] = self.octet("dest_addr_npi")
        fields["destination_addr"] = self.cstring("destination_addr")
        fields["esm_class"] = self.octet("esm_class")
        fields["protocol_id"] = self.octet("protocol_id")
        fields["priority_flag"] = self.octet("priority_flag")
        fields["schedule_delivery_time"] = self.cstring("schedule_delivery_time")
        fields["validity_period"] = self.cstring("validity_period")
        fields["registered_delivery"] = self.octet("registered_delivery")
        fields["replace_if_present_flag"] = self.octet("replace_if_present_flag")
        fields["data_coding"] = self.octet("data_coding")
        fields["sm_default_msg_id"] = self.octet("sm_default_msg_id")
        fields["short_message"] = self.short_message()
        return fields

    def octet(self, what: str) -> int:
        """One octet."""
        if self._offset >= len(self._body):
            raise DecodeError(what, self._offset, self._body)
        octet = self._body[self._offset]
        self._offset += 1
        return octet

    def cstring(self, what: str) -> str:
        """Up to the NUL; to the end where there is none."""
        body, start = self._body, self._offset
        end = body.find(0, start)
        if end < 0:
            if start >= len(body):
                raise DecodeError(what, start, body)
            self.flaws.append(Flaw.UNTERMINATED)
            end = len(body)
        self._offset = end + 1
        if end - start > LIMITS[what]:
            self.flaws.append(Flaw.TOO_LONG)
        return body[start:end].decode("latin-1")

    def optional_cstring(self, what: str) -> str | None:
        """None where the body is empty or has parameters only."""
        if not self._body:
            return None
        # No identifier begins with a control character, but every known tag does.
        if len(self._body) > 1 and self._body[0] < 0x20 and _is_tlvs(self._body, 0):
            return None
        return self.cstring(what)

    def tlvs(self) -> tuple[p.Tlv, ...]:
        """All to the end; one that runs past it is cut there."""
        body, offset, found = self._body, self._offset, []
        end = len(body)
        while end - offset >= TLV_HEAD.size:
            tag, length = TLV_HEAD.unpack_from(body, offset)
            offset += TLV_HEAD.size
            if offset + length > end:
                self.flaws.append(Flaw.TLV_CUT)
            found.append(p.Tlv(tag=tag, value=body[offset : offset + length]))
            offset += length
        if offset < end:
            self.flaws.append(Flaw.SURPLUS)
        return tuple(found)

    def _field(self, field: Field) -> Any:
        match field.kind:
            case Kind.OCTET:
                return self.octet(field.name)
            case Kind.CSTRING:
                return self.cstring(field.name)
            case Kind.SHORT_MESSAGE:
                return self.short_message()
            case Kind.DESTINATIONS:
                return self._destinations()
            case Kind.UNSUCCESSFUL:
                return self._unsuccessful()

    def _destinations(self) -> tuple[p.Destination | p.ListName, ...]:
        """number_of_dests and so many dest_address. Spec: SMPP 3.4 4.5.1"""
        count = self.octet("number_of_dests")
        return tuple(self._destination() for _ in range(count))

    def _destination(self) -> p.Destination | p.ListName:
        match self.octet("dest_flag"):
            case DestFlag.ADDRESS:
                return p.Destination(
                    ton=self.octet("dest_addr_ton"),
                    npi=self.octet("dest_addr_npi"),
                    text=self.cstring("destination_addr"),
                )
            case DestFlag.LIST:
                return p.ListName(name=self.cstring("dl_name"))
            case _:
                # What follows cannot be told from the next field.
                raise DecodeError("dest_flag", self._offset - 1, self._body)

    def _unsuccessful(self) -> tuple[p.Unsuccessful, ...]:
        """no_unsuccess and so many unsuccess_sme. Spec: SMPP 3.4 4.5.2.1"""
        count = self.octet("no_unsuccess")
        return tuple(
            p.Unsuccessful(
                ton=self.octet("dest_addr_ton"),
                npi=self.octet("dest_addr_npi"),
                text=self.cstring("destination_addr"),
                error=int.from_bytes(
                    bytes(self.octet("error_status_code") for _ in range(4))
                ),
            )
            for _ in range(count)
        )

    def short_message(self) -> bytes:
        """sm_length and so many octets; either may be off by one."""
        length_octets = self.octet("sm_length")
        start, body = self._offset, self._body
        end = start + length_octets
        if end < len(body) and not _is_tlvs(body, end):
            if _is_tlvs(body, end + 1):
                # One too short, or a NUL behind the text that is none of it.
                self.flaws.append(Flaw.LENGTH)
                self._offset = end + 1
                return body[start : end + (body[end] != 0)]
            if length_octets and _is_tlvs(body, end - 1):
                self.flaws.append(Flaw.LENGTH)
                end -= 1
        elif end > len(body):
            self.flaws.append(Flaw.LENGTH)
            end = len(body)
        self._offset = end
        return body[start:end]


def _is_tlvs(body: bytes, offset: int) -> bool:
    """Whether parameters fill the body from here exactly to its end."""
    end = len(body)
    while end - offset >= TLV_HEAD.size:
        offset += TLV_HEAD.size + int.from_bytes(body[offset + 2 : offset + 4])
    return offset == end
