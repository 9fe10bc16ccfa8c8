"""An adapter's small durable facts, kept in the store under its own prefix."""

from typing import Final

from gateway.core.store import Store

_MOST_RECENT: Final = 1000


class StoreMemory:
    """`core.link.Memory` over the store's facts, and what was kept last."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    async def recall(self, key: str) -> str | None:
        """The value, or None."""
        return await self._store.read(lambda tx: tx.facts.get(self._prefix + key))

    async def remember(self, key: str, value: str) -> None:
        """Returns after commit."""
        await self._store.write(lambda tx: tx.facts.put(self._prefix + key, value))

    async def recent(self, line: str) -> list[bytes]:
        """The octets of the newest messages from a line."""
        return await self._store.read(
            lambda tx: tx.inbox.newest_raw(line, _MOST_RECENT)
        )
