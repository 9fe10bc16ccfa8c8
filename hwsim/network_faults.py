"""The operator's faults: their kinds, and what those on status reports do.

Relies on ``faults`` for which are wanted; ``train_faults`` does those on segments. A
fault falls on the next report or message it can be done to, unless counted otherwise.

Spec: modem.md 10.13 f and g; 3GPP TS 23.040 9.2.3.15
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hwsim.fault_kinds import FaultKind
from hwsim.faults import Fault, FaultSet
from hwsim.wire.sms import (
    Address,
    StatusReportTpdu,
    TypeOfNumber,
    encode_status_report,
)

STILL_TRYING = 0x22
ADDRESS_FORMS = ("national", "trunk", "bare")
COUNTRY = "7"
TRUNK = "8"


def _kind(description: str, *parameters: str) -> FaultKind:
    return FaultKind(description=description, parameters=parameters)


NETWORK_KINDS: Mapping[str, FaultKind] = {
    "report_before_ok": _kind("the report arrives before the submit is answered"),
    "report_reordered": _kind("the report waits until the next one has gone"),
    "report_duplicate": _kind("the report comes twice"),
    "report_missing": _kind("no report comes"),
    "report_delayed": _kind("the report comes delay_s later", "delay_s"),
    "report_other_reference": _kind(
        "the report names another reference, offset further", "offset"
    ),
    "report_other_address": _kind(
        "the recipient in another form: national, trunk (8…) or bare (no +)", "form"
    ),
    "report_temporary": _kind(
        "a report that the centre still tries, the final one delay_s later", "delay_s"
    ),
    "report_status": _kind("the report carries this TP-Status", "status"),
    "report_extra_octet": _kind("an octet too many behind TP-MR of the report"),
    "report_bad_time": _kind("its times are these octets, no moment", "hex"),
    "message_bad_time": _kind(
        "the time of a message to a modem is these octets, no moment", "hex"
    ),
    "message_duplicate": _kind("a message of one segment comes twice"),
    "segments_reordered": _kind("the segments come in another order"),
    "segment_duplicate": _kind("this segment comes twice", "number"),
    "segment_missing": _kind("this segment never comes", "number"),
    "segments_interleaved": _kind(
        "between them come those of a second sender with the same reference", "sender"
    ),
    "reference_reused": _kind("the sender's last reference is used again"),
    "segment_number_zero": _kind("this segment calls itself number 0", "number"),
    "segment_number_above_total": _kind(
        "this segment calls itself the one after the last", "number"
    ),
    "segments_mixed_dcs": _kind("the segments are not of one data coding"),
    "escape_cut": _kind("an escape pair is cut at the border of two segments"),
    "surrogate_cut": _kind("a surrogate pair is cut at the border of two segments"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """A status report on its way; ``after_next`` waits for the one behind it."""

    tpdu: bytes
    status: int
    delay_s: float = 0.0
    after_next: bool = False


def report_items(faults: FaultSet, report: StatusReportTpdu) -> list[ReportItem]:
    """What the modem gets in place of one report."""
    if faults.take("report_missing"):
        return []
    report = _altered(faults, report)
    octets = encode_status_report(report)
    if faults.take("report_extra_octet"):
        octets = octets[:2] + b"\x00" + octets[2:]
    delayed = faults.take("report_delayed")
    item = ReportItem(
        tpdu=octets,
        status=report.status,
        delay_s=delayed.number("delay_s", 30.0) if delayed else 0.0,
        after_next=faults.take("report_reordered") is not None,
    )
    items = [item, item] if faults.take("report_duplicate") else [item]
    if fault := faults.take("report_temporary"):
        trying = encode_status_report(replace(report, status=STILL_TRYING))
        later = [
            replace(item, delay_s=item.delay_s + fault.number("delay_s", 5.0))
            for item in items
        ]
        return [ReportItem(tpdu=trying, status=STILL_TRYING), *later]
    return items


def bad_time(fault: Fault) -> bytes:
    """Seven octets that the fault gives in hex, all zero by default."""
    return bytes.fromhex(fault.text("hex", "00" * 7)).ljust(7, b"\0")[:7]


def _altered(faults: FaultSet, report: StatusReportTpdu) -> StatusReportTpdu:
    if fault := faults.take("report_other_reference"):
        offset = fault.whole("offset", 100)
        report = replace(report, reference=(report.reference + offset) % 256)
    if fault := faults.take("report_other_address"):
        form = fault.text("form", "national")
        report = replace(report, recipient=_reformed(report.recipient, form))
    if fault := faults.take("report_status"):
        report = replace(report, status=fault.whole("status", 0x46) & 0xFF)
    if fault := faults.take("report_bad_time"):
        octets = bad_time(fault)
        report = replace(report, service_time=octets, discharge_time=octets)
    return report


def _reformed(address: Address, form: str) -> Address:
    """The same subscriber as a network at home may write it."""
    national = address.digits.removeprefix(COUNTRY)
    match form:
        case "trunk":
            return Address(digits=TRUNK + national)
        case "bare":
            return Address(digits=address.digits)
        case _:
            return Address(digits=national, ton=TypeOfNumber.NATIONAL)
