"""Which lane a message waits in."""

from gateway.core.ids import LaneId, LinkId
from gateway.core.policy import Route
from gateway.engine.route import (
    COMMON_LANE,
    Choice,
    choose,
    covers,
    effective_routes,
    lanes_of,
)

A, B, C = LinkId("a"), LinkId("b"), LinkId("c")
HOME = Route(lane=LaneId("home"), links=(A, B), prefixes=("+7916", "+7985"))
REST = Route(lane=LaneId("rest"), links=(B, C), spread=True)
ROUTES = (HOME, REST)


def test_the_first_route_that_matches_wins() -> None:
    assert choose(ROUTES, "+79161234567", []) == Choice(lane=HOME.lane, preferred=A)
    assert choose(ROUTES, "+491701234567", []) == Choice(lane=REST.lane, preferred=None)
    assert choose((HOME,), "+491701234567", []) is None


def test_the_link_somebody_wrote_to_is_preferred_within_the_route() -> None:
    assert choose(ROUTES, "+79161234567", [C, B, A]) == Choice(
        lane=HOME.lane, preferred=B
    )
    assert choose(ROUTES, "+491701234567", [A]) == Choice(
        lane=REST.lane, preferred=None
    )


def test_without_routes_all_links_serve_one_lane() -> None:
    [common] = effective_routes((), (A, B))
    assert (common.lane, common.links) == (COMMON_LANE, (A, B))
    assert effective_routes((), ()) == ()
    assert effective_routes(ROUTES, (A,)) == ROUTES


def test_a_link_serves_its_own_lane_and_those_that_list_it() -> None:
    assert lanes_of(B, ROUTES) == ("link:b", "home", "rest")
    assert lanes_of(A, ROUTES) == ("link:a", "home")


def test_a_link_stands_in_for_those_before_it_and_in_a_spread_for_all() -> None:
    assert covers(B, (HOME,), lambda link: link == A) == (A,)
    assert covers(A, (HOME,), lambda link: link == B) == (B,)
    assert covers(C, (HOME,), lambda link: True) == ()
    assert covers(C, (REST,), lambda link: link == B) == (B,)
    assert covers(B, (HOME,), lambda link: False) == ()
