"""Tokens, and the answers kept for idempotency keys."""

from datetime import datetime

from gateway.core.account import Answer, Token
from gateway.core.errors import StoreConflict
from gateway.core.ids import TokenId
from gateway.store.column import from_moment
from gateway.store.engine import Session
from gateway.store.premise import expect_one
from gateway.store.side_rows import (
    answer_of,
    changing_token_values,
    token_of,
    token_values,
)


class SqlAccounts:
    """`core.store.Accounts` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_token(self, token: Token) -> None:
        self._session.run("accounts.insert_token", **token_values(token))

    def save_token(self, token: Token) -> None:
        values = changing_token_values(token)
        expect_one(self._session.run("accounts.save_token", **values), token.id)

    def token(self, token_id: TokenId) -> Token | None:
        row = self._session.one("accounts.token", id=token_id)
        return None if row is None else token_of(row)

    def token_by_digest(self, digest: bytes) -> Token | None:
        row = self._session.one("accounts.token_by_digest", digest=digest)
        return None if row is None else token_of(row)

    def tokens(self) -> list[Token]:
        return [token_of(row) for row in self._session.all("accounts.tokens")]

    def answer(self, token_id: TokenId, key: str) -> Answer | None:
        row = self._session.one("accounts.answer", token_id=token_id, key=key)
        return None if row is None else answer_of(row)

    def keep_answer(
        self, token_id: TokenId, key: str, answer: Answer, at: datetime
    ) -> None:
        kept = self._session.run(
            "accounts.keep_answer",
            token_id=token_id,
            key=key,
            body_digest=answer.body_digest,
            status=answer.status,
            body=answer.body,
            at=from_moment(at),
        )
        if not kept:
            raise StoreConflict("the idempotency key has an answer already")
