"""Which lane a message waits in and which link it likes best; pure.

A lane is a name: the links that say they serve it pull from it. A message that asks
for one link waits in that link's own lane. Without configured routes every link serves
one common lane.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.core.ids import LaneId, LinkId
from gateway.core.policy import Route

COMMON_LANE: Final = LaneId("common")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a message waits, and for whom first."""

    lane: LaneId
    preferred: LinkId | None


def link_lane(link: LinkId) -> LaneId:
    """The lane that only this link serves."""
    return LaneId(f"link:{link}")


def effective_routes(
    routes: Sequence[Route], links: Sequence[LinkId]
) -> tuple[Route, ...]:
    """The configured routes, or the common one over all links."""
    if routes or not links:
        return tuple(routes)
    return (Route(lane=COMMON_LANE, links=tuple(links), spread=True),)


def choose(
    routes: Sequence[Route], address: str, sticky: Sequence[LinkId]
) -> Choice | None:
    """The first route that matches; None when there is none.

    `sticky`: the links this person talked with us by, latest first.
    """
    for route in routes:
        if route.prefixes and not address.startswith(route.prefixes):
            continue
        known = next((link for link in sticky if link in route.links), None)
        first = None if route.spread or not route.links else route.links[0]
        return Choice(lane=route.lane, preferred=known or first)
    return None


def lanes_of(link: LinkId, routes: Sequence[Route]) -> tuple[LaneId, ...]:
    """The lanes a link serves."""
    listed = (route.lane for route in routes if link in route.links)
    return (link_lane(link), *dict.fromkeys(listed))


def covers(
    link: LinkId, routes: Sequence[Route], is_away: Callable[[LinkId], bool]
) -> tuple[LinkId, ...]:
    """For which other links this one stands in now.

    It does when all links before it in a route have been away long enough, or when
    the route spreads: then for each that is away.
    """
    found: dict[LinkId, None] = {}
    for route in routes:
        if link not in route.links:
            continue
        before = route.links[: route.links.index(link)]
        if route.spread or all(map(is_away, before)):
            away = (other for other in route.links if other != link and is_away(other))
            found.update(dict.fromkeys(away))
    return tuple(found)
