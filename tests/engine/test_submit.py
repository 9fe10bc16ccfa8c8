"""The door out."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import Conflict, Invalid, RequestRefused, StoreFull
from gateway.core.event import EventType
from gateway.core.ids import LinkId, TokenId
from gateway.core.message import MessageClass, MessageState, OnUnknown
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import KeepAnswer, Submitted
from gateway.store.config import StoreConfig
from tests.support.builders import CUSTOMER, inbound_text, stop_from
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12


async def test_an_accepted_message_is_on_disk_with_its_event(rooms: Rooms) -> None:
    message = await rooms.send("привет")
    kept = await rooms.message(message.id)
    assert kept.state is MessageState.QUEUED
    assert kept == message
    assert await rooms.types() == [EventType.MESSAGE_QUEUED]
    [event] = await rooms.events()
    assert event.data["text"] == "привет"
    assert event.data["to"] == CUSTOMER


async def test_segments_of_one_text_share_a_reference_that_counts_up(
    rooms: Rooms,
) -> None:
    references = []
    for _ in range(2):
        message = await rooms.send(LONG)
        segments = await rooms.segments(message.id)
        assert len(segments) == message.segments > 1
        [reference] = {one.body.header[0].data[0] for one in segments}
        references.append(reference)
    assert references[1] == references[0] + 1


async def test_numbers_in_home_form_become_international(rooms: Rooms) -> None:
    message = await rooms.send(to=("8 (916) 123-45-67",))
    assert message.peer == CUSTOMER


REFUSED = [
    ({"to": ()}, "missing", "to"),
    ({"to": ("",)}, "invalid_recipient", "to"),
    ({"to": ("BANK",)}, "invalid_recipient", "to"),
    ({"to": ('+7916"\rATD112;',)}, "invalid_recipient", "to"),
    ({"to": ("*21*79160000009#",)}, "service_code", "to"),
    ({"to": (CUSTOMER, "x")}, "invalid_recipient", "to[1]"),
    ({"to": (CUSTOMER, "89161234567")}, "duplicate_recipient", "to[1]"),
    ({"to": tuple(map(str, range(1000, 1501)))}, "too_many_recipients", "to"),
    ({"text": ""}, "empty", "text"),
    ({"text": " \n"}, "empty", "text"),
    ({"text": None}, "missing", "text"),
    ({"text": "a\x1bb"}, "control_character", "text"),
    ({"text": "a\x85b"}, "control_character", "text"),
    ({"text": "a\ud83d"}, "lone_surrogate", "text"),
    ({"text": "я" * 67 * 21}, "too_long", "text"),
    ({"text": "я" * 100_000}, "too_long", "text"),
    ({"octets": b"x"}, "missing", "text"),
    ({"text": None, "octets": b""}, "empty", "octets"),
    ({"text": None, "octets": b"x" * 3000}, "too_long", "octets"),
    (
        {"text": None, "octets": b"x", "destination_port": 70000},
        "out_of_range",
        "destination_port",
    ),
    ({"destination_port": 2948}, "not_together", "destination_port"),
    ({"link": LinkId("nobody")}, "unknown_link", "link"),
    ({"sender": "Ромашка"}, "invalid_sender", "sender"),
    ({"sender": "A" * 12}, "invalid_sender", "sender"),
    ({"sender": "12 34"}, "invalid_sender", "sender"),
    ({"sender": "   "}, "invalid_sender", "sender"),
    ({"sender": "*100#"}, "invalid_sender", "sender"),
    ({"sender": "BA\nNK"}, "invalid_sender", "sender"),
    ({"reference": "x" * 256}, "too_long", "reference"),
    ({"reference": "a\nb"}, "control_character", "reference"),
    ({"queue": ""}, "empty", "queue"),
    ({"report_url": "x" * 2049}, "too_long", "report_url"),
    ({"priority": 4}, "out_of_range", "priority"),
    ({"validity": timedelta(seconds=59)}, "out_of_range", "validity_s"),
    ({"validity": timedelta(weeks=64)}, "out_of_range", "validity_s"),
]


@pytest.mark.parametrize(("fields", "code", "field"), REFUSED)
async def test_a_bad_field_is_named_and_nothing_is_queued(
    rooms: Rooms, fields: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(RequestRefused) as refused:
        await rooms.send(**fields)  # type: ignore[arg-type]  # wrong on purpose
    assert (refused.value.code, refused.value.field) == (code, field)
    assert await rooms.messages() == []


async def test_send_at_needs_a_zone_and_lies_within_a_year(rooms: Rooms) -> None:
    now = rooms.clock.now()
    for send_at in (now.replace(tzinfo=None), now + timedelta(days=400)):
        with pytest.raises(Invalid) as refused:
            await rooms.send(send_at=send_at)
        assert refused.value.field == "send_at"


async def test_send_at_in_the_past_means_now(rooms: Rooms) -> None:
    message = await rooms.send(send_at=rooms.clock.now() - timedelta(hours=1))
    assert message.state is MessageState.QUEUED
    assert message.due_at is None


async def test_validity_counts_from_the_time_of_sending(rooms: Rooms) -> None:
    send_at = rooms.clock.now() + timedelta(hours=3)
    message = await rooms.send(send_at=send_at, validity=timedelta(hours=1))
    assert message.state is MessageState.SCHEDULED
    assert message.expires_at == send_at + timedelta(hours=1)


async def test_the_class_decides_what_the_caller_left_open(rooms: Rooms) -> None:
    message = await rooms.send(message_class=MessageClass.OTP)
    assert message.on_unknown is OnUnknown.RESEND
    assert message.priority == 3
    assert message.expires_at == rooms.clock.now() + timedelta(minutes=15)


async def test_a_list_is_taken_whole_or_not_at_all(rooms: Rooms) -> None:
    submitted = await rooms.submit.submit(
        SubmitRequest(to=("+79161111111", "+79162222222"), text="both")
    )
    assert [one.peer for one in submitted.messages] == ["+79161111111", "+79162222222"]
    await rooms.intake.accept(stop_from("+79162222222"))
    before = len(await rooms.messages())
    with pytest.raises(Invalid) as refused:
        await rooms.submit.submit(
            SubmitRequest(to=("+79163333333", "+79162222222"), text="again")
        )
    assert (refused.value.code, refused.value.field) == ("opted_out", "to[1]")
    assert len(await rooms.messages()) == before


def keep(body: bytes = b"digest", key: str = "k") -> KeepAnswer:
    return KeepAnswer(
        token_id=TokenId("tok"),
        key=key,
        body_digest=body,
        render=lambda messages: (202, ",".join(one.id for one in messages)),
    )


async def test_the_same_key_and_body_gets_the_first_answer_again(rooms: Rooms) -> None:
    request = SubmitRequest(to=(CUSTOMER,), text="once")
    first = await rooms.submit.submit(request, keep())
    again = await rooms.submit.submit(request, keep())
    assert again.replayed
    assert not first.replayed
    assert again.answer == first.answer
    assert first.answer is not None
    assert first.answer.body == first.messages[0].id
    assert len(await rooms.messages()) == 1


async def test_one_key_at_once_is_one_message(rooms: Rooms) -> None:
    request = SubmitRequest(to=(CUSTOMER,), text="once")
    other = SubmitRequest(to=("+79167654321",), text="beside")
    answers = await asyncio.gather(
        rooms.submit.submit(request, keep()),
        rooms.submit.submit(other, keep(key="other")),
        rooms.submit.submit(request, keep()),
        rooms.submit.submit(request, keep(b"other")),
        return_exceptions=True,
    )
    first, beside, again, refused = answers
    assert isinstance(first, Submitted)
    assert isinstance(beside, Submitted)
    assert isinstance(again, Submitted)
    assert (first.replayed, beside.replayed, again.replayed) == (False, False, True)
    assert first.answer == again.answer
    assert isinstance(refused, Invalid)
    assert refused.code == "idempotency_key_reused"
    assert len(await rooms.messages()) == 2


async def test_a_replay_comes_before_the_checks(rooms: Rooms) -> None:
    request = SubmitRequest(to=(CUSTOMER,), text="once")
    await rooms.submit.submit(request, keep())
    await rooms.intake.accept(stop_from(CUSTOMER))
    assert (await rooms.submit.submit(request, keep())).replayed


async def test_the_same_key_with_another_body_is_refused(rooms: Rooms) -> None:
    request = SubmitRequest(to=(CUSTOMER,), text="once")
    await rooms.submit.submit(request, keep())
    with pytest.raises(Invalid) as refused:
        await rooms.submit.submit(request, keep(b"other"))
    assert refused.value.code == "idempotency_key_reused"


async def test_a_waiting_message_can_be_cancelled_once(rooms: Rooms) -> None:
    message = await rooms.send()
    cancelled = await rooms.submit.cancel(message.id)
    assert cancelled.state is MessageState.CANCELLED
    with pytest.raises(Conflict) as refused:
        await rooms.submit.cancel(message.id)
    assert refused.value.code == "too_late"
    rooms.start()
    other = await rooms.send("other", to=("+79167654321",))
    await rooms.until(other.id, MessageState.SENT)
    assert [unit.message_id for unit in rooms.link().sent] == [other.id]


def test_preview_names_what_forces_ucs2(rooms: Rooms) -> None:
    plan = rooms.submit.preview("цена 5€ 🙂")
    assert plan.segments == 1
    assert "🙂" in plan.forcing


async def test_a_disk_nearly_full_is_kept_for_what_comes_in(tmp_path: Path) -> None:
    tight = StoreConfig(
        path=tmp_path / "seventy.db", low_space_octets=1 << 62, ballast_octets=0
    )
    async with open_rooms(tmp_path, store_config=tight) as rooms:
        with pytest.raises(StoreFull):
            await rooms.send()
        await rooms.intake.accept(inbound_text("да")[0])
        [kept] = await rooms.messages()
        assert kept.text == "да"
