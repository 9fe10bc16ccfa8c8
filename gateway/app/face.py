"""The HTTP face of one running gateway: listener, fan-out, sender."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.app.rooms import Rooms, World
from gateway.core.ids import LinkId
from web.app import create_app
from web.egress import Egress
from web.listener import Listener
from web.post import Poster
from web.sender import Sender
from web.services import Services
from web.webhooks import FanOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What runs for the outside."""

    listener: Listener
    fan_out: FanOut
    sender: Sender


def make_face(
    world: World,
    rooms: Rooms,
    dispatch_of: Callable[[LinkId], Awaitable[Mapping[str, object] | None]],
) -> Face:
    """Builds it; nothing listens yet."""
    http = world.config.http
    egress = Egress(http.webhook_hosts, own_port=http.address[1])
    sender = Sender(
        world.store,
        world.clock,
        world.ids,
        Poster(egress, world.clock),
        world.metrics,
        crash=world.crash,
        in_flight=http.webhook_in_flight,
    )
    services = Services(
        config=http,
        store=world.store,
        clock=world.clock,
        ids=world.ids,
        region=world.config.gateway.region,
        submit=rooms.submit,
        links=rooms.board,
        dispatch_of=dispatch_of,
        tokens=rooms.tokens,
        accounts=rooms.accounts,
        feed=rooms.feed,
        desk=rooms.desk,
        metrics=world.metrics,
        egress=egress,
    )
    return Face(
        listener=Listener(create_app(services, wake_sender=sender.wake), http),
        fan_out=FanOut(world.store, world.clock, world.ids, offer=sender.take),
        sender=sender,
    )
