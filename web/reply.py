"""Replies, notes, drafts and marks as callers say them; what they are told is `said`'s.

Companion of `web.schema`. Texts of replies and notes are judged by the engine, which
has a code for each thing that can be wrong with them.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from web.schema import END, Identity, MessageText, Sequence

_TYPED = r"^[^\u0000-\u0008\u000b\u000e-\u001f\u007f\ud800-\udfff]*" + END

ClientId = Annotated[
    str,
    Meta(
        description="of the caller's choice: a repeat gets the first answer",
        min_length=1,
        max_length=64,
        extra_json_schema={"pattern": rf"^[A-Za-z0-9_.\-]+{END}"},
        examples=["3f6c1a52-8a0e-4f5b-9a39-0b1f6d1c2e77"],
    ),
]
SaidText = Annotated[str, Meta(description="as it was typed", max_length=20_000)]
DraftText = Annotated[
    str,
    Meta(
        description="as far as it was typed",
        max_length=20_000,
        extra_json_schema={"pattern": _TYPED},
    ),
]
Reason = Annotated[
    str,
    Meta(
        description="why; its writer reads it",
        max_length=1000,
        extra_json_schema={"pattern": _TYPED},
    ),
]
EntryIdentity = Annotated[
    str,
    Meta(
        description="the identity of a message, note, step or reply",
        min_length=30,
        max_length=44,
        extra_json_schema={"pattern": rf"^[a-z]{{3}}_[0-9a-z]+{END}"},
    ),
]
Revision = Annotated[int, Meta(ge=0, le=2**53 - 1, description="of a draft")]


class SendReply(Struct, forbid_unknown_fields=True, kw_only=True):
    """What to answer, and how far the log was seen when it was written.

    `force` sends in spite of what somebody else answered, and takes the conversation
    over. `undo_s`: how long it may be taken back; as the settings say when left out.
    """

    client_id: ClientId
    text: SaidText
    seen_seq: Sequence | None = None
    force: bool = False
    canned_id: Identity | None = None
    undo_s: Annotated[int, Meta(ge=0, le=15)] | None = None
    draft_revision: Revision | None = None


class RetryReply(Struct, forbid_unknown_fields=True):
    """`force` where the first time may have been received."""

    force: bool = False


class AddNote(Struct, forbid_unknown_fields=True, kw_only=True):
    """What colleagues are to know; `mentions` are agents who are told of it."""

    client_id: ClientId
    text: SaidText
    mentions: Annotated[list[Identity], Meta(max_length=50)] = []
    draft_revision: Revision | None = None


class SaveDraft(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was typed so far; only a higher revision than the one kept counts."""

    text: DraftText
    revision: Revision
    is_note: bool = False


class DropDraft(Struct, forbid_unknown_fields=True):
    """Saves up to this revision count no more."""

    revision: Revision | None = None


class MarkRead(Struct, forbid_unknown_fields=True):
    """Up to which entry all was seen."""

    entry: EntryIdentity


class MarkUnread(Struct, forbid_unknown_fields=True):
    """From which entry on all is unread."""

    from_: EntryIdentity = field(name="from")


class ApproveReply(Struct, forbid_unknown_fields=True):
    """Other words, should it need them."""

    text: MessageText | None = None


class RejectReply(Struct, forbid_unknown_fields=True):
    """Why."""

    note: Reason = ""


class ListPending(Struct, forbid_unknown_fields=True):
    """Replies that wait for approval; the longest first."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Identity | None = None


class ReadInbox(Struct, forbid_unknown_fields=True):
    """Up to which place of the log all was seen; `Last-Event-ID` says the same."""

    after: Sequence | None = None


class Look(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a page shows, and whether its agent types there."""

    connection: Identity
    thread_id: Identity | None = None
    typing: bool = False
    focused: bool = False
