"""Reports that wait for a reference that is about to be on disk."""

import asyncio

import pytest

from gateway.core.link import InboundReport, Reference
from gateway.engine.expectation import Expectations
from tests.support.builders import inbound_report
from tests.support.clock import START


def reference(value: str) -> Reference:
    return Reference(line="line-sim1", value=value, accepted_at=START)


def reports(*values: str) -> list[InboundReport]:
    return [inbound_report(value) for value in values]


def press() -> None:
    """Nobody is pressed."""


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_what_nobody_told_is_not_waited_for() -> None:
    await Expectations().wait(reports("1", "2"))


async def test_a_batch_waits_until_the_last_of_its_references_is_written() -> None:
    expectations = Expectations()
    expectations.expect(reference("1"), press)
    expectations.expect(reference("3"), press)
    waiting = asyncio.ensure_future(expectations.wait(reports("1", "2", "3")))
    await settle()
    expectations.met(reference("3"))
    await settle()
    assert not waiting.done()
    expectations.met(reference("1"))
    await waiting


async def test_a_reference_of_another_line_is_another() -> None:
    expectations = Expectations()
    other = Reference(line="other", value="1", accepted_at=START)
    expectations.expect(other, press)
    await expectations.wait(reports("1"))


@pytest.mark.timeout(10)
async def test_nobody_waits_for_ever_for_a_lane_that_ended() -> None:
    expectations = Expectations(patience_s=0.01)
    expectations.expect(reference("1"), press)
    waiting = [asyncio.ensure_future(expectations.wait(reports("1"))) for _ in range(3)]
    await asyncio.gather(*waiting)
    # And it is not expected any more.
    await expectations.wait(reports("1"))
    expectations.met(reference("1"))
    expectations.expect(reference("2"), press)
    await expectations.wait(reports("2"))


async def test_what_was_told_just_before_a_look_is_waited_for_until_the_next() -> None:
    expectations = Expectations(patience_s=0.05)
    expectations.expect(reference("1"), press)
    await asyncio.sleep(0.06)
    waiting = asyncio.ensure_future(expectations.wait(reports("1")))
    await settle()
    assert not waiting.done()
    expectations.met(reference("1"))
    await waiting


async def test_who_gives_up_takes_nobody_along() -> None:
    expectations = Expectations()
    expectations.expect(reference("1"), press)
    one, other = (
        asyncio.ensure_future(expectations.wait(reports("1"))) for _ in range(2)
    )
    await settle()
    one.cancel()
    await settle()
    assert not other.done()
    expectations.met(reference("1"))
    await other


async def test_a_reference_told_twice_keeps_who_waits() -> None:
    expectations = Expectations()
    expectations.expect(reference("1"), press)
    waiting = asyncio.ensure_future(expectations.wait(reports("1")))
    await settle()
    expectations.expect(reference("1"), press)
    expectations.met(reference("1"))
    await waiting


async def test_a_report_that_waits_presses_the_lane() -> None:
    expectations, pressed = Expectations(), asyncio.Event()
    expectations.expect(reference("1"), pressed.set)
    waiting = asyncio.ensure_future(expectations.wait(reports("1")))
    await pressed.wait()
    expectations.met(reference("1"))
    await waiting
