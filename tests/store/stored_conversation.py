"""Conversations for tests of the store, and lists of them, cut by cut."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.core.conversation import Conversation, ConversationState, Origin
from gateway.core.conversation_store import View, ViewCut
from gateway.core.ids import AgentId, ConversationId, EntryId, ThreadId
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.clock import START

_S = ConversationState
ANNA, OLEG = AgentId("agt_anna"), AgentId("agt_oleg")


def peer(number: int) -> str:
    return f"+7916{number:07}"


def conversation(make: Maker, person: int, **other: Any) -> Conversation:
    """The first in the thread of a person, who came in that order."""
    one = Conversation(
        id=ConversationId(make.ids.new("cnv")),
        thread_id=ThreadId(f"thr_{peer(person)}"),
        contact_id=make.contact(peer(person)).id,
        number=1,
        state=_S.QUEUED,
        origin=Origin.INBOUND,
        virtual_start=START + timedelta(seconds=person),
        opened_at=START + timedelta(seconds=person),
        updated_at=START,
        last_entry=EntryId(make.ids.new("msg")),
    )
    return replace(one, **other)


async def keep(store: SqlStore, make: Maker, *conversations: Conversation) -> None:
    def write(tx: Tx) -> None:
        for one in conversations:
            address = one.thread_id.removeprefix("thr_")
            if tx.contacts.by_address(address) is None:
                tx.contacts.insert(make.contact(address))
                tx.contacts.insert_thread(make.thread(address))
            tx.conversations.insert(one)

    await store.write(write)


async def shown(store: SqlStore, view: View, **cut: Any) -> list[ConversationId]:
    """A view, cut by cut; each must be as long as was asked for but the last."""
    found: list[ConversationId] = []
    limit = cut.setdefault("limit", 2)
    while True:
        wanted = ViewCut(view=view, **cut)

        def read(tx: Tx, wanted: ViewCut = wanted) -> Any:
            return tx.conversations.view(wanted)

        page = await store.read(read)
        found += [one.id for one in page.conversations]
        if page.next is None:
            assert len(page.conversations) <= limit
            return found
        assert len(page.conversations) == limit
        cut["after"] = page.next
