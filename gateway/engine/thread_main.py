"""Which thread is the one to show and to answer in: that of the contact merged into.

Works inside the caller's transaction. What is written for a merged contact's thread
belongs to its main thread; the doors write to either and know nothing of this.
"""

from gateway.core.contact import Thread
from gateway.core.conversation import Conversation
from gateway.core.errors import NotFound
from gateway.core.ids import ThreadId
from gateway.core.store import Tx


def main_thread(tx: Tx, thread_id: ThreadId) -> Thread:
    """The main thread of any thread, mostly itself; `NotFound` for no thread."""
    found = find_main(tx, thread_id)
    if found is None:
        raise NotFound("thread_not_found", "there is no such thread")
    return found


def find_main(tx: Tx, thread_id: ThreadId) -> Thread | None:
    """As `main_thread`; None for no thread."""
    return tx.contacts.get_thread(tx.conversations.main_of(thread_id))


def main_of(tx: Tx, thread_id: str) -> ThreadId:
    """The name of the main thread of any thread."""
    return tx.conversations.main_of(ThreadId(thread_id))


def threads_shown(tx: Tx, main_id: ThreadId) -> list[ThreadId]:
    """A main thread and those whose content it shows besides its own."""
    return [main_id, *tx.conversations.aliases_of(main_id)]


def latest_conversation(tx: Tx, thread_id: ThreadId) -> Conversation | None:
    """The latest conversation in a thread, by any of its names, ended or not."""
    return tx.conversations.latest_in(tx.conversations.main_of(thread_id))
