"""`/threads`: everything that was ever said between a person and a number of ours.

Relies on the engine's rows, entries and replies. What is read comes from one snapshot,
whose place in the event log is `seq`: the stream goes on from there.
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.agent import Agent
from gateway.core.conversation_store import View, ViewCut
from gateway.core.ids import AgentId, ThreadId
from gateway.core.link import LinkStatus
from gateway.core.store import Store, Tx
from gateway.engine.desk import Desk
from gateway.engine.drafts import draft_json
from gateway.engine.entries import EntryCut, conversation_json, read_entries
from gateway.engine.present import JsonObject
from gateway.engine.replies import ReplyAsk
from gateway.engine.thread_main import main_thread
from gateway.engine.thread_rows import list_threads, thread_row
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.schema import Nothing
from web.services import LinkDesk
from web.thread import (
    EntryPageShape,
    ListThreads,
    ReadEntries,
    StartedShape,
    StartThread,
    ThreadPage,
    ThreadShape,
)

_ROOT = "/api/v1/threads"
_ONE = _ROOT + "/{thread_id}"
_EARLIER = 50  # conversations shown of a thread


class Threads:
    """The resource."""

    def __init__(self, store: Store, desk: Desk, links: LinkDesk) -> None:
        self._store = store
        self._desk = desk
        self._links = links

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.INBOX,
                summary="A view of the inbox: threads in its order",
                query=ListThreads,
                answer=ThreadPage,
            ),
            endpoint(
                "POST",
                _ROOT,
                self.start,
                access=Role.INBOX,
                summary="Write to somebody: finds the thread or makes it",
                body=StartThread,
                answer=StartedShape,
                status=201,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.INBOX,
                summary="A thread: who, earlier conversations, draft, may I answer",
                answer=ThreadShape,
            ),
            endpoint(
                "GET",
                _ONE + "/entries",
                self.entries,
                access=Role.INBOX,
                summary="Messages, notes and steps of a thread, old to new",
                query=ReadEntries,
                answer=EntryPageShape,
            ),
        ]

    async def listing(self, call: Call[ListThreads, Nothing]) -> web.Response:
        """A cut."""
        query = call.query
        agent_id = AgentId(query.agent) if query.agent else None
        if query.view is View.MINE and agent_id is None:
            agent_id = call.worker.id
        cut = ViewCut(
            view=query.view,
            limit=query.limit,
            agent_id=agent_id,
            tag=query.tag,
            after=query.cursor,
        )
        page = await self._store.read(lambda tx: list_threads(tx, call.agent, cut))
        return reply(
            {
                "items": page.rows,
                "next": page.next,
                "seq": page.seq,
                "counts": page.counts,
            }
        )

    async def start(self, call: Call[Nothing, StartThread]) -> web.Response:
        """201, though it was there: now there is something to go on with."""
        body, agent = call.body, call.worker
        thread_id = await self._desk.thread_start.find(body.to, body.own)
        entry = None
        if body.text is None:
            await self._desk.thread_start.begin(call.actor, thread_id)
        else:
            said = ReplyAsk(client_id=body.client_id, text=body.text)
            entry = (await self._desk.replies.send(call.actor, thread_id, said)).entry

        def read(tx: Tx) -> JsonObject:
            row = thread_row(tx, agent, main_thread(tx, thread_id))
            conversation = row["conversation"]
            return {"thread": row, "conversation": conversation, "entry": entry}

        return reply(await self._store.read(read), status=201)

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One, with everything that a page needs besides its entries."""
        wanted, agent = _id(call), call.agent
        found = await self._store.read(lambda tx: self._read(tx, wanted, agent))
        return reply({**found, "links": [_line(one) for one in self._links.statuses()]})

    async def entries(self, call: Call[ReadEntries, Nothing]) -> web.Response:
        """A cut of the timeline."""
        wanted, query = _id(call), call.query
        cut = EntryCut(
            limit=query.limit,
            before=query.before,
            after=query.after,
            around=query.around,
        )

        def read(tx: Tx) -> JsonObject:
            page = read_entries(tx, main_thread(tx, wanted).id, cut)
            return {
                "items": page.items,
                "before": page.before,
                "after": page.after,
                "seq": tx.events.last_seq(),
            }

        return reply(await self._store.read(read))

    def _read(self, tx: Tx, thread_id: ThreadId, agent: Agent | None) -> JsonObject:
        thread = main_thread(tx, thread_id)
        earlier = tx.conversations.in_thread(thread.id, _EARLIER + 1)[1:]
        draft = mark = None
        standing: JsonObject = {
            "allowed": False,
            "reason": None,
            "detail": "only an agent may answer",
        }
        if agent is not None:
            draft = tx.drafts.get(agent.id, thread.id)
            mark = tx.read_marks.get(agent.id, thread.id)
            found = self._desk.replies.standing(tx, thread, agent)
            standing = {
                "allowed": found.allowed,
                "reason": found.reason,
                "detail": found.detail,
            }
        return {
            "thread": thread_row(tx, agent, thread),
            "earlier": conversation_json(tx, earlier),
            "draft": draft_json(draft),
            "seq": tx.events.last_seq(),
            "reply": standing,
            "viewers": self._desk.lookers.viewers(thread.id),
            "read": None if mark is None else mark.entry,
        }


def _id(call: Call[Q, B]) -> ThreadId:
    return ThreadId(call.part("thread_id"))


def _line(status: LinkStatus) -> JsonObject:
    return {
        "id": status.link,
        "state": status.state.value,
        "reason": status.reason,
        "msisdn": status.msisdn,
    }
