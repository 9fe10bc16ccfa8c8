"""Every row of the error tables, before and after the body left."""

import pytest

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from modem import errors
from modem.at import Answer, Final

NEVER = [1, 21, 28, 30, 195, 196, 197, 96, 97, 98, 99, 111, 304, 305, 198, 199]
LINE = [8, 10, 29, 50, 69, 193, 302, 303, 310, 311, 312, 313, 315, 316, 317, 318, 330]
NETWORK = [17, 22, 38, 41, 42, 47, 192, 194]
UNKNOWN = [332, 500, 512, 513, 514, 300, 5, 127, 999]


def outcome(final: Final, text: str = "", *, body_left: bool = True) -> SubmitFailure:
    answer = Answer(final=final, text=text, body_left=body_left)
    return errors.submit_failure(answer)


@pytest.mark.parametrize("code", NEVER)
def test_a_refused_recipient_or_format_is_final(code: int) -> None:
    assert isinstance(outcome(Final.CMS, str(code)), PermanentFailure)


@pytest.mark.parametrize("code", [*LINE, 331, 301, 314, 322])
def test_a_refused_line_costs_the_message_nothing(code: int) -> None:
    failure = outcome(Final.CMS, str(code))
    assert isinstance(failure, TemporaryFailure)
    assert failure.scope is Scope.LINK


@pytest.mark.parametrize("code", NETWORK)
def test_a_network_in_trouble_is_asked_again(code: int) -> None:
    failure = outcome(Final.CMS, str(code))
    assert isinstance(failure, TemporaryFailure)
    assert failure.scope is Scope.MESSAGE
    assert failure.carrier_code == f"CMS {code}"


def test_a_telephone_out_of_service_delays_its_own_messages_only() -> None:
    failure = outcome(Final.CMS, "27")
    assert isinstance(failure, TemporaryFailure)
    assert failure.scope is Scope.DESTINATION


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_ambiguous_or_unlisted_code_is_unknown_once_the_body_left(
    code: int,
) -> None:
    assert isinstance(outcome(Final.CMS, str(code)), OutcomeUnknown)
    before = outcome(Final.CMS, str(code), body_left=False)
    assert isinstance(before, TemporaryFailure)


@pytest.mark.parametrize("final", [Final.ERROR, Final.TIMEOUT, Final.LOST])
def test_no_clear_end_is_unknown_once_the_body_left(final: Final) -> None:
    assert isinstance(outcome(final), OutcomeUnknown)
    before = outcome(final, body_left=False)
    assert isinstance(before, TemporaryFailure)


def test_no_prompt_is_proven_not_sent() -> None:
    failure = outcome(Final.NO_PROMPT, body_left=False)
    assert isinstance(failure, TemporaryFailure)
    assert failure.scope is Scope.LINK


@pytest.mark.parametrize(
    ("final", "words", "code"),
    [
        (Final.CME, "SIM busy", 14),
        (Final.CME, "SIM not inserted", 10),
        (Final.CMS, "SMSC address unknown", 330),
        (Final.CMS, "Unknown error", 500),
        (Final.CMS, "never heard of", None),
    ],
)
def test_errors_in_words_have_their_codes(
    final: Final, words: str, code: int | None
) -> None:
    assert errors.code_of(Answer(final=final, text=words)) == code


def test_ok_without_a_reference_may_have_been_sent() -> None:
    assert isinstance(outcome(Final.OK), OutcomeUnknown)
