"""Small durable facts under a key."""

from gateway.store.engine import Session


class SqlFacts:
    """`core.store.Facts` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        row = self._session.one("facts.get", key=key)
        return None if row is None else row["value"]

    def put(self, key: str, value: str) -> None:
        self._session.run("facts.put", key=key, value=value)

    def count_up(self, key: str, modulus: int) -> int:
        before = self.get(key)
        value = 0 if before is None else (int(before) + 1) % modulus
        self.put(key, str(value))
        return value
