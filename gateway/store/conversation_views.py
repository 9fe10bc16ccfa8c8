"""Lists of conversations cut by cut: each from an index in its order, from a place on.

A view's cut is found as identities first, which indexes hold with all that filters ask
for; whole rows are read only for what is shown. Companion of `conversations`.
"""

from collections.abc import Sequence
from typing import Final

from gateway.core.conversation import Conversation, ConversationState
from gateway.core.conversation_store import (
    ConversationFilter,
    View,
    ViewCut,
    ViewPage,
)
from gateway.core.errors import Invalid
from gateway.core.ids import ConversationId
from gateway.store.column import BEYOND, from_json, from_moment
from gateway.store.conversation_rows import conversation_of
from gateway.store.engine import Session, Value

_S = ConversationState
_STATES: Final = {
    View.OPEN: (_S.QUEUED, _S.ACTIVE, _S.WAITING, _S.HOLD, _S.SNOOZED),
    View.WAITING: (_S.WAITING,),
    View.HOLD: (_S.HOLD, _S.SNOOZED),
    View.RESOLVED: (_S.RESOLVED,),
    View.SPAM: (_S.SPAM,),
}
_ENDED: Final = (_S.RESOLVED, _S.SPAM)
_LATEST: Final = 1 << 62  # microseconds and priorities stay below
_OWED: Final = "o"
_ANSWERED: Final = "a"

Cut = tuple[list[ConversationId], str | None]


def list_view(session: Session, cut: ViewCut) -> Cut:
    """Identities in the view's order, and where the next cut starts."""
    match cut.view:
        case View.MINE:
            return _mine(session, cut)
        case View.QUEUE:
            return _queue(session, cut)
        case _:
            return _by_place(session, cut)


def list_conversations(
    session: Session, which: ConversationFilter, limit: int, after: str | None
) -> ViewPage:
    """Newest first."""
    at, conversation_id = _place(after, parts=2) if after else (str(_LATEST), BEYOND)
    edge = _number(at)
    if which.until is not None and from_moment(which.until) <= edge:
        edge, conversation_id = from_moment(which.until), ""
    values: dict[str, Value] = {
        "state": which.state,
        "assignee_id": which.assignee_id,
        "contact_id": which.contact_id,
        "thread_id": which.thread_id,
        "since": 0 if which.since is None else from_moment(which.since),
    }
    rows = session.all(
        _driver(which), at=edge, id=conversation_id, limit=limit, **values
    )
    found = tuple(conversation_of(row) for row in rows)
    return ViewPage(
        conversations=found, next=_age(found[-1]) if len(found) == limit else None
    )


def _driver(which: ConversationFilter) -> str:
    if which.thread_id is not None:
        return "conversations.by_thread"
    if which.contact_id is not None:
        return "conversations.by_contact"
    if which.assignee_id is not None:
        return "conversations.by_assignee"
    if which.state is not None:
        return "conversations.by_state"
    return "conversations.by_age"


def _age(conversation: Conversation) -> str:
    return f"{from_moment(conversation.opened_at)}_{conversation.id}"


def _mine(session: Session, cut: ViewCut) -> Cut:
    """Those that need an answer, oldest first, then the others, newest first."""
    kind, *place = (cut.after or f"{_OWED}_0_").split("_", 1)
    ids: list[ConversationId] = []
    before = BEYOND
    if kind == _OWED:
        at, conversation_id = _place(place[0] if place else "", parts=2)
        rows = session.all(
            "conversations.view_owed",
            agent_id=cut.agent_id,
            at=_number(at),
            id=conversation_id,
            tag=_tag(cut),
            limit=cut.limit,
        )
        ids = [row["id"] for row in rows]
        if len(ids) == cut.limit:
            return ids, f"{_OWED}_{rows[-1]['place']}_{ids[-1]}"
    elif kind == _ANSWERED and place:
        [before] = place
    else:
        raise _bad_cursor()
    rows = session.all(
        "conversations.view_answered",
        agent_id=cut.agent_id,
        before=before,
        tag=_tag(cut),
        limit=cut.limit - len(ids),
    )
    ids += [row["id"] for row in rows]
    is_full = len(ids) == cut.limit and rows
    return ids, f"{_ANSWERED}_{rows[-1]['place']}" if is_full else None


def _queue(session: Session, cut: ViewCut) -> Cut:
    priority, at, conversation_id = _place(cut.after or f"{_LATEST}_0_", parts=3)
    rows = session.all(
        "conversations.view_queue",
        priority=_number(priority),
        at=_number(at),
        id=conversation_id,
        tag=_tag(cut),
        limit=cut.limit,
    )
    ids = [row["id"] for row in rows]
    if len(ids) < cut.limit:
        return ids, None
    last = rows[-1]
    return ids, f"{last['priority']}_{last['virtual_start']}_{last['id']}"


def _by_place(session: Session, cut: ViewCut) -> Cut:
    """Newest first; each state has an order of its own, the newest of all are shown."""
    found: list[tuple[str, ConversationId]] = []
    for statement, state in _lists(cut):
        values: dict[str, Value] = {} if state is None else {"state": state}
        rows = session.all(
            statement,
            before=cut.after or BEYOND,
            agent_id=cut.agent_id,
            tag=_tag(cut),
            limit=cut.limit,
            **values,
        )
        found += [(row["place"], row["id"]) for row in rows]
    found.sort(reverse=True)
    shown = found[: cut.limit]
    ids = [conversation_id for _, conversation_id in shown]
    return ids, shown[-1][0] if len(shown) == cut.limit else None


def _lists(cut: ViewCut) -> Sequence[tuple[str, ConversationState | None]]:
    if cut.view is View.ALL:
        return [("conversations.view_all", None)]
    return [
        (
            "conversations.view_state"
            if cut.agent_id is None or state in _ENDED
            else "conversations.view_agent_state",
            state,
        )
        for state in _STATES[cut.view]
    ]


def _tag(cut: ViewCut) -> str | None:
    """What a column of tags is like that has this one."""
    if cut.tag is None:
        return None
    quoted = from_json(cut.tag)
    for sign in ("\\", "%", "_"):
        quoted = quoted.replace(sign, "\\" + sign)
    return f"%{quoted}%"


def _place(cursor: str, *, parts: int) -> list[str]:
    pieces = cursor.split("_", parts - 1)
    if len(pieces) != parts:
        raise _bad_cursor()
    return pieces


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise _bad_cursor()
    return min(int(text), _LATEST)


def _bad_cursor() -> Invalid:
    return Invalid("invalid_cursor", "not a cursor of this list", field="cursor")
