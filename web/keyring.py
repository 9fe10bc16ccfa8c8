"""On which terms a listener is posted to, remembered from one post to the next.

`forget` is to be called when a webhook may have changed.
"""

from dataclasses import dataclass

from gateway.core.account import Delivery, WebhookState
from gateway.core.ids import TokenId, WebhookId
from gateway.core.store import Store, Tx

_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What signs, and how many events go in one POST."""

    secrets: tuple[bytes, ...]
    batch: int = 1


class Keyring:
    """Of webhooks, and of tokens whose messages report to a URL of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[WebhookId | TokenId, Terms] = {}
        self._turn = 0

    def forget(self) -> None:
        """From now on what is asked is read anew."""
        self._known = {}
        self._turn += 1

    async def of(self, delivery: Delivery) -> Terms | None:
        """None when the listener is not (any more) to be told."""
        key = delivery.webhook_id or delivery.token_id
        if key is None:
            return None
        terms = self._known.get(key)
        if terms is None:
            turn = self._turn
            terms = await self._store.read(lambda tx: _terms(tx, delivery))
            # What changed while it was read is true of this post, not of the next.
            if terms is not None and turn == self._turn:
                if len(self._known) >= _LIMIT:
                    self._known = {}
                self._known[key] = terms
        return terms


def _terms(tx: Tx, delivery: Delivery) -> Terms | None:
    if delivery.webhook_id is not None:
        webhook = tx.webhooks.get(delivery.webhook_id)
        if webhook is None or webhook.state is not WebhookState.ACTIVE:
            return None
        return Terms(secrets=webhook.secrets, batch=webhook.batch)
    token = tx.accounts.token(delivery.token_id) if delivery.token_id else None
    if token is None or not token.report_secret:
        return None
    return Terms(secrets=(token.report_secret,))
