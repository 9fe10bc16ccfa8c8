"""Who takes messages from which place as time goes by."""

from datetime import timedelta

from gateway.core.ids import LaneId, LinkId
from gateway.core.policy import Policy, Route
from gateway.engine.health import LEAST_SEEN, TAKEN_TO_RECOVER, Sign
from gateway.engine.roster import Roster
from gateway.engine.route import Member
from tests.support.clock import FakeClock

A, B = LinkId("a"), LinkId("b")
LANE = LaneId("all")
GRACE = timedelta(seconds=30)


def roster(clock: FakeClock) -> Roster:
    route = Route(lane=LANE, links=(A, B))
    made = Roster(clock, Policy(routes=(route,), failover_after=GRACE))
    made.enlist(Member(link=A), is_up=True)
    made.enlist(Member(link=B), is_up=True)
    return made


def taken(made: Roster, link: LinkId) -> set[LinkId | None]:
    return {preferred for lane, preferred in made.places(link) if lane == LANE}


def fall_sick(made: Roster, link: LinkId) -> None:
    for _ in range(LEAST_SEEN):
        made.note(link, Sign.REFUSED)
    assert made.illness(link) is not None


def test_a_link_is_stood_in_for_once_it_was_away_for_long() -> None:
    clock = FakeClock()
    made = roster(clock)
    assert taken(made, A) == {A, None}
    assert taken(made, B) == {B}
    made.leave(A)
    clock.pass_time(29)
    made.leave(A)
    assert taken(made, B) == {B}
    clock.pass_time(1)
    assert taken(made, B) == {B, None, A}
    made.come_back(A)
    assert taken(made, B) == {B}
    assert made.away_since(A) is None


def test_a_link_that_never_came_up_is_stood_in_for() -> None:
    clock = FakeClock()
    route = Route(lane=LANE, links=(A, B))
    made = Roster(clock, Policy(routes=(route,), failover_after=GRACE))
    made.enlist(Member(link=A), is_up=False)
    made.enlist(Member(link=B), is_up=True)
    assert taken(made, B) == {B}
    clock.pass_time(30)
    assert taken(made, B) == {B, None, A}


def test_a_sick_link_is_stood_in_for_at_once() -> None:
    made = roster(FakeClock())
    fall_sick(made, A)
    assert taken(made, A) == set()
    assert taken(made, B) == {B, None, A}
    assert (made.places(A)) == ((LaneId("link:a"), A),)


def test_a_sick_link_is_left_one_message_to_try_it_with() -> None:
    clock = FakeClock()
    made = roster(clock)
    fall_sick(made, A)
    clock.pass_time(15)
    assert taken(made, A) == {A, None}
    assert taken(made, B) == {B}
    assert made.begun(A)
    assert taken(made, A) == set()
    assert taken(made, B) == {B, None, A}
    assert made.note(A, Sign.REFUSED)
    clock.pass_time(29)
    assert taken(made, A) == set()
    clock.pass_time(1)
    assert taken(made, A) == {A, None}


def test_a_link_that_is_well_again_has_its_place_again() -> None:
    clock = FakeClock()
    made = roster(clock)
    fall_sick(made, A)
    clock.pass_time(15)
    for _ in range(TAKEN_TO_RECOVER):
        assert taken(made, A) == {A, None}
        assert made.begun(A)
        made.note(A, Sign.TAKEN)
    assert made.illness(A) is None
    assert not made.begun(A)
    assert taken(made, A) == {A, None}
    assert taken(made, B) == {B}
