"""What agents decide about conversations, one by one and at the same time."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.agent_store import AuditFilter
from gateway.core.conversation import ConversationState, SnoozeMode
from gateway.core.errors import Conflict, Forbidden, Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import AgentId, ConversationId
from gateway.engine.conversations import Ask
from gateway.engine.people_cards import is_blocked
from tests.support.inbox import Office, ask, assignee_of
from tests.support.rooms import Rooms

_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    """With a customer who waits."""
    office = await Office.open(rooms)
    await office.hears()
    return office


async def audited(office: Office) -> list[str]:
    """What the audit log says of conversations, oldest first."""
    wanted = AuditFilter(action="conversation.*")
    found = await office.rooms.store.read(
        lambda tx: tx.audit.listing(wanted, before=None, limit=100)
    )
    return [entry.action for entry in found[::-1]]


async def test_taken_it_is_the_agents(office: Office) -> None:
    told = await office.desk.take(await office.ask(office.anna))
    assert told["state"] == "active"
    assert told["assignee"] == {"id": office.anna.id, "name": "Anna"}
    assert told["revision"] == 2
    assert (await office.steps())[-1] == ("taken", "")
    [assigned] = await office.told(EventType.CONVERSATION_ASSIGNED)
    assert assigned.data == told


async def test_taken_twice_by_the_same_agent_nothing_happens(office: Office) -> None:
    first = await office.desk.take(await office.ask(office.anna))
    assert await office.desk.take(await office.ask(office.anna)) == first
    assert len(await office.told(EventType.CONVERSATION_ASSIGNED)) == 1


async def test_of_many_who_take_at_once_one_has_it(office: Office) -> None:
    people = [office.anna, office.oleg, office.vera] * 5
    asks = [await office.ask(agent) for agent in people]
    results = await asyncio.gather(
        *(office.desk.take(one) for one in asks), return_exceptions=True
    )
    winners = {assignee_of(one) for one in results if isinstance(one, dict)}
    assert len(winners) == 1
    refused = [one for one in results if not isinstance(one, dict)]
    assert len(refused) == 10
    for one in refused:
        assert isinstance(one, Conflict)
        assert one.code == "not_yours"
        assert one.more["assignee"] in [
            {"id": agent.id, "name": agent.name} for agent in people
        ]
    assert len(await office.told(EventType.CONVERSATION_ASSIGNED)) == 1


async def test_another_agents_is_taken_over_only_on_purpose(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    with pytest.raises(Conflict) as refused:
        await office.desk.take(await office.ask(office.oleg))
    assert refused.value.code == "not_yours"
    told = await office.desk.take(await office.ask(office.oleg), over=True)
    assert assignee_of(told) == office.oleg.id
    [*_, step] = await office.told(EventType.THREAD_STEP)
    assert step.data["step"] == "taken_over"
    assert step.data["subject"] == {"id": office.anna.id, "name": "Anna"}
    assert await audited(office) == ["conversation.taken_over"]


async def test_who_saw_an_older_revision_changes_nothing(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    with pytest.raises(Conflict) as refused:
        await office.desk.resolve(await office.ask(office.anna, 1), None, "")
    assert refused.value.code == "conflict"
    assert refused.value.more == {"revision": 2}
    told = await office.desk.resolve(await office.ask(office.anna, 2), None, "")
    assert told["state"] == "resolved"


async def test_released_it_has_its_old_place(office: Office) -> None:
    before = await office.latest()
    await office.desk.take(await office.ask(office.anna))
    office.later(hours=1)
    await office.desk.release(await office.ask(office.anna))
    after = await office.latest()
    assert (after.state, after.assignee_id) == (_S.QUEUED, None)
    assert after.virtual_start == before.virtual_start
    assert after.unanswered_at == before.unanswered_at
    with pytest.raises(Conflict):
        await office.desk.release(await office.ask(office.anna))


async def test_passed_on_without_a_word_is_refused(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    for note in ("", "  \n"):
        with pytest.raises(Invalid) as refused:
            await office.desk.pass_on(
                await office.ask(office.anna), office.oleg.id, note
            )
        assert (refused.value.code, refused.value.field) == ("note_required", "note")


async def test_passed_to_a_colleague_the_note_is_in_the_history(
    office: Office,
) -> None:
    await office.desk.take(await office.ask(office.anna))
    told = await office.desk.pass_on(
        await office.ask(office.anna), office.oleg.id, "знает про карты"
    )
    assert assignee_of(told) == office.oleg.id
    [*_, step] = await office.told(EventType.THREAD_STEP)
    assert (step.data["step"], step.data["text"]) == ("passed", "знает про карты")
    assert step.data["actor"] == {"id": office.anna.id, "name": "Anna"}
    assert step.data["subject"] == {"id": office.oleg.id, "name": "Oleg"}


async def test_passed_to_everybody_it_is_in_the_queue(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    told = await office.desk.pass_on(await office.ask(office.anna), None, "кто может?")
    assert (told["state"], told["assignee"]) == ("queued", None)
    assert (await office.steps())[-1] == ("passed", "кто может?")


async def test_what_was_held_is_worked_on_by_whom_it_was_passed_to(
    office: Office,
) -> None:
    await office.desk.hold(await office.ask(office.anna), None)
    told = await office.desk.pass_on(
        await office.ask(office.anna), office.oleg.id, "прошу"
    )
    assert (told["state"], assignee_of(told)) == ("active", office.oleg.id)


async def test_nobody_is_given_work_who_is_not_here(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    nobody = AgentId("agt_nobody")
    with pytest.raises(Invalid) as passed:
        await office.desk.pass_on(await office.ask(office.anna), nobody, "на")
    assert (passed.value.code, passed.value.field) == ("unknown_agent", "to")
    with pytest.raises(Invalid) as assigned:
        await office.desk.assign(await office.ask(office.vera), nobody)
    assert assigned.value.field == "agent"


async def test_a_supervisor_assigns_and_it_is_audited(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    told = await office.desk.assign(await office.ask(office.vera), office.oleg.id)
    assert assignee_of(told) == office.oleg.id
    assert (await office.steps())[-1] == ("assigned", "")
    assert await audited(office) == ["conversation.assigned"]


async def test_what_is_anothers_is_not_mine_to_decide(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    until = office.rooms.clock.now() + timedelta(hours=1)
    mine = await office.ask(office.oleg)
    desk = office.desk
    for decision in (
        desk.release(mine),
        desk.pass_on(mine, None, "x"),
        desk.hold(mine, None),
        desk.snooze(mine, until, SnoozeMode.TIME_ONLY),
        desk.resolve(mine, None, ""),
    ):
        with pytest.raises(Conflict) as refused:
            await decision
        assert refused.value.code == "not_yours"


async def test_a_supervisor_may_decide_for_others_and_it_is_audited(
    office: Office,
) -> None:
    await office.desk.take(await office.ask(office.anna))
    await office.desk.release(await office.ask(office.vera))
    await office.desk.take(await office.ask(office.anna))
    await office.desk.resolve(await office.ask(office.vera), "решено", "")
    assert await audited(office) == ["conversation.released", "conversation.resolved"]


async def test_held_or_snoozed_from_the_queue_it_is_the_agents(
    office: Office,
) -> None:
    told = await office.desk.hold(await office.ask(office.anna), None)
    assert (told["state"], assignee_of(told)) == ("hold", office.anna.id)
    assert told["unanswered_at"] is not None
    told = await office.desk.resume(await office.ask(office.anna))
    assert told["state"] == "active"
    with pytest.raises(Conflict):
        await office.desk.resume(await office.ask(office.anna))


async def test_a_pause_ends_later_than_now(office: Office) -> None:
    now = office.rooms.clock.now()
    wish = await office.ask(office.anna)
    for decision in (
        office.desk.hold(wish, now),
        office.desk.snooze(wish, now - timedelta(1), SnoozeMode.TIME_ONLY),
    ):
        with pytest.raises(Invalid) as refused:
            await decision
        assert (refused.value.code, refused.value.field) == ("in_the_past", "until")


async def test_resolved_it_says_what_came_of_it(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    told = await office.desk.resolve(
        await office.ask(office.anna), "решено", "Карта отправлена"
    )
    assert (told["result"], told["summary"]) == ("решено", "Карта отправлена")
    assert told["resolved_by"] == {"id": office.anna.id, "name": "Anna"}
    assert told["unanswered_at"] is None
    assert (await office.steps())[-1] == ("resolved", "решено")
    [event] = await office.told(EventType.CONVERSATION_RESOLVED)
    assert event.data == told
    with pytest.raises(Conflict) as refused:
        await office.desk.resolve(await office.ask(office.anna), None, "")
    assert refused.value.code == "wrong_state"


async def test_reopened_it_is_whose_word_it_was(office: Office) -> None:
    await office.desk.resolve(await office.ask(office.anna), None, "")
    told = await office.desk.reopen(await office.ask(office.oleg))
    assert (told["state"], assignee_of(told)) == ("active", office.oleg.id)
    assert told["resolved_at"] is told["resolved_by"] is None


async def test_what_the_thread_has_gone_on_from_stays_as_it_is(
    office: Office,
) -> None:
    await office.desk.resolve(await office.ask(office.anna), None, "")
    first = await office.latest()
    office.later(days=30)
    await office.hears("Новое")
    for decision in (office.desk.reopen, office.desk.spam):
        with pytest.raises(Conflict) as refused:
            await decision(ask(office.anna, first.id))
        assert refused.value.code == "not_latest"


async def test_spam_blocks_and_restoring_unblocks(office: Office) -> None:
    store = office.rooms.store
    contact_id = (await office.latest()).contact_id
    told = await office.desk.spam(await office.ask(office.anna))
    assert (told["state"], told["unanswered_at"]) == ("spam", None)
    assert await store.read(lambda tx: is_blocked(tx, contact_id))
    told = await office.desk.restore(await office.ask(office.oleg))
    assert (told["state"], told["assignee"]) == ("queued", None)
    assert told["unanswered_at"] is not None
    assert not await store.read(lambda tx: is_blocked(tx, contact_id))
    assert await audited(office) == ["conversation.spam", "conversation.restored"]
    assert [kind for kind, _ in await office.steps()][-2:] == ["spam", "restored"]
    with pytest.raises(Conflict):
        await office.desk.restore(await office.ask(office.oleg))


async def test_tags_are_these_and_no_others(office: Office) -> None:
    wish = await office.ask(office.anna)
    told = await office.desk.tag(wish, ("карта", "vip", "карта"))
    assert told["tags"] == ["карта", "vip"]
    assert (await office.steps())[-1] == ("tagged", "карта, vip")
    again = await office.desk.tag(wish, ("карта", "vip"))
    assert again["revision"] == told["revision"]
    assert (await office.desk.tag(wish, ()))["tags"] == []


async def test_a_key_that_acts_for_nobody_decides_nothing(office: Office) -> None:
    wish = Ask(actor=Actor(), conversation_id=(await office.latest()).id)
    with pytest.raises(Forbidden) as refused:
        await office.desk.take(wish)
    assert refused.value.code == "agent_needed"


async def test_an_unknown_conversation_is_said_to_be_one(office: Office) -> None:
    with pytest.raises(NotFound) as refused:
        await office.desk.take(ask(office.anna, ConversationId("cnv_nothing")))
    assert refused.value.code == "conversation_not_found"


async def test_history_and_change_are_told_together_or_not_at_all(
    office: Office,
) -> None:
    last = await office.rooms.feed.last_seq()
    await office.desk.take(await office.ask(office.anna))
    with pytest.raises(Conflict):
        await office.desk.take(await office.ask(office.oleg))
    events = [one for one in await office.rooms.events() if one.seq > last]
    assert [one.type for one in events] == [
        EventType.THREAD_STEP,
        EventType.CONVERSATION_ASSIGNED,
    ]
