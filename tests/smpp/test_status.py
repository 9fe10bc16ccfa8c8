"""What command_status and message_state come to."""

from datetime import timedelta

import pytest

from gateway.core.errors import PermanentFailure, Scope, TemporaryFailure
from gateway.core.link import ReportKind
from smpp.status import (
    RefusedBind,
    Verdict,
    carrier_code,
    failure,
    kind_of,
    refused_bind,
    state_of,
    verdict,
)

SOON = timedelta(seconds=5)


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_too_fast_costs_no_attempt(status: int) -> None:
    assert verdict(status) is Verdict.PACE
    raised = failure(status, Verdict.PACE, retry_after=SOON)
    assert isinstance(raised, TemporaryFailure)
    assert (raised.scope, raised.retry_after) == (Scope.LINK, SOON)


@pytest.mark.parametrize(
    "status", [0x01, 0x0A, 0x0B, 0x15, 0x43, 0x48, 0x51, 0x61, 0x63, 0x65, 0x66, 0xC0]
)
def test_what_cannot_be_mended_is_permanent(status: int) -> None:
    assert verdict(status) is Verdict.NEVER
    raised = failure(status, Verdict.NEVER, retry_after=SOON)
    assert isinstance(raised, PermanentFailure)


@pytest.mark.parametrize("status", [0x08, 0x64, 0x12345])
def test_the_rest_is_tried_again(status: int) -> None:
    assert verdict(status) is Verdict.LATER


@pytest.mark.parametrize("status", [0x45, 0xFF, 0x400, 0x4FF])
def test_vendor_codes_are_a_class_of_their_own(status: int) -> None:
    assert verdict(status) is Verdict.VENDOR


def test_the_table_of_the_link_wins() -> None:
    assert verdict(0x45, permanent=[0x45]) is Verdict.NEVER
    assert verdict(0x0B, temporary=[0x0B]) is Verdict.LATER


def test_the_code_says_number_name_and_the_words_of_the_smsc() -> None:
    assert carrier_code(0x45, "no money") == "0x00000045 ESME_RSUBMITFAIL no money"
    assert carrier_code(0x412) == "0x00000412"


def test_refused_binds_ask_for_different_waits() -> None:
    assert refused_bind(0x05) is RefusedBind.HELD
    assert refused_bind(0x0E) is RefusedBind.CREDENTIALS
    assert refused_bind(0x08) is RefusedBind.RETRY


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (0, ReportKind.TRYING),
        (1, ReportKind.TRYING),
        (2, ReportKind.DELIVERED),
        (3, ReportKind.EXPIRED),
        (4, ReportKind.UNDELIVERED),
        (5, ReportKind.UNDELIVERED),
        (6, ReportKind.TRYING),
        (7, ReportKind.TRYING),
        (8, ReportKind.UNDELIVERED),
        (9, ReportKind.UNDELIVERED),
        (200, ReportKind.TRYING),
    ],
)
def test_states_say_what_became_of_a_segment(state: int, kind: ReportKind) -> None:
    assert kind_of(state) is kind


@pytest.mark.parametrize(
    "word", ["DELIVRD", "delivrd", "FAILED", "BUFFRED", "ACKED", "SKIPPED"]
)
def test_words_of_the_field_are_known(word: str) -> None:
    assert state_of(word) is not None
    assert state_of("NONSENSE") is None
