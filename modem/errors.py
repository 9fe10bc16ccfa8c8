"""What a modem's error code means for a submission: the table of outcomes.

Relies on the error tree of `gateway.core`; does no I/O. A code that is in no row is
unknown after the body left and temporary before.

Spec: 3GPP TS 27.005 3.2.5 (+CMS), 27.007 9.2 (+CME), 24.011 E-2, 23.040 9.2.3.22.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from modem.at import Answer, Final


class Family(StrEnum):
    """Why it failed, and so whose move it is."""

    RECIPIENT = "recipient"
    FORMAT = "format"
    LINE = "line"  # the SIM or its subscription: this line cannot send now
    NETWORK = "network"
    DESTINATION = "destination"
    NO_SERVICE = "no_service"
    BUSY = "busy"
    STORAGE = "storage"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One row: a stable reason and its family."""

    reason: str
    family: Family


def _row(family: Family, **reasons: int) -> dict[int, Cause]:
    return {
        code: Cause(reason=reason, family=family) for reason, code in reasons.items()
    }


# 1 to 127 are RP causes of 24.011 E-2; 128 to 255 TP-FCS of 23.040 9.2.3.22;
# 300 and above are the ME's own, 27.005 3.2.5; 500 and above the manufacturers'.
CMS: dict[int, Cause] = {
    **_row(
        Family.RECIPIENT,
        unassigned_number=1,
        transfer_rejected=21,
        unidentified_subscriber=28,
        unknown_subscriber=30,
        number_barred_by_centre=195,
        destination_barred=196,
        duplicate_rejected=197,
    ),
    **_row(
        Family.FORMAT,
        invalid_mandatory_information=96,
        message_type_unknown=97,
        message_not_compatible=98,
        information_element_unknown=99,
        protocol_error=111,
        validity_not_supported=198,
        validity_format_not_supported=199,
        invalid_pdu_parameter=304,
        invalid_text_parameter=305,
    ),
    **_row(
        Family.LINE,
        operator_barring=8,
        call_barred=10,
        facility_rejected=29,
        facility_not_subscribed=50,
        facility_not_implemented=69,
        no_centre_subscription=193,
        operation_not_allowed=302,
        operation_not_supported=303,
        sim_missing=310,
        sim_pin=311,
        phone_sim_pin=312,
        sim_failure=313,
        sim_wrong=315,
        sim_puk=316,
        sim_pin2=317,
        sim_puk2=318,
        centre_unknown=330,
    ),
    **_row(
        Family.NETWORK,
        network_failure=17,
        congestion=22,
        network_out_of_order=38,
        temporary_failure=41,
        switching_congestion=42,
        resources_unavailable=47,
        centre_busy=192,
        centre_failure=194,
    ),
    **_row(Family.DESTINATION, destination_out_of_service=27),
    **_row(Family.NO_SERVICE, no_network_service=331),
    **_row(Family.BUSY, modem_reserved=301, sim_busy=314, busy=515),
    **_row(Family.STORAGE, memory_full=322),
    **_row(
        Family.AMBIGUOUS,
        network_timeout=332,
        unknown_error=500,
        manufacturer_512=512,
        manufacturer_513=513,
        manufacturer_514=514,
    ),
}

CME: dict[int, Cause] = {
    **_row(
        Family.LINE,
        sim_missing=10,
        sim_pin=11,
        sim_puk=12,
        sim_failure=13,
        sim_wrong=15,
        incorrect_password=16,
        sim_pin2=17,
        sim_puk2=18,
    ),
    **_row(Family.BUSY, sim_busy=14, busy=515),
    **_row(Family.STORAGE, memory_full=20),
    **_row(Family.NO_SERVICE, no_network_service=30, emergency_only=32),
    **_row(Family.AMBIGUOUS, network_timeout=31, unknown_error=100),
}

# The words of +CMEE=2, 27.005 3.2.5 and 27.007 9.2, lower case.
_WORDS: dict[str, int] = {
    "sim busy": 14,
    "sim not inserted": 10,
    "sim pin required": 11,
    "sim puk required": 12,
    "sim failure": 13,
    "sim wrong": 15,
    "incorrect password": 16,
    "memory full": 20,
    "no network service": 30,
    "network timeout": 31,
    "network not allowed - emergency calls only": 32,
    "operation not allowed": 3,
    "operation not supported": 4,
    "unknown": 100,
    "phone failure": 0,
}
_CMS_WORDS: dict[str, int] = {
    "me failure": 300,
    "sms service of me reserved": 301,
    "operation not allowed": 302,
    "operation not supported": 303,
    "invalid pdu mode parameter": 304,
    "invalid text mode parameter": 305,
    "sim not inserted": 310,
    "sim pin required": 311,
    "ph-sim pin required": 312,
    "sim failure": 313,
    "sim busy": 314,
    "sim wrong": 315,
    "sim puk required": 316,
    "memory failure": 320,
    "invalid memory index": 321,
    "memory full": 322,
    "smsc address unknown": 330,
    "no network service": 331,
    "no network": 331,
    "network timeout": 332,
    "no +cnma acknowledgement expected": 340,
    "unknown error": 500,
    "unassigned (unallocated) number": 1,
    "operator determined barring": 8,
    "call barred": 10,
    "short message transfer rejected": 21,
    "destination out of service": 27,
    "unidentified subscriber": 28,
    "facility rejected": 29,
    "unknown subscriber": 30,
    "network out of order": 38,
    "temporary failure": 41,
    "congestion": 42,
    "resources unavailable, unspecified": 47,
    "requested facility not subscribed": 50,
}


LINE_REASONS = frozenset(
    cause.reason
    for table in (CMS, CME)
    for cause in table.values()
    if cause.family is Family.LINE
)


def code_of(answer: Answer) -> int | None:
    """The numeric code of an error answer, also of the words of +CMEE=2."""
    if answer.code is not None:
        return answer.code
    words = re.sub(r"\s+", " ", answer.text.strip('" ').lower())
    table = _CMS_WORDS if answer.final is Final.CMS else _WORDS
    return table.get(words)


def cause_of(answer: Answer) -> Cause | None:
    """The table's row for an answer, None when it is in none."""
    code = code_of(answer)
    if code is None:
        return None
    match answer.final:
        case Final.CMS:
            return CMS.get(code)
        case Final.CME:
            return CME.get(code)
        case _:
            return None


def is_busy(answer: Answer) -> bool:
    cause = cause_of(answer)
    return cause is not None and cause.family is Family.BUSY


def carrier_code(answer: Answer) -> str | None:
    """The modem's own words for the record, such as `CMS 38`."""
    match answer.final:
        case Final.CMS | Final.CME:
            return f"{answer.final.upper()} {answer.text[:40]}"
        case Final.ERROR:
            return "ERROR"
        case Final.REFUSED:
            return answer.text[:40]
        case _:
            return None


def submit_failure(answer: Answer) -> SubmitFailure:
    """The outcome of a submission that did not end in OK with a reference."""
    match answer.final:
        case Final.OK:
            return OutcomeUnknown("accepted_without_reference")
        case Final.TIMEOUT | Final.LOST if answer.body_left:
            silent = answer.final is Final.TIMEOUT
            return OutcomeUnknown("no_answer" if silent else "port_lost")
        case Final.TIMEOUT | Final.LOST | Final.NO_PROMPT:
            return TemporaryFailure(
                "no_prompt" if answer.final is Final.NO_PROMPT else "link_lost",
                scope=Scope.LINK,
            )
        case Final.ERROR | Final.REFUSED | Final.CME | Final.CMS:
            return _refusal(answer)


def _refusal(answer: Answer) -> SubmitFailure:
    cause = cause_of(answer)
    code = carrier_code(answer)
    if cause is None or cause.family is Family.AMBIGUOUS:
        reason = cause.reason if cause else "refused"
        if answer.body_left:
            return OutcomeUnknown(reason, carrier_code=code)
        return TemporaryFailure(reason, scope=Scope.MESSAGE, carrier_code=code)
    match cause.family:
        case Family.RECIPIENT | Family.FORMAT:
            return PermanentFailure(cause.reason, carrier_code=code)
        case Family.DESTINATION:
            return TemporaryFailure(
                cause.reason, scope=Scope.DESTINATION, carrier_code=code
            )
        case Family.NETWORK:
            return TemporaryFailure(
                cause.reason, scope=Scope.MESSAGE, carrier_code=code
            )
        case Family.LINE | Family.NO_SERVICE | Family.STORAGE | Family.BUSY:
            soon = cause.family is Family.BUSY
            return TemporaryFailure(
                cause.reason,
                scope=Scope.LINK,
                retry_after=timedelta(seconds=5 if soon else 60),
                carrier_code=code,
            )
