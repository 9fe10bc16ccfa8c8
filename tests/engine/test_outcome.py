"""What an attempt came to."""

import pytest

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import AttemptId
from gateway.core.message import MessageState
from gateway.core.policy import Policy
from gateway.engine.case import Terms, failure_of
from gateway.engine.late import record_late
from gateway.engine.outcome import record
from tests.support.rooms import Rooms


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermanentFailure("x", carrier_code="38"), "rejected"),
        (OutcomeUnknown("x", carrier_code="38"), "outcome_unknown"),
        (SubmitFailure("x", carrier_code="38"), "outcome_unknown"),
        (
            TemporaryFailure("x", scope=Scope.LINK, carrier_code="38"),
            "temporary_link",
        ),
    ],
)
def test_our_code_and_the_carriers_are_two_things(
    error: SubmitFailure, code: str
) -> None:
    failure = failure_of(error)
    assert (failure.code, failure.reason, failure.carrier_code) == (code, "x", "38")


async def test_a_result_is_written_once(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    [attempt] = await rooms.attempts(message.id)
    terms = Terms(policy=Policy(), now=rooms.clock.now(), jitter=0.5)
    refused = PermanentFailure("late")
    after = await rooms.store.write(lambda tx: record(tx, attempt.id, refused, terms))
    assert after.state is MessageState.SENT
    old = await rooms.store.write(
        lambda tx: record_late(tx, attempt.id, refused, terms)
    )
    assert old is None


async def test_an_answer_to_no_attempt_is_old_news(rooms: Rooms) -> None:
    terms = Terms(policy=Policy(), now=rooms.clock.now(), jitter=0.5)
    nobody = AttemptId("att_nobody")
    found = await rooms.store.write(
        lambda tx: record_late(tx, nobody, OutcomeUnknown("x"), terms)
    )
    assert found is None
