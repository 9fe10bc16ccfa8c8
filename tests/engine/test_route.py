"""Which lane a message waits in, and who takes from it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from gateway.core.errors import Invalid
from gateway.core.ids import LaneId, LinkId
from gateway.core.message import MessageClass
from gateway.core.message_store import Place
from gateway.core.policy import Order, Route
from gateway.engine.route import (
    COMMON_LANE,
    Asked,
    Choice,
    Member,
    Routing,
    Standing,
    choose,
    keeps_sender,
    link_lane,
    places,
    sender_lane,
)

A, B, C = LinkId("a"), LinkId("b"), LinkId("c")
HOME, REST = LaneId("home"), LaneId("rest")
HOME_ROUTE = Route(lane=HOME, links=(A, B), prefixes=("+7916", "+7985"))
REST_ROUTE = Route(lane=REST, links=(B, C), order=Order.SPREAD)
MODEM_A, MODEM_B, MODEM_C = (Member(link=link) for link in (A, B, C))
CARRIER_B = Member(link=B, any_sender=True)
CARRIER_C = Member(link=C, any_sender=True)
MODEMS = (MODEM_A, MODEM_B, MODEM_C)
HERE, ABROAD = "+79161234567", "+491701234567"
NUMBERS = {A: "+79160000001"}


def routing(*routes: Route, members: Sequence[Member] = MODEMS) -> Routing:
    return Routing.of(routes, members)


def chosen(
    made: Routing, address: str = HERE, *sticky: LinkId, **asked: Any
) -> Choice | None:
    return choose(made, Asked(address=address, **asked), sticky, NUMBERS.get)


def standing(**known: Standing) -> Callable[[LinkId], Standing]:
    return lambda link: known.get(link, Standing.PRESENT)


def taken(
    route: Route,
    link: LinkId,
    members: Sequence[Member] = MODEMS,
    **known: Standing,
) -> set[LinkId | None]:
    """Whom the messages prefer that a link takes from the route's own lane."""
    found = places(routing(route, members=members), link, standing(**known))
    assert found[0] == (link_lane(link), link)
    return {preferred for lane, preferred in found[1:] if lane == route.lane}


def test_the_first_route_that_matches_wins() -> None:
    made = routing(HOME_ROUTE, REST_ROUTE)
    assert chosen(made) == Choice(lane=HOME, preferred=A)
    assert chosen(made, ABROAD) == Choice(lane=REST, preferred=None)
    assert chosen(routing(HOME_ROUTE), ABROAD) is None


def test_a_longer_prefix_does_not_beat_an_earlier_route() -> None:
    exact = Route(lane=LaneId("exact"), links=(C,), prefixes=(HERE,))
    made = routing(HOME_ROUTE, exact)
    assert chosen(made) == Choice(lane=HOME, preferred=A)


CONDITIONS: Mapping[str, tuple[Route, dict[str, Any], list[dict[str, Any]]]] = {
    "sender": (
        Route(lane=HOME, links=(C,), senders=("BANK", "+7495*")),
        {"sender": "BANK"},
        [{"sender": "Bank"}, {"sender": "BANKS"}, {"sender": "+7499"}, {}],
    ),
    "beginning of a sender": (
        Route(lane=HOME, links=(C,), senders=("BANK", "+7495*")),
        {"sender": "+74951234567"},
        [{"sender": "74951234567"}],
    ),
    "queue": (
        Route(lane=HOME, links=(C,), queues=("support", "sales")),
        {"queue": "sales"},
        [{"queue": "sale"}, {}],
    ),
    "class": (
        Route(lane=HOME, links=(C,), classes=(MessageClass.OTP,)),
        {"message_class": MessageClass.OTP},
        [{"message_class": MessageClass.BULK}, {}],
    ),
    "all of them": (
        Route(
            lane=HOME,
            links=(C,),
            prefixes=("+7916",),
            queues=("support",),
            classes=(MessageClass.OTP,),
        ),
        {"queue": "support", "message_class": MessageClass.OTP},
        [{"queue": "support"}, {"message_class": MessageClass.OTP}],
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_route_matches_when_every_condition_holds(name: str) -> None:
    route, held, others = CONDITIONS[name]
    made = routing(route, members=(CARRIER_C,))
    assert chosen(made, **held) is not None
    for other in others:
        assert chosen(made, **other) is None, other


def test_the_link_somebody_wrote_to_is_preferred_within_the_route() -> None:
    made = routing(HOME_ROUTE, REST_ROUTE)
    assert chosen(made, HERE, C, B, A) == Choice(lane=HOME, preferred=B)
    assert chosen(made, ABROAD, A) == Choice(lane=REST, preferred=None)


def test_the_cheapest_are_preferred_and_equals_share() -> None:
    route = Route(lane=HOME, links=(A, B, C), order=Order.CHEAPEST)
    one_is = [Member(link=A, cost=3), Member(link=B, cost=1), Member(link=C, cost=2)]
    assert routing(route, members=one_is).tiers[HOME] == ((B,), (C,), (A,))
    assert chosen(routing(route, members=one_is)) == Choice(lane=HOME, preferred=B)
    two_are = [Member(link=A, cost=3), Member(link=B, cost=1), Member(link=C, cost=1)]
    assert routing(route, members=two_are).tiers[HOME] == ((B, C), (A,))
    assert chosen(routing(route, members=two_are)) == Choice(lane=HOME, preferred=None)
    assert taken(route, B, two_are) == {B, None}
    assert taken(route, C, two_are) == {C, None}
    assert taken(route, A, two_are) == {A}
    assert taken(route, A, two_are, b=Standing.AWAY) == {A}
    both = {"b": Standing.AWAY, "c": Standing.AWAY}
    assert taken(route, A, two_are, **both) == {A, None, B, C}


def test_without_routes_all_links_serve_one_lane() -> None:
    made = routing()
    assert chosen(made) == Choice(lane=COMMON_LANE, preferred=None)
    assert made.servers(COMMON_LANE) == [A, B, C]
    assert chosen(routing(members=())) is None


def test_a_link_serves_its_own_lane_and_those_that_list_it() -> None:
    made = routing(HOME_ROUTE, REST_ROUTE)
    assert made.lanes(B) == ("link:b", HOME, REST)
    assert made.lanes(A) == ("link:a", HOME)
    assert made.servers(link_lane(A)) == [A]
    assert made.servers(LaneId("of old")) == []


def test_a_link_stands_in_for_those_before_it_and_in_a_spread_for_all() -> None:
    away = Standing.AWAY
    assert taken(HOME_ROUTE, B, a=away) == {B, None, A}
    assert taken(HOME_ROUTE, A, b=away) == {A, None, B}
    assert taken(HOME_ROUTE, B) == {B}
    assert taken(HOME_ROUTE, C, a=away, b=away) == set()
    assert taken(REST_ROUTE, C, b=away) == {C, None, B}


def test_who_stands_in_is_decided_for_each_route_by_itself() -> None:
    first = Route(lane=HOME, links=(A, B))
    other = Route(lane=REST, links=(A, C, B))
    found = places(routing(first, other), B, standing(a=Standing.AWAY))
    assert found == ((link_lane(B), B), (HOME, B), (HOME, None), (HOME, A), (REST, B))


def test_a_sick_link_serves_only_where_nobody_else_does() -> None:
    sick, away = Standing.SICK, Standing.AWAY
    assert taken(HOME_ROUTE, A, a=sick) == set()
    assert taken(HOME_ROUTE, B, a=sick) == {B, None, A}
    assert taken(HOME_ROUTE, A, a=sick, b=away) == {A, None, B}
    assert taken(HOME_ROUTE, B, a=sick, b=sick) == {B, None, A}
    alone = Route(lane=HOME, links=(A,))
    assert taken(alone, A, a=sick) == {A, None}


def free(link: LinkId, *members: Member, **known: Standing) -> list[Place]:
    """What a link takes of the messages with a sender of their own."""
    made = routing(Route(lane=HOME, links=(A, B, C)), members=members)
    found = places(made, link, standing(**known))
    return [place for place in found if place[0] == sender_lane(HOME)]


def test_a_sender_is_left_to_links_that_can_show_it() -> None:
    members = (MODEM_A, CARRIER_B, CARRIER_C)
    made = routing(Route(lane=HOME, links=(A, B, C)), members=members)
    lane = sender_lane(HOME)
    for sender in ("Romashka", "+74951234567", "2345"):
        assert chosen(made, sender=sender) == Choice(lane=lane, preferred=B)
    assert chosen(made, HERE, A, C, sender="Romashka") == Choice(lane=lane, preferred=C)
    assert keeps_sender(lane)
    assert not keeps_sender(HOME)
    assert free(A, *members) == []
    assert free(B, *members) == [(lane, B), (lane, None)]
    assert free(C, *members) == [(lane, C)]
    assert free(C, *members, b=Standing.AWAY) == [(lane, C), (lane, None), (lane, B)]


def test_a_modem_is_asked_for_by_its_own_number() -> None:
    made = routing(HOME_ROUTE, members=(MODEM_A, CARRIER_B))
    for number in ("+79160000001", "79160000001"):
        assert chosen(made, sender=number) == Choice(lane=link_lane(A), preferred=A)
    assert chosen(made, sender="+79160000001", link=A) is not None


@pytest.mark.parametrize("asked", [{}, {"link": A}])
def test_a_sender_that_no_link_can_show_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        chosen(routing(HOME_ROUTE), sender="Romashka", **asked)
    assert (refused.value.code, refused.value.field) == (
        "sender_not_possible",
        "sender",
    )


def test_a_link_that_is_asked_for_is_taken_whatever_the_routes_say() -> None:
    made = routing(HOME_ROUTE, members=(MODEM_A, MODEM_B, CARRIER_C))
    own = Choice(lane=link_lane(C), preferred=C)
    assert chosen(made, ABROAD, link=C) == own
    assert chosen(made, ABROAD, link=C, sender="Romashka") == own
