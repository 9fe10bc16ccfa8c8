"""Whether a person may be written to: who opted out may be answered, and only that.

Nothing goes to whom refused messages, but for a person's answer to what they wrote
since, as long as their last word was no stop word. Works inside the caller's
transaction. Spec: spec/inbox.md F.2, G.14
"""

from gateway.core.contact import Contact
from gateway.core.message import Direction, Message
from gateway.core.message_store import MessageFilter, Page
from gateway.core.policy import Policy
from gateway.core.store import Tx
from gateway.engine.threads import stop_word

_NEWEST = Page(limit=1)


def may_be_answered(tx: Tx, contact: Contact, policy: Policy) -> bool:
    """Whether this contact never opted out, or wrote to us again since."""
    if contact.opted_out_at is None:
        return True
    from_them = MessageFilter(direction=Direction.MO, peer=contact.address)
    return any(
        message.created_at > contact.opted_out_at and stop_word(message, policy) is None
        for message in tx.outbox.listing(from_them, _NEWEST)
    )


def refuses(tx: Tx, message: Message, policy: Policy) -> bool:
    """Whether its recipient, who opted out, does not want this very message."""
    if not tx.replies.by_messages([message.id]):
        return True
    contact = tx.contacts.get(message.contact_id)
    return contact is None or not may_be_answered(tx, contact, policy)
