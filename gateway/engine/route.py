"""Which lane a message waits in, and which links take from it; pure.

A lane is a name: the links that say they serve it pull from it. A message that asks
for one link waits in that link's own lane. Each route has two lanes: one that all its
links serve, and one for messages whose caller chose the sender, for links that let it
be chosen. Without configured routes every link serves one common route.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import Final, assert_never

from gateway.core.errors import Invalid
from gateway.core.ids import LaneId, LinkId
from gateway.core.message import MessageClass
from gateway.core.message_store import Place
from gateway.core.policy import Order, Route

COMMON_LANE: Final = LaneId("common")
# No name of a route or a link has a colon in it.
SENDER_NOT_POSSIBLE: Final = "sender_not_possible"
_MARK: Final = ":"
_ANY: Final = "*"

Tiers = tuple[tuple[LinkId, ...], ...]


class Standing(Enum):
    """How a link is, for those who may have to stand in for it."""

    PRESENT = auto()  # it serves, or was away for a moment only
    SICK = auto()  # it serves, badly: only if nobody else does
    AWAY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A link, as far as routes care."""

    link: LinkId
    any_sender: bool = False
    cost: int = 0  # of a segment, in thousandths of the customer's currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a message decides where it waits."""

    address: str
    sender: str | None = None
    queue: str | None = None
    message_class: MessageClass = MessageClass.NORMAL
    link: LinkId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a message waits, and for whom first."""

    lane: LaneId
    preferred: LinkId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The routes in force: who serves which lane, the preferred ones first."""

    routes: tuple[Route, ...]
    members: Mapping[LinkId, Member]
    tiers: Mapping[LaneId, Tiers]

    @classmethod
    def of(cls, routes: Sequence[Route], members: Sequence[Member]) -> "Routing":
        """The configured routes, or the common one over all links."""
        known = {member.link: member for member in members}
        if not routes and known:
            routes = [Route(lane=COMMON_LANE, links=tuple(known), order=Order.SPREAD)]
        tiers: dict[LaneId, Tiers] = {}
        for route in routes:
            links = [known[link] for link in route.links if link in known]
            able = [member for member in links if member.any_sender]
            tiers[route.lane] = _tiers(links, route.order)
            if able:
                tiers[sender_lane(route.lane)] = _tiers(able, route.order)
        return cls(routes=tuple(routes), members=known, tiers=tiers)

    def lanes(self, link: LinkId) -> tuple[LaneId, ...]:
        """The lanes a link serves."""
        listed = (lane for lane, tiers in self.tiers.items() if link in _all(tiers))
        return (link_lane(link), *listed)

    def serves(self, place: Place) -> bool:
        """Whether there is a link that takes from a place, at some time."""
        lane, preferred = place
        links = self.servers(lane)
        return bool(links) if preferred is None else preferred in links

    def servers(self, lane: LaneId) -> list[LinkId]:
        """The links that serve a lane."""
        if lane in self.tiers:
            return _all(self.tiers[lane])
        return [link for link in self.members if lane == link_lane(link)]


def link_lane(link: LinkId) -> LaneId:
    """The lane that only this link serves."""
    return LaneId(f"link{_MARK}{link}")


def sender_lane(lane: LaneId) -> LaneId:
    """The lane of a route for messages that go by a sender of the caller's choice."""
    return LaneId(f"sender{_MARK}{lane}")


def is_of_link(lane: LaneId) -> bool:
    """Whether only one link may serve it, whatever the routes say."""
    return lane.startswith(link_lane(LinkId("")))


def keeps_sender(lane: LaneId | None) -> bool:
    """Whether the sender of a message in this lane was chosen with the link."""
    return lane is not None and _MARK in lane


def choose(
    routing: Routing,
    asked: Asked,
    sticky: Sequence[LinkId],
    number_of: Callable[[LinkId], str | None],
) -> Choice | None:
    """Where a message is to wait; None when no route matches.

    `sticky`: the links this person talked with us by, latest first. `number_of`: a
    link's own number, which it can always show. Raises `Invalid` when no link that may
    send it can show the sender.
    """
    if asked.link is not None:
        if not _can_show(asked.link, asked.sender, routing, number_of):
            raise _not_possible()
        return Choice(lane=link_lane(asked.link), preferred=asked.link)
    route = next((route for route in routing.routes if _matches(route, asked)), None)
    if route is None:
        return None
    if asked.sender is None:
        return _prefer(route.lane, routing.tiers[route.lane], sticky)
    # A modem shows one sender only: who asks for that one, asks for that modem.
    for link in _all(routing.tiers[route.lane]):
        is_bound = not routing.members[link].any_sender
        if is_bound and _same_number(asked.sender, number_of(link)):
            return Choice(lane=link_lane(link), preferred=link)
    lane = sender_lane(route.lane)
    if lane not in routing.tiers:
        raise _not_possible()
    return _prefer(lane, routing.tiers[lane], sticky)


def places(
    routing: Routing, link: LinkId, standing: Callable[[LinkId], Standing]
) -> tuple[Place, ...]:
    """From where a link takes messages now, by whom they prefer."""
    found: list[Place] = [(link_lane(link), link)]
    for lane, tiers in routing.tiers.items():
        if link in _all(tiers):
            found.extend(_places_in(lane, tiers, link, standing))
    return tuple(found)


def _places_in(
    lane: LaneId,
    tiers: Tiers,
    link: LinkId,
    standing: Callable[[LinkId], Standing],
) -> Iterator[Place]:
    mates = {other: standing(other) for other in _all(tiers) if other != link}
    someone_serves = Standing.PRESENT in mates.values()
    if someone_serves and standing(link) is Standing.SICK:
        return
    yield lane, link
    rank = next(number for number, tier in enumerate(tiers) if link in tier)
    before = _all(tiers[:rank])
    if any(mates[other] is Standing.PRESENT for other in before):
        return
    yield lane, None
    for other, how in mates.items():
        if how is not Standing.PRESENT:
            yield lane, other


def _tiers(members: Sequence[Member], order: Order) -> Tiers:
    """Groups of equals, the preferred first."""
    match order:
        case Order.GIVEN:
            return tuple((member.link,) for member in members)
        case Order.CHEAPEST:
            ranked = sorted(members, key=lambda member: member.cost)
            groups = groupby(ranked, key=lambda member: member.cost)
            return tuple(tuple(one.link for one in group) for _, group in groups)
        case Order.SPREAD:
            return (tuple(member.link for member in members),)
        case _:
            assert_never(order)


def _all(tiers: Tiers) -> list[LinkId]:
    return [link for tier in tiers for link in tier]


def _prefer(lane: LaneId, tiers: Tiers, sticky: Sequence[LinkId]) -> Choice:
    links = _all(tiers)
    known = next((link for link in sticky if link in links), None)
    first = tiers[0][0] if tiers and len(tiers[0]) == 1 else None
    return Choice(lane=lane, preferred=known or first)


def _matches(route: Route, asked: Asked) -> bool:
    if route.prefixes and not asked.address.startswith(route.prefixes):
        return False
    if route.queues and asked.queue not in route.queues:
        return False
    if route.classes and asked.message_class not in route.classes:
        return False
    return not route.senders or any(
        _is_sender(pattern, asked.sender) for pattern in route.senders
    )


def _is_sender(pattern: str, sender: str | None) -> bool:
    if sender is None:
        return False
    if pattern.endswith(_ANY):
        return sender.startswith(pattern.removesuffix(_ANY))
    return sender == pattern


def _can_show(
    link: LinkId,
    sender: str | None,
    routing: Routing,
    number_of: Callable[[LinkId], str | None],
) -> bool:
    member = routing.members.get(link)
    return (
        sender is None
        or (member is not None and member.any_sender)
        or _same_number(sender, number_of(link))
    )


def _same_number(sender: str, number: str | None) -> bool:
    return number is not None and sender.lstrip("+") == number.lstrip("+")


def _not_possible() -> Invalid:
    return Invalid(
        SENDER_NOT_POSSIBLE,
        "no link that may send this message can show that sender",
        field="sender",
    )
