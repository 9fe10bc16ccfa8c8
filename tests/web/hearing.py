"""Customers who write to a box whose HTTP face is under test."""

from gateway.core.ids import ThreadId
from gateway.core.store import Tx
from gateway.engine.intake import Intake
from tests.support.builders import CUSTOMER, inbound_text
from tests.web.world import World


async def hear(world: World, *texts: str, sender: str = CUSTOMER) -> None:
    """These come in, and the reader of conversations has read them."""
    services = world.services
    intake = Intake(
        world.store,
        services.clock,
        services.ids,
        services.desk.parts.policy,
        services.metrics,
        world.board,
    )
    for text in texts or ("Здравствуйте",):
        at = services.clock.now()
        parts = inbound_text(text, originator=sender, at=at)
        for part in parts:
            await intake.accept(part)
    await services.desk.conversation_reader.catch_up()


async def thread_of(world: World, sender: str = CUSTOMER) -> ThreadId:
    """The thread with a customer."""

    def find(tx: Tx) -> ThreadId:
        contact = tx.contacts.by_address(sender)
        assert contact is not None
        return tx.contacts.threads(contact.id)[0].id

    return await world.store.read(find)
