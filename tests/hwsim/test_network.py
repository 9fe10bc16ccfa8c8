"""Store and forward, reports, calls: the operator as modems and phones see it."""

from datetime import timedelta

import pytest

from hwsim.ledger import LedgerKind
from hwsim.network import Network, SubmitRefused
from hwsim.phone import CallState, PhoneSettings, ReportMode
from tests.hwsim.operator import MODEM, PHONE, KeepingRadio, Operator


async def test_a_long_text_arrives_whole_and_each_segment_is_reported() -> None:
    operator = Operator()
    text = "Привет 😀" * 30
    references = await operator.submit(text)
    await operator.clock.pass_time(5)
    [message] = operator.network.phone(PHONE).received
    assert message.text == text
    assert not message.missing
    assert [report.reference for report in operator.radio.reports] == references
    assert {report.status for report in operator.radio.reports} == {0}
    assert operator.network.counters["submitted"] == len(references)
    assert operator.network.counters["delivered"] == len(references)


async def test_a_phone_off_the_air_gets_its_messages_when_it_is_back() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    operator.network.configure_phone(phone, PhoneSettings(reachable=False))
    await operator.submit("one")
    await operator.submit("two")
    await operator.clock.pass_time(3600)
    assert not phone.received
    operator.network.configure_phone(phone, PhoneSettings())
    await operator.clock.pass_time(5)
    assert [message.text for message in phone.received] == ["one", "two"]
    assert len(operator.radio.reports) == 2


async def test_a_message_nobody_takes_expires_and_is_reported_so() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    operator.network.configure_phone(phone, PhoneSettings(reachable=False))
    await operator.submit("soon stale", validity=timedelta(minutes=5))
    await operator.clock.pass_time(310)
    assert [report.status for report in operator.radio.reports] == [0x46]
    operator.network.configure_phone(phone, PhoneSettings())
    await operator.clock.pass_time(3600)
    assert not phone.received


@pytest.mark.parametrize(
    ("mode", "statuses", "received"),
    [
        (ReportMode.DELIVERED, [0x00], 1),
        (ReportMode.TEMPORARY, [0x22, 0x00], 1),
        (ReportMode.PERMANENT, [0x43], 0),
        (ReportMode.NONE, [], 1),
    ],
)
async def test_a_phone_answers_as_it_is_set(
    mode: ReportMode, statuses: list[int], received: int
) -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    operator.network.configure_phone(phone, PhoneSettings(report=mode))
    await operator.submit("text")
    await operator.clock.pass_time(60)
    assert [report.status for report in operator.radio.reports] == statuses
    assert len(phone.received) == received


async def test_a_status_of_the_test_s_own_is_reported() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    settings = PhoneSettings(report=ReportMode.PERMANENT, status=0x65, delay_s=30)
    operator.network.configure_phone(phone, settings)
    await operator.submit("text")
    await operator.clock.pass_time(20)
    assert not operator.radio.reports
    await operator.clock.pass_time(20)
    assert [report.status for report in operator.radio.reports] == [0x65]


async def test_a_modem_sends_to_a_modem() -> None:
    operator = Operator()
    other = KeepingRadio(msisdn="+79160000002")
    operator.network.attach(other)
    await operator.submit("across", other.msisdn)
    await operator.clock.pass_time(5)
    assert [str(message.originator) for message in other.messages] == [MODEM]
    assert [report.status for report in operator.radio.reports] == [0]


async def test_a_full_modem_is_tried_again_when_it_has_room() -> None:
    operator = Operator()
    operator.radio.room = False
    phone = operator.network.phone(PHONE)
    phone.send(MODEM, "one")
    phone.send(MODEM, "two")
    await operator.clock.pass_time(10)
    assert operator.network.counters["waiting"] == 2
    operator.radio.room = True
    operator.network.memory_available(operator.radio)
    await operator.clock.pass_time(5)
    assert len(operator.radio.messages) == 2
    assert operator.network.counters["waiting"] == 0


async def test_a_message_acknowledged_late_is_not_delivered_again() -> None:
    operator = Operator()
    taken: list[bytes] = []

    def hold(tpdu: bytes, smsc: str) -> bool:
        taken.append(tpdu)
        return False

    operator.radio.deliver = hold  # type: ignore[method-assign]  # a modem with CSMS=1
    operator.network.phone(PHONE).send(MODEM, "one")
    await operator.clock.pass_time(5)
    operator.network.acknowledged(operator.radio, taken[0], ok=True)
    await operator.clock.pass_time(600)
    assert len(taken) == 1
    assert operator.network.counters["phone_delivered"] == 1


async def test_a_detached_modem_keeps_its_reports_waiting() -> None:
    operator = Operator()
    await operator.submit("text")
    operator.network.detach(operator.radio)
    await operator.clock.pass_time(60)
    assert not operator.radio.reports
    operator.network.attach(operator.radio)
    await operator.clock.pass_time(60)
    assert len(operator.radio.reports) == 1


async def test_a_repeated_submit_is_refused_only_with_tp_rd() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    operator.network.configure_phone(phone, PhoneSettings(reachable=False))
    await operator.submit("text", reference=7)
    with pytest.raises(SubmitRefused) as refused:
        await operator.submit("text", reference=7, reject_duplicates=True)
    assert refused.value.cms == 197
    await operator.submit("text", reference=7)
    assert operator.network.counters["submitted"] == 2


async def test_a_damaged_submit_is_refused_and_in_the_ledger() -> None:
    operator = Operator()
    with pytest.raises(SubmitRefused) as refused:
        await operator.network.submit(operator.radio, b"\x01\x00")
    assert refused.value.cms == 96
    assert [entry.kind for entry in operator.network.ledger] == [LedgerKind.REFUSED]


@pytest.mark.parametrize("written", ["89991234567", "9991234567", "79991234567"])
async def test_a_national_number_reaches_the_same_phone(written: str) -> None:
    operator = Operator()
    await operator.submit("text", written)
    await operator.clock.pass_time(5)
    assert len(operator.network.phone(PHONE).received) == 1


async def test_the_ledger_tells_each_segment_s_story() -> None:
    operator = Operator()
    await operator.submit("text")
    await operator.clock.pass_time(5)
    kinds = [entry.kind for entry in operator.network.ledger]
    assert kinds == [LedgerKind.ACCEPTED, LedgerKind.DELIVERED, LedgerKind.REPORT]
    assert len({entry.message for entry in operator.network.ledger}) == 1


async def test_a_call_rings_until_the_caller_gives_up() -> None:
    operator = Operator()
    phone = operator.network.phone(PHONE)
    call = operator.network.call(phone, MODEM, duration_s=10)
    assert operator.network.call(phone, MODEM, duration_s=1).state is CallState.BUSY
    await operator.clock.pass_time(11)
    assert operator.radio.rung == [PHONE, "stopped"]
    assert call.state is CallState.MISSED


async def test_a_modem_that_hangs_up_ends_the_call() -> None:
    operator = Operator()
    call = operator.network.call(
        operator.network.phone(PHONE), MODEM, duration_s=10, hidden=True
    )
    operator.network.hang_up(operator.radio)
    await operator.clock.pass_time(20)
    assert operator.radio.rung == [""]
    assert call.state is CallState.REFUSED


async def test_the_same_seed_gives_the_same_run() -> None:
    async def run() -> list[dict[str, object]]:
        operator = Operator()
        for number in range(5):
            await operator.submit(f"text {number}")
        operator.network.phone(PHONE).send(MODEM, "x" * 500)
        await operator.clock.pass_time(60)
        return [entry.describe() for entry in operator.network.ledger]

    assert await run() == await run()


async def test_the_ledger_is_a_ring() -> None:
    operator = Operator()
    network = Network(operator.clock, ledger_size=10)
    network.attach(operator.radio)
    for _ in range(20):
        network.ussd(operator.radio, "*100#")
    assert len(network.ledger) == 10
    assert [entry.seq for entry in network.ledger.after(15, 3)] == [16, 17, 18]
    assert [entry.seq for entry in network.ledger.after(0, 1)] == [11]


async def test_phones_are_bounded_and_those_set_up_stay() -> None:
    operator = Operator()
    network = Network(operator.clock, phone_limit=2)
    kept = network.phone(PHONE)
    network.configure_phone(kept, PhoneSettings(delay_s=1))
    for number in range(5):
        network.phone(f"+7999000000{number}")
    assert list(network.phones) == [PHONE, "+79990000004"]
