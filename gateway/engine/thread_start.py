"""An agent begins to write to somebody: finds the thread with them, or makes it.

One write; what is said then is a reply like any other. A conversation that goes on in
the thread is left to whoever has it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.codec.address import normalise
from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.contact import Contact, Thread
from gateway.core.conversation import ConversationState, StepKind
from gateway.core.errors import Forbidden, Invalid
from gateway.core.event import EventType
from gateway.core.ids import IdSource, ThreadId
from gateway.core.link import LinkState
from gateway.core.store import Store, Tx
from gateway.engine import conversation_moves as moves
from gateway.engine.board import LinkBoard
from gateway.engine.conversation_log import (
    Fresh,
    begin_by_agent,
    goes_on,
    keep,
    step_of,
)
from gateway.engine.conversation_right import worker
from gateway.engine.people_cards import is_blocked
from gateway.engine.thread_main import main_thread
from gateway.engine.threads import Names, find_contact, find_thread

FIELD: Final = "to"
_DIGITS: Final = range(1, 21)


class ThreadStart:
    """Finds or makes threads for agents who want to write."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, links: LinkBoard, region: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._links = links
        self._region = region

    async def find(self, to: str, own: str | None) -> ThreadId:
        """The main thread with a number, made if need be; nothing is begun in it."""
        address, now = self._address(to), self._clock.now()
        names, line = Names.fresh(self._ids), self._line(own)
        return await self._store.write(
            lambda tx: _find(tx, address, line, names, now, is_said=own is not None).id
        )

    async def begin(self, actor: Actor, thread_id: ThreadId) -> None:
        """A conversation of the agent's in a thread, unless one goes on there."""
        agent_id, now = worker(actor).id, self._clock.now()
        fresh = Fresh.make(self._ids)

        def write(tx: Tx) -> None:
            thread = main_thread(tx, thread_id)
            if is_blocked(tx, thread.contact_id):
                raise Forbidden("blocked", "this person is blocked: restore them first")
            latest = tx.conversations.latest_in(thread.id)
            if latest is not None and not latest.has_ended:
                return
            if latest is not None and goes_on(tx, latest, now):
                after = moves.reopen(latest, agent_id, now)
                kind, said = EventType.CONVERSATION_REOPENED, StepKind.REOPENED
            else:
                latest, kind = None, EventType.CONVERSATION_OPENED
                said = StepKind.OPENED
                new = begin_by_agent(tx, thread, fresh.conversation, now)
                after = replace(
                    new, assignee_id=agent_id, state=ConversationState.ACTIVE
                )
            step = step_of(after, fresh.first, said, now, actor_id=agent_id)
            keep(tx, latest, after, kind, now, step)

        await self._store.write(write)

    def _address(self, to: str) -> str:
        address = normalise(to, self._region)
        digits = address.removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and len(digits) in _DIGITS):
            raise Invalid(
                "invalid_number",
                "expected a number such as +79160000001",
                field=FIELD,
            )
        return address

    def _line(self, own: str | None) -> str:
        """Our number to write from: as said, or that of a link, best one that is up."""
        statuses = self._links.statuses()
        numbers = {one.msisdn for one in statuses if one.msisdn is not None}
        if own is not None:
            line = normalise(own, self._region)
            if line not in numbers:
                raise Invalid("unknown_number", "no link has this number", field="own")
            return line
        known = [one for one in statuses if one.msisdn is not None]
        known.sort(key=lambda one: one.state is not LinkState.UP)
        return known[0].msisdn or "" if known else ""


def _find(
    tx: Tx, address: str, line: str, names: Names, now: datetime, *, is_said: bool
) -> Thread:
    contact = find_contact(tx, address, names, now)
    known = None if is_said else _latest_thread(tx, contact)
    thread = known or find_thread(tx, contact, line, names.thread, now)
    return main_thread(tx, thread.id)


def _latest_thread(tx: Tx, contact: Contact) -> Thread | None:
    """Where the person last talked with us: they know that number."""
    threads = tx.contacts.threads(contact.id)
    return next((one for one in threads if one.own), None)
