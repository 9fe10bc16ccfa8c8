"""Each refusal has the command_status that the specification gives it."""

import pytest

from gateway.core.application import AdmissionFault
from gateway.core.errors import (
    Conflict,
    Forbidden,
    GatewayError,
    Invalid,
    NotFound,
    StoreBroken,
    StoreBusy,
    StoreFull,
    TooMany,
    Unavailable,
)
from smpp import pdu as p
from smpp.server_status import (
    Fault,
    Unacceptable,
    status_of,
    status_of_admission,
)
from smpp.wire import STATUS_NAMES


def invalid(code: str, field: str | None = None) -> GatewayError:
    return Invalid(code, "words", field=field)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (invalid("too_long", "text"), 0x01),
        (invalid("empty", "text"), 0x01),
        (invalid("invalid_recipient", "to"), 0x0B),
        (invalid("service_code", "to"), 0x0B),
        (invalid("no_route", "to"), 0x0B),
        (Forbidden("opted_out", "words", field="to"), 0x0B),
        (Forbidden("destination_not_allowed", "words", field="to"), 0x0B),
        (invalid("invalid_sender", "sender"), 0x0A),
        (Forbidden("sender_not_allowed", "words", field="sender"), 0x0A),
        (invalid("sender_not_possible", "sender"), 0x0A),
        (invalid("out_of_range", "validity_s"), 0x62),
        (invalid("out_of_range", "send_at"), 0x61),
        (invalid("out_of_range", "priority"), 0x06),
        (invalid("anything", "to[3]"), 0x0B),
        (invalid("nobody knows"), 0x45),
        (TooMany("queue_full", "words"), 0x14),
        (Unavailable("no_space", "words"), 0x14),
        (StoreBusy("full"), 0x14),
        (StoreFull("full"), 0x14),
        (StoreBroken("broken"), 0x08),
        (Unacceptable(Fault.THROTTLED, "words"), 0x58),
    ],
)
def test_a_submission_is_refused_with(error: GatewayError, status: int) -> None:
    assert status_of(error, p.Command.SUBMIT_SM) == status


@pytest.mark.parametrize(
    ("command", "failed"),
    [
        (p.Command.QUERY_SM, 0x67),
        (p.Command.CANCEL_SM, 0x11),
        (p.Command.REPLACE_SM, 0x13),
    ],
)
def test_what_is_asked_of_a_message_fails_in_its_own_way(
    command: int, failed: int
) -> None:
    assert status_of(NotFound("not_found", "words"), command) == 0x0C
    assert status_of(NotFound("not_found", "words"), command, by_id=False) == failed
    assert status_of(Conflict("too_late", "words"), command) == failed


def test_a_bind_says_what_was_wrong_unless_that_is_a_secret() -> None:
    told = {
        fault: status_of_admission(fault, distinct=True) for fault in AdmissionFault
    }
    assert told == {
        AdmissionFault.UNKNOWN_ACCOUNT: 0x0F,
        AdmissionFault.WRONG_PASSWORD: 0x0E,
        AdmissionFault.SOURCE: 0x0D,
        AdmissionFault.DISABLED: 0x0D,
        AdmissionFault.TOO_MANY_FAILURES: 0x0D,
    }
    for fault in AdmissionFault:
        assert status_of_admission(fault, distinct=False) == 0x0D


def test_every_status_is_one_of_the_specification() -> None:
    assert {fault.value for fault in Fault} <= set(STATUS_NAMES)
