"""What waits for one account: messages to its codes and receipts, until acknowledged.

Relies on the sessions that are bound to receive. Nothing is lost when a link goes:
what it had not acknowledged goes first on the next one, in its order.

Spec: SMPP 3.4 2.10; smpp.md 3.7 (67)
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hwsim.clock import Clock, Timer
from hwsim.faults import FaultSet
from hwsim.mailbox import Letter
from hwsim.smsc_account import Account, LongForm
from hwsim.smsc_text import unlinked, write_content
from hwsim.wire.smpp import Command, Pdu, Tag
from hwsim.wire.sms import Address, DeliverTpdu, UserData, decode_deliver

_HAS_HEADER = 0x40
_MAX_SHORT_MESSAGE_OCTETS = 254
# Segments of a long message that never becomes whole are not held for ever.
_MOST_GROUPS = 10_000


@dataclass(slots=True, kw_only=True, eq=False)
class Outgoing:
    """A request to an ESME; ``letters`` are the centre's, ``settled`` its maker's.

    ``expired`` is one that the centre wants back while a link has it; ``place`` is
    its place in the queue.
    """

    pdu: Pdu
    letters: list[Letter] = field(default_factory=list)
    settled: Callable[[], None] | None = None
    expired: bool = False
    place: int = 0


class Receiver(Protocol):
    """A session that takes messages."""

    @property
    def room(self) -> int: ...

    def deliver(self, item: Outgoing) -> None: ...


class Outbox:
    """One account's; ``receivers`` gives its sessions, best first."""

    def __init__(
        self,
        clock: Clock,
        faults: FaultSet,
        account: Callable[[], Account],
        receivers: Callable[[], Sequence[Receiver]],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._account = account
        self._receivers = receivers
        self._queue: deque[Outgoing] = deque()
        self._items: dict[Letter, Outgoing] = {}
        self._groups: dict[object, dict[int, tuple[Letter, UserData]]] = {}
        self._pause: Timer | None = None
        self._last_place = 0

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def box_for(self, number: str) -> "CodeBox":
        return CodeBox(self, number)

    def add(self, item: Outgoing, *, urgent: bool = False) -> None:
        self._last_place += 1
        if urgent:
            item.place = -self._last_place
            self._queue.appendleft(item)
        else:
            item.place = self._last_place
            self._queue.append(item)
        for letter in item.letters:
            self._items[letter] = item
        self.push()

    def take_letter(self, letter: Letter, number: str) -> None:
        """A message to one of the account's codes."""
        deliver = decode_deliver(letter.tpdu)
        if self._account().long_messages is LongForm.PAYLOAD:
            self._join(letter, deliver, number)
            return
        pdu = self._message(deliver, [deliver.user], number)
        self._add_message(pdu, [letter], deliver)

    def discard(self, letter: Letter) -> None:
        """Take a letter back; one under way is not settled any more."""
        for group in self._groups.values():
            for place, (held, _) in list(group.items()):
                if held is letter:
                    del group[place]
        item = self._items.pop(letter, None)
        if item is None:
            return
        item.letters.remove(letter)
        item.expired = not item.letters
        if item.expired and item in self._queue:
            self._queue.remove(item)

    def push(self) -> None:
        """Hand out what there is room for."""
        while self._queue and self._pause is None:
            receiver = next((r for r in self._receivers() if r.room > 0), None)
            if receiver is None:
                return
            receiver.deliver(self._queue.popleft())

    def acknowledged(self, item: Outgoing) -> None:
        for letter in item.letters:
            del self._items[letter]
            letter.settled()
        if item.settled is not None:
            item.settled()
        self.push()

    def refused(self, item: Outgoing) -> None:
        """Try again after a pause, and nothing before it."""
        self._put_back([item])
        if self._pause is None:
            retry_s = self._account().retry_s
            self._pause = self._clock.call_later(retry_s, self._resume)

    def returned(self, items: Sequence[Outgoing]) -> None:
        """The link did not get these acknowledged."""
        self._put_back(items)
        self.push()

    def close(self) -> None:
        if self._pause is not None:
            self._pause.cancel()

    def _put_back(self, items: Sequence[Outgoing]) -> None:
        """Where they were: answers come in any order."""
        kept = [item for item in items if not item.expired]
        whole = sorted((*kept, *self._queue), key=lambda item: item.place)
        self._queue = deque(whole)

    def _resume(self) -> None:
        self._pause = None
        self.push()

    def _join(self, letter: Letter, deliver: DeliverTpdu, number: str) -> None:
        link = deliver.user.concatenation
        if link is None:
            pdu = self._message(deliver, [deliver.user], number)
            self._add_message(pdu, [letter], deliver)
            return
        key = (str(deliver.originator), number, link.reference, link.total, link.wide)
        group = self._groups.setdefault(key, {})
        if link.number in group:
            # A repeated segment is not needed any more: whoever sent it has done so.
            letter.settled()
            return
        group[link.number] = (letter, deliver.user)
        if len(group) == link.total:
            del self._groups[key]
            whole = [group[place] for place in sorted(group)]
            users = [unlinked(user) for _, user in whole]
            pdu = self._message(deliver, users, number)
            self._add_message(pdu, [held for held, _ in whole], deliver)
        elif len(self._groups) > _MOST_GROUPS:
            del self._groups[next(iter(self._groups))]

    def _add_message(
        self, pdu: Pdu, letters: list[Letter], deliver: DeliverTpdu
    ) -> None:
        subject = f"deliver_sm {self._account().system_id} {deliver.originator}"
        self.add(Outgoing(pdu=pdu, letters=letters))
        if self._faults.take("message_duplicate", subject):
            self.add(Outgoing(pdu=pdu))

    def _message(
        self, deliver: DeliverTpdu, users: Sequence[UserData], number: str
    ) -> Pdu:
        account = self._account()
        tlvs: tuple[tuple[int, bytes], ...] = ()
        link = users[0].concatenation
        if account.long_messages is LongForm.SAR and link is not None:
            bare = unlinked(users[0])
            if not bare.header:
                users = [bare]
                tlvs = (
                    (Tag.SAR_MSG_REF_NUM, link.reference.to_bytes(2, "big")),
                    (Tag.SAR_TOTAL_SEGMENTS, bytes((link.total,))),
                    (Tag.SAR_SEGMENT_SEQNUM, bytes((link.number,))),
                )
        content = write_content(users, account)
        octets = content.octets
        if len(octets) > _MAX_SHORT_MESSAGE_OCTETS or len(users) > 1:
            tlvs, octets = (*tlvs, (Tag.MESSAGE_PAYLOAD, octets)), b""
        source, destination = deliver.originator, Address.of(number)
        return Pdu(
            command=Command.DELIVER_SM,
            sequence=0,
            fields={
                "source_addr_ton": int(source.ton),
                "source_addr_npi": source.npi,
                "source_addr": source.digits,
                "dest_addr_ton": int(destination.ton),
                "dest_addr_npi": destination.npi,
                "destination_addr": destination.digits,
                "esm_class": _HAS_HEADER if users[0].header else 0,
                "protocol_id": deliver.protocol_id,
                "data_coding": content.data_coding,
                "short_message": octets,
            },
            tlvs=tlvs,
        )


class CodeBox:
    """The centre's way to one short code of an account."""

    def __init__(self, outbox: Outbox, number: str) -> None:
        self._outbox = outbox
        self._number = number

    def put(self, letter: Letter, *, urgent: bool = False) -> None:
        self._outbox.take_letter(letter, self._number)

    def discard(self, letter: Letter) -> None:
        self._outbox.discard(letter)
