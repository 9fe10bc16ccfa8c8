"""An inbox for tests: customers who write and call, agents who decide."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.codec.address import Address
from gateway.core.agent import Actor, Agent, AgentRole, Presence
from gateway.core.contact import Thread
from gateway.core.conversation import Conversation
from gateway.core.event import Event, EventType
from gateway.core.ids import AgentId, ConversationId, EntryId, LinkId, ThreadId
from gateway.core.link import InboundCall
from gateway.core.store import Tx
from gateway.engine.conversation_log import Fresh, note_reply
from gateway.engine.conversations import Ask, Conversations
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import latest_conversation, main_thread
from tests.support.agents import keep_agent
from tests.support.builders import CUSTOMER, OWN, inbound_text
from tests.support.rooms import Rooms


@dataclass(slots=True, kw_only=True)
class Office:
    """Rooms with agents in them."""

    rooms: Rooms
    anna: Agent
    oleg: Agent
    vera: Agent  # supervises

    @classmethod
    async def open(cls, rooms: Rooms) -> "Office":
        async def made(login: str, role: AgentRole = AgentRole.AGENT) -> Agent:
            return await keep_agent(
                rooms.store, rooms.ids, login, role, presence=Presence.ONLINE
            )

        return cls(
            rooms=rooms,
            anna=await made("anna"),
            oleg=await made("oleg"),
            vera=await made("vera", AgentRole.SUPERVISOR),
        )

    @property
    def desk(self) -> Conversations:
        return self.rooms.inbox.conversations

    async def hears(self, text: str = "Где мой заказ?", sender: str = CUSTOMER) -> None:
        """A customer writes, and the reader has read it."""
        await self.writes(text, sender)
        await self.rooms.inbox.conversation_reader.catch_up()

    async def writes(self, text: str, sender: str = CUSTOMER) -> None:
        """A customer writes; nobody has read it yet."""
        rooms = self.rooms
        rooms.clock.pass_time(1)
        at = rooms.clock.now()
        for part in inbound_text(text, originator=sender, at=at):
            await rooms.intake.accept(part)

    async def rings(self, caller: str = CUSTOMER) -> None:
        """A customer calls and is not answered; the reader has read it."""
        rooms = self.rooms
        rooms.clock.pass_time(1)
        call = InboundCall(
            link=LinkId("sim1"),
            line="line-sim1",
            caller=Address.parse(caller) if caller else None,
            recipient=OWN,
            received_at=rooms.clock.now(),
        )
        await rooms.intake.accept(call)
        await rooms.inbox.conversation_reader.catch_up()

    async def answers(
        self, agent: Agent, text: str = "Уже едет", *, sender: str = CUSTOMER
    ) -> Conversation:
        """An agent's message is queued to a customer."""
        rooms = self.rooms
        rooms.clock.pass_time(1)
        thread_id = await self.thread_id(sender)
        fresh, now = Fresh.make(rooms.ids), rooms.clock.now()
        message = await rooms.send(text, to=(sender,), is_answer=True)
        return await rooms.store.write(
            lambda tx: note_reply(
                tx,
                main_thread(tx, thread_id),
                agent.id,
                EntryId(message.id),
                fresh,
                now,
            )
        )

    async def latest(self, sender: str = CUSTOMER) -> Conversation:
        """The latest conversation with a customer."""
        found = await self.find(sender)
        assert found is not None
        return found

    async def find(self, sender: str = CUSTOMER) -> Conversation | None:
        def read(tx: Tx) -> Conversation | None:
            threads = _threads(tx, sender)
            return latest_conversation(tx, threads[0].id) if threads else None

        return await self.rooms.store.read(read)

    async def thread_id(self, sender: str = CUSTOMER) -> ThreadId:
        threads = await self.rooms.store.read(lambda tx: _threads(tx, sender))
        return threads[0].id

    async def history(self) -> list[Conversation]:
        """The customer's conversations, oldest first."""
        thread_id = await self.thread_id()
        found = await self.rooms.store.read(
            lambda tx: tx.conversations.in_thread(thread_id, 100)
        )
        return found[::-1]

    async def ask(
        self, agent: Agent, revision: int | None = None, *, sender: str = CUSTOMER
    ) -> Ask:
        """This agent asks about a customer's latest conversation."""
        return ask(agent, (await self.latest(sender)).id, revision)

    async def told(self, *types: EventType) -> list[Event]:
        return [event for event in await self.rooms.events() if event.type in types]

    async def steps(self) -> list[tuple[str, str]]:
        """Kinds and texts of the steps told of, in order."""
        told = await self.told(EventType.THREAD_STEP)
        return [(str(one.data["step"]), str(one.data["text"])) for one in told]

    async def moves(self, agent: Agent, presence: Presence) -> None:
        """An agent comes or goes."""
        now = self.rooms.clock.now()
        await self.rooms.store.write(lambda tx: tx.agents.move(agent.id, presence, now))

    def later(self, **span: float) -> None:
        self.rooms.clock.pass_time(timedelta(**span).total_seconds())


def _threads(tx: Tx, sender: str) -> list[Thread]:
    contact = tx.contacts.by_address(sender)
    return [] if contact is None else tx.contacts.threads(contact.id)


def ask(
    agent: Agent, conversation_id: ConversationId, revision: int | None = None
) -> Ask:
    """An agent asks, from a browser."""
    actor = Actor(agent=agent, source="192.0.2.1")
    return Ask(actor=actor, conversation_id=conversation_id, revision=revision)


def assignee_of(told: JsonObject) -> AgentId | None:
    """Whose a conversation is, as it is told."""
    assignee = told["assignee"]
    return AgentId(str(assignee["id"])) if isinstance(assignee, dict) else None
