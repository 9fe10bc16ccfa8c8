"""To whom, from which of our numbers and by which link a reply in a thread goes.

It goes to the number that the person wrote from last, from the number that they know:
by the link that has it, else by one that can show it. Where that link is away the
engine's failover decides. Relies on the links' board; works inside the caller's
transaction. Spec: spec/inbox.md H.3, H.9
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.contact import Contact, Thread
from gateway.core.errors import Invalid, NotFound
from gateway.core.ids import LinkId
from gateway.core.message import Direction
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Tx
from gateway.engine.board import LinkBoard
from gateway.engine.route import Asked, choose
from gateway.engine.thread_main import threads_shown

_NEWEST = Page(limit=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a reply goes."""

    thread: Thread  # the one shown, or one of those merged into it
    contact: Contact
    prefer: LinkId | None  # the link that has our number, or the last one used
    sender: str | None  # our number, where a link is to show one that is not its own


def find_target(tx: Tx, main: Thread, links: LinkBoard) -> Target:
    """Of a main thread; `NotFound` when its person is gone."""
    thread = _last_written_from(tx, main)
    contact = tx.contacts.get(thread.contact_id)
    if contact is None:
        raise NotFound("thread_not_found", "there is no such thread")
    owners = _owners(links, thread.own)
    sticky = thread.sticky_link if _knows(links, thread.sticky_link) else None
    if owners:
        first = next((one for one in owners if links.available(one)), owners[0])
        prefer = sticky if sticky in owners else first
        return Target(thread=thread, contact=contact, prefer=prefer, sender=None)
    shows_any = any(one.any_sender for one in links.routing.members.values())
    sender = thread.own if thread.own and shows_any else None
    return Target(thread=thread, contact=contact, prefer=sticky, sender=sender)


def has_way(target: Target, links: LinkBoard) -> bool:
    """Whether any link could ever take it there: a sender's name has no number."""
    address = target.contact.address
    if not address.removeprefix("+").isdecimal():
        return False
    asked = Asked(address=address, sender=target.sender)
    try:
        return choose(links.routing, asked, [], links.number) is not None
    except Invalid:
        return False


def _last_written_from(tx: Tx, main: Thread) -> Thread:
    shown = threads_shown(tx, main.id)
    if len(shown) == 1:
        return main
    newest = max(
        (
            message
            for thread_id in shown
            for message in tx.outbox.listing(
                MessageFilter(direction=Direction.MO, thread_id=thread_id), _NEWEST
            )
        ),
        key=lambda message: message.id,
        default=None,
    )
    if newest is None:
        return main
    return tx.contacts.get_thread(newest.thread_id) or main


def _owners(links: LinkBoard, own: str) -> Sequence[LinkId]:
    """The links whose own number this is."""
    digits = own.lstrip("+")
    return [
        status.link
        for status in links.statuses()
        if digits and status.msisdn is not None and status.msisdn.lstrip("+") == digits
    ]


def _knows(links: LinkBoard, link: LinkId | None) -> bool:
    return link is not None and links.knows(link)
