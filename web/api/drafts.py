"""What an agent has for herself in a thread: notes to add, a draft, a read mark.

Relies on the engine's `Notes`, `Drafts` and `Reading`.
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.ids import AgentId, EntryId, ThreadId
from gateway.engine.desk import Desk
from gateway.engine.drafts import Words
from gateway.engine.notes import NoteAsk
from gateway.engine.reading import Read
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.reply import AddNote, DropDraft, MarkRead, MarkUnread, SaveDraft
from web.said import DraftShape, ReadShape, SaidShape
from web.schema import Nothing

_THREAD = "/api/v1/threads/{thread_id}"


class OwnWords:
    """The resource."""

    def __init__(self, desk: Desk) -> None:
        self._notes = desk.notes
        self._drafts = desk.drafts
        self._reading = desk.reading

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._of_words(), *self._of_marks()]

    def _of_words(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                f"{_THREAD}/notes",
                self.note,
                access=Role.INBOX,
                summary="Tell colleagues something; 200 for a repeat",
                body=AddNote,
                answer=SaidShape,
                status=201,
            ),
            endpoint(
                "PUT",
                f"{_THREAD}/draft",
                self.save,
                access=Role.INBOX,
                summary="Keep what was typed so far, unless a later save is there",
                body=SaveDraft,
                answer=DraftShape,
            ),
            endpoint(
                "DELETE",
                f"{_THREAD}/draft",
                self.drop,
                access=Role.INBOX,
                summary="Throw one's draft away",
                query=DropDraft,
                answer=None,
                status=204,
            ),
        ]

    def _of_marks(self) -> list[Endpoint]:
        return [
            endpoint(
                "PUT",
                f"{_THREAD}/read",
                self.read,
                access=Role.INBOX,
                summary="Up to here one has read; nobody else's mark moves",
                body=MarkRead,
                answer=ReadShape,
            ),
            endpoint(
                "DELETE",
                f"{_THREAD}/read",
                self.unread,
                access=Role.INBOX,
                summary="From here on all is unread to oneself",
                query=MarkUnread,
                answer=ReadShape,
            ),
        ]

    async def note(self, call: Call[Nothing, AddNote]) -> web.Response:
        """201, or 200 for a repeat."""
        body = call.body
        ask = NoteAsk(
            client_id=body.client_id,
            text=body.text,
            mentions=[AgentId(one) for one in body.mentions],
            draft_revision=body.draft_revision,
        )
        noted = await self._notes.add(call.actor, _thread_of(call), ask)
        said = {
            "entry": noted.entry,
            "conversation": None,
            "draft_revision": None if noted.draft is None else noted.draft.revision,
        }
        return reply(said, status=200 if noted.is_repeat else 201)

    async def save(self, call: Call[Nothing, SaveDraft]) -> web.Response:
        """The draft that is there now."""
        body = call.body
        words = Words(text=body.text, is_note=body.is_note, revision=body.revision)
        saved = await self._drafts.save(call.worker.id, _thread_of(call), words)
        draft = saved.draft
        return reply(
            DraftShape(
                thread_id=draft.thread_id,
                text=draft.text,
                is_note=draft.is_note,
                revision=draft.revision,
                updated_at=draft.updated_at,
                kept=saved.is_kept,
            )
        )

    async def drop(self, call: Call[DropDraft, Nothing]) -> web.Response:
        """Doing it twice changes nothing."""
        await self._drafts.drop(call.worker.id, _thread_of(call), call.query.revision)
        return web.Response(status=204)

    async def read(self, call: Call[Nothing, MarkRead]) -> web.Response:
        """Where the mark is now: never further back than before."""
        entry = EntryId(call.body.entry)
        return _told(await self._reading.read(call.worker, _thread_of(call), entry))

    async def unread(self, call: Call[MarkUnread, Nothing]) -> web.Response:
        """Where the mark is now."""
        entry = EntryId(call.query.from_)
        return _told(
            await self._reading.unread_from(call.worker, _thread_of(call), entry)
        )


def _thread_of(call: Call[Q, B]) -> ThreadId:
    return ThreadId(call.part("thread_id"))


def _told(read: Read) -> web.Response:
    mark = read.mark
    return reply(
        ReadShape(thread_id=mark.thread_id, entry=mark.entry, unread=read.unread)
    )
