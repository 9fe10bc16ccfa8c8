"""Agents who answer a customer of an `Office`."""

from gateway.core.agent import Actor, Agent
from gateway.core.ids import EntryId
from gateway.core.message import Direction, Message
from gateway.engine.replies import ReplyAsk
from gateway.engine.reply_log import Said
from tests.support.inbox import Office


async def say(
    office: Office,
    agent: Agent,
    text: str = "Уже едет",
    *,
    client_id: str = "c1",
    **fields: object,
) -> Said:
    """Without a guard and without time to take it back, unless said otherwise."""
    ask = ReplyAsk(client_id=client_id, text=text, **{"undo_s": 0, **fields})  # type: ignore[arg-type]  # named by the test
    thread_id = await office.thread_id()
    return await office.rooms.inbox.replies.send(Actor(agent=agent), thread_id, ask)


async def sent(office: Office) -> list[Message]:
    return [
        message
        for message in await office.rooms.messages()
        if message.direction is Direction.MT
    ]


async def seen(office: Office) -> int:
    return await office.rooms.feed.last_seq()


async def undo(office: Office, agent: Agent, said: Said) -> Said:
    return await office.rooms.inbox.replies.undo(
        Actor(agent=agent), await office.thread_id(), EntryId(str(said.entry["id"]))
    )
