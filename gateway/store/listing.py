"""Which index a listing of messages is read by."""

from gateway.core.message import MessageState
from gateway.core.message_store import MessageFilter

_WAITING = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})
_TROUBLED = frozenset(
    {
        MessageState.UNDELIVERED,
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.UNKNOWN,
        MessageState.CANCELLED,
        MessageState.PARTIAL,
    }
)


def driver(which: MessageFilter, state: MessageState | None) -> str:
    """The listing whose index narrows the most."""
    if which.reference is not None:
        return "listing.by_reference"
    if which.thread_id is not None:
        return "listing.by_thread"
    if which.peer is not None:
        return "listing.by_peer"
    if state in _WAITING:
        return "listing.by_waiting_state"
    if state is MessageState.SENDING:
        return "listing.sending"
    if state in _TROUBLED:
        return "listing.by_troubled_state"
    return "listing.by_age"
