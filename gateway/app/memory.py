"""An adapter's small durable facts, kept in the store under its own prefix."""

from gateway.core.store import Store


class StoreMemory:
    """`core.link.Memory` over the store's facts."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    async def recall(self, key: str) -> str | None:
        """The value, or None."""
        return await self._store.read(lambda tx: tx.facts.get(self._prefix + key))

    async def remember(self, key: str, value: str) -> None:
        """Returns after commit."""
        await self._store.write(lambda tx: tx.facts.put(self._prefix + key, value))
