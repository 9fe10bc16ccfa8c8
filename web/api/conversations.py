"""`/conversations`: cases in threads, what agents decide about them, and records.

Relies on the desk's `conversations` for every rule. A closing text is a reply like any
other and goes first: what cannot be said is not resolved.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from gateway.core.account import Role
from gateway.core.conversation_store import ConversationFilter
from gateway.core.ids import AgentId, ContactId, ConversationId, ThreadId
from gateway.core.store import Store, Tx
from gateway.engine.conversation_right import find
from gateway.engine.conversations import Ask
from gateway.engine.desk import Desk
from gateway.engine.entries import conversation_json
from gateway.engine.present import JsonObject
from gateway.engine.replies import ReplyAsk
from gateway.engine.thread_main import find_main
from gateway.engine.transcript import as_text, transcript_of
from web.conversation import (
    Assign,
    ConversationPage,
    ConversationShape,
    Decide,
    Decided,
    Hold,
    ListConversations,
    PassOn,
    PutTags,
    Resolve,
    Snooze,
    Take,
)
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.schema import Nothing
from web.thread import ReadTranscript, TranscriptShape

_ROOT = "/api/v1/conversations"
_ONE = _ROOT + "/{conversation_id}"

D = TypeVar("D", bound=Decide)


class Conversations:
    """The resource."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._room = desk.conversations

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._reading(), *self._moving(), *self._pausing(), *self._ending()]

    def _reading(self) -> list[Endpoint]:
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.INBOX,
                summary="List conversations, newest first",
                query=ListConversations,
                answer=ConversationPage,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.INBOX,
                summary="One conversation",
                answer=ConversationShape,
            ),
            endpoint(
                "GET",
                _ONE + "/transcript",
                self.transcript,
                access=Role.INBOX,
                summary="What was said in a conversation; as text when asked for",
                query=ReadTranscript,
                answer=TranscriptShape,
                media=("application/json", "text/plain"),
            ),
        ]

    def _moving(self) -> list[Endpoint]:
        return [
            _verb(
                "take", self.take, "Make it mine; `over` takes another agent's", Take
            ),
            _verb("release", self.release, "Nobody's again, in its old place", Decide),
            _verb("pass", self.pass_on, "To an agent or to everybody; say why", PassOn),
            _verb(
                "assign",
                self.assign,
                "Give it to an agent",
                Assign,
                access=Role.SUPERVISE,
            ),
        ]

    def _pausing(self) -> list[Endpoint]:
        return [
            _verb("hold", self.hold, "Until the customer writes, or a time", Hold),
            _verb("snooze", self.snooze, "Until a time", Snooze),
            _verb("resume", self.resume, "End a hold or a snooze", Decide),
        ]

    def _ending(self) -> list[Endpoint]:
        return [
            _verb("resolve", self.resolve, "At its end, with what came of it", Resolve),
            _verb("reopen", self.reopen, "Not at its end after all, and mine", Decide),
            _verb("spam", self.spam, "Spam; its writer is blocked", Decide),
            _verb("restore", self.restore, "No spam after all", Decide),
            endpoint(
                "PUT",
                _ONE + "/tags",
                self.tag,
                access=Role.INBOX,
                summary="These tags and no others",
                body=PutTags,
                answer=Decided,
            ),
        ]

    async def listing(self, call: Call[ListConversations, Nothing]) -> web.Response:
        """A page."""
        query = call.query

        def read(tx: Tx) -> JsonObject:
            thread = None
            if query.thread is not None:
                main = find_main(tx, ThreadId(query.thread))
                thread = ThreadId(query.thread) if main is None else main.id
            which = ConversationFilter(
                state=query.state,
                assignee_id=AgentId(query.assignee) if query.assignee else None,
                thread_id=thread,
                contact_id=ContactId(query.contact) if query.contact else None,
                since=query.since,
                until=query.to,
            )
            page = tx.conversations.listing(which, query.limit, query.cursor)
            items = conversation_json(tx, page.conversations)
            return {"items": items, "next": page.next}

        return reply(await self._store.read(read))

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One."""
        wanted = _id(call)
        return reply(
            await self._store.read(
                lambda tx: conversation_json(tx, [find(tx, wanted)])[0]
            )
        )

    async def transcript(self, call: Call[ReadTranscript, Nothing]) -> web.Response:
        """JSON, or lines of text for who accepts those."""
        wanted, with_notes = _id(call), call.query.notes
        found = await self._store.read(
            lambda tx: transcript_of(tx, wanted, with_notes=with_notes)
        )
        if "text/plain" in call.request.headers.get("Accept", ""):
            return web.Response(text=as_text(found), content_type="text/plain")
        return reply({"conversation": found.conversation, "items": found.items})

    async def take(self, call: Call[Nothing, Take]) -> web.Response:
        """Mine."""
        return _told(await self._room.take(_ask(call), over=call.body.over))

    async def release(self, call: Call[Nothing, Decide]) -> web.Response:
        """Nobody's."""
        return _told(await self._room.release(_ask(call)))

    async def pass_on(self, call: Call[Nothing, PassOn]) -> web.Response:
        """A colleague's, or anybody's."""
        to = AgentId(call.body.to) if call.body.to else None
        return _told(await self._room.pass_on(_ask(call), to, call.body.note))

    async def assign(self, call: Call[Nothing, Assign]) -> web.Response:
        """An agent's, by a supervisor's word."""
        agent_id = AgentId(call.body.agent)
        return _told(await self._room.assign(_ask(call), agent_id))

    async def hold(self, call: Call[Nothing, Hold]) -> web.Response:
        """Held."""
        return _told(await self._room.hold(_ask(call), call.body.until))

    async def snooze(self, call: Call[Nothing, Snooze]) -> web.Response:
        """Snoozed."""
        body = call.body
        return _told(await self._room.snooze(_ask(call), body.until, body.mode))

    async def resume(self, call: Call[Nothing, Decide]) -> web.Response:
        """Being worked on."""
        return _told(await self._room.resume(_ask(call)))

    async def resolve(self, call: Call[Nothing, Resolve]) -> web.Response:
        """Resolved; the closing text is on its way."""
        body, ask = call.body, _ask(call)
        if body.text is not None:
            thread_id = await self._room.may_resolve(ask)
            client_id = body.client_id or f"resolve-{ask.conversation_id}"
            said = ReplyAsk(client_id=client_id, text=body.text, force=True)
            await self._desk.replies.send(call.actor, thread_id, said)
            # Having said it moved the conversation on.
            ask = replace(ask, revision=None)
        return _told(await self._room.resolve(ask, body.result, body.summary))

    async def reopen(self, call: Call[Nothing, Decide]) -> web.Response:
        """Being worked on again."""
        return _told(await self._room.reopen(_ask(call)))

    async def spam(self, call: Call[Nothing, Decide]) -> web.Response:
        """Among the spam."""
        return _told(await self._room.spam(_ask(call)))

    async def restore(self, call: Call[Nothing, Decide]) -> web.Response:
        """In the queue."""
        return _told(await self._room.restore(_ask(call)))

    async def tag(self, call: Call[Nothing, PutTags]) -> web.Response:
        """With other tags."""
        return _told(await self._room.tag(_ask(call), tuple(call.body.tags)))


def _verb(
    name: str,
    handler: Callable[[Call[Nothing, D]], Awaitable[web.Response]],
    summary: str,
    body: type[D],
    *,
    access: Role = Role.INBOX,
) -> Endpoint:
    return endpoint(
        "POST",
        f"{_ONE}/{name}",
        handler,
        access=access,
        summary=summary,
        body=body,
        answer=Decided,
    )


def _id(call: Call[Q, B]) -> ConversationId:
    return ConversationId(call.part("conversation_id"))


def _ask(call: Call[Nothing, D]) -> Ask:
    """For the agent who calls; `Forbidden` when there is none."""
    return Ask(
        actor=replace(call.actor, agent=call.worker),
        conversation_id=_id(call),
        revision=call.body.revision,
    )


def _told(conversation: JsonObject) -> web.Response:
    return reply({"conversation": conversation})
