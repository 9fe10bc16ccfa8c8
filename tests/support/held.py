"""What a store holds of messages is what is on disk."""

from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Tx
from gateway.store.outbox import SqlOutbox
from gateway.store.store import SqlStore

EVERYTHING = Page(limit=10_000)


async def check_held(store: SqlStore) -> int:
    """How many messages are held; all of them as their rows say."""

    def look(tx: Tx) -> int:
        outbox = tx.outbox
        assert isinstance(outbox, SqlOutbox)
        count = 0
        for message in outbox.listing(MessageFilter(), EVERYTHING):
            rows = outbox._session.held.get(message.id)
            if rows is not None:
                assert rows == (message, tuple(outbox.segments(message.id)))
                count += 1
        return count

    return await store.write(look)
