"""`/threads/{id}/replies` and `/replies`: what agents answer, and who approves it.

Relies on the engine's `Replies` and `Approvals`.
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.errors import Invalid
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.engine.approvals import Approvals
from gateway.engine.present import JsonObject
from gateway.engine.replies import Replies, ReplyAsk
from gateway.engine.reply_log import Said
from web.endpoint import Call, Endpoint, endpoint, reply
from web.reply import (
    ApproveReply,
    ListPending,
    RejectReply,
    RetryReply,
    SendReply,
)
from web.said import AgainShape, PendingPage, SaidShape, UndoneShape
from web.schema import Nothing

_OF_THREAD = "/api/v1/threads/{thread_id}/replies"
_ONE = "/api/v1/replies/{reply_id}"


class ReplyDesk:
    """The resource."""

    def __init__(self, replies: Replies, approvals: Approvals) -> None:
        self._replies = replies
        self._approvals = approvals

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._of_thread(), *self._of_approval()]

    def _of_thread(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                _OF_THREAD,
                self.send,
                access=Role.INBOX,
                summary="Answer a person; 200 for a repeat",
                body=SendReply,
                answer=SaidShape,
                status=201,
            ),
            endpoint(
                "DELETE",
                _OF_THREAD + "/{entry_id}",
                self.undo,
                access=Role.INBOX,
                summary="Take an answer back before it leaves",
                answer=UndoneShape,
            ),
            endpoint(
                "POST",
                _OF_THREAD + "/{message_id}/retry",
                self.retry,
                access=Role.INBOX,
                summary="Send an answer again that failed",
                body=RetryReply,
                answer=AgainShape,
            ),
        ]

    def _of_approval(self) -> list[Endpoint]:
        return [
            endpoint(
                "GET",
                "/api/v1/replies/pending",
                self.pending,
                access=Role.SUPERVISE,
                summary="Answers that wait for approval, the longest first",
                query=ListPending,
                answer=PendingPage,
            ),
            endpoint(
                "POST",
                _ONE + "/approve",
                self.approve,
                access=Role.SUPERVISE,
                summary="Send an answer that waits, perhaps in other words",
                body=ApproveReply,
                answer=SaidShape,
            ),
            endpoint(
                "POST",
                _ONE + "/reject",
                self.reject,
                access=Role.SUPERVISE,
                summary="Do not send an answer that waits",
                body=RejectReply,
                answer=SaidShape,
            ),
        ]

    async def send(self, call: Call[Nothing, SendReply]) -> web.Response:
        """201, or 200 for a repeat."""
        body = call.body
        if body.seen_seq is None and not body.force:
            raise Invalid("required", "say how far you have read", field="seen_seq")
        ask = ReplyAsk(
            client_id=body.client_id,
            text=body.text,
            seen_seq=body.seen_seq,
            force=body.force,
            undo_s=body.undo_s,
            canned_id=body.canned_id,
            draft_revision=body.draft_revision,
        )
        thread_id = ThreadId(call.part("thread_id"))
        said = await self._replies.send(call.actor, thread_id, ask)
        return reply(_shape(said), status=200 if said.is_repeat else 201)

    async def undo(self, call: Call[Nothing, Nothing]) -> web.Response:
        """What was taken back."""
        said = await self._replies.undo(
            call.actor, ThreadId(call.part("thread_id")), EntryId(call.part("entry_id"))
        )
        return reply(
            {
                "entry": said.entry,
                "conversation": said.conversation,
                "text": said.text,
            }
        )

    async def retry(self, call: Call[Nothing, RetryReply]) -> web.Response:
        """The message, waiting again."""
        entry = await self._replies.retry(
            ThreadId(call.part("thread_id")),
            MessageId(call.part("message_id")),
            force=call.body.force,
        )
        return reply({"entry": entry})

    async def pending(self, call: Call[ListPending, Nothing]) -> web.Response:
        """A page."""
        limit = call.query.limit
        found = await self._approvals.pending(limit, call.query.cursor)
        last = str(found[-1]["id"]) if len(found) == limit else None
        return reply({"items": found, "next": last})

    async def approve(self, call: Call[Nothing, ApproveReply]) -> web.Response:
        """The message."""
        said = await self._approvals.approve(
            call.actor, EntryId(call.part("reply_id")), call.body.text
        )
        return reply(_shape(said))

    async def reject(self, call: Call[Nothing, RejectReply]) -> web.Response:
        """The reply as it ended."""
        said = await self._approvals.reject(
            call.actor, EntryId(call.part("reply_id")), call.body.note
        )
        return reply(_shape(said))


def _shape(said: Said) -> JsonObject:
    return {
        "entry": said.entry,
        "conversation": said.conversation,
        "draft_revision": None if said.draft is None else said.draft.revision,
    }
