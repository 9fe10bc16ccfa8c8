"""A subscriber's telephone: keeps what it receives, joins segments, sends and calls.

Relies on the wire codec; what it sends goes to the carrier it was made with. It holds
the newest ``KEPT_MESSAGES`` of each kind and counts every repetition it sees.

Spec: 3GPP TS 23.040 9.2.3.24.1; modem.md 10.8
"""

import random
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zlib import crc32

from hwsim.sending import SendOptions, arrange, build_segments
from hwsim.wire.sms import Concatenation, DeliverTpdu, UserData, encode_deliver, text_of

KEPT_MESSAGES = 20_000
_KEPT_FINGERPRINTS = 4 * KEPT_MESSAGES
_KEPT_CALLS = 200

_GroupKey = tuple[str, int, int, bool]
_Content = tuple[str, bytes, int, bytes]


class ReportMode(StrEnum):
    """How a phone answers the network when a segment comes."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"  # fails for now at the first try, then takes it
    PERMANENT = "permanent"
    NONE = "none"  # takes it, and no report is ever made


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    """``status`` is the TP-Status of the report in place of the mode's own."""

    reachable: bool = True
    report: ReportMode = ReportMode.DELIVERED
    delay_s: float = 0.0
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedSegment:
    at: datetime
    tpdu: bytes
    user: UserData
    duplicate: bool


@dataclass(slots=True, kw_only=True)
class ReceivedMessage:
    """One message on the screen, whole or with gaps; ``segments`` as they came."""

    id: int
    sender: str
    total: int
    link: Concatenation | None
    duplicate: bool = False
    segments: list[ReceivedSegment] = field(default_factory=list)

    @property
    def by_number(self) -> dict[int, UserData]:
        """The first of each number, in order."""
        found: dict[int, UserData] = {}
        for segment in self.segments:
            link = segment.user.concatenation
            found.setdefault(link.number if link else 1, segment.user)
        return dict(sorted(found.items()))

    @property
    def missing(self) -> list[int]:
        there = self.by_number
        return [number for number in range(1, self.total + 1) if number not in there]

    @property
    def text(self) -> str:
        return text_of(list(self.by_number.values()))


@dataclass(slots=True, kw_only=True)
class SentMessage:
    """What the phone's owner wrote and how many of its segments arrived."""

    id: int
    at: datetime
    recipient: str
    text: str
    segments: Sequence[UserData]
    on_air: int
    delivered: int = 0


class CallState(StrEnum):
    RINGING = "ringing"
    MISSED = "missed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    BUSY = "busy"


@dataclass(slots=True, kw_only=True)
class Call:
    id: int
    at: datetime
    recipient: str
    state: CallState


class Carrier(Protocol):
    """What a phone asks of its network."""

    def now(self) -> datetime: ...

    def carry(
        self, phone: "Phone", sent: SentMessage, train: list[UserData], o: SendOptions
    ) -> None: ...


class Phone:
    """One subscriber; made by the network on first use."""

    def __init__(self, msisdn: str, carrier: Carrier, seed: int) -> None:
        self.msisdn = msisdn
        self.settings = PhoneSettings()
        self.received: deque[ReceivedMessage] = deque(maxlen=KEPT_MESSAGES)
        self.sent: deque[SentMessage] = deque(maxlen=KEPT_MESSAGES)
        self.calls: deque[Call] = deque(maxlen=_KEPT_CALLS)
        self.duplicates = 0
        self.version = 0
        self.active_at = carrier.now()
        self._carrier = carrier
        # Of the number too, or all phones would use the same references.
        self._seed = f"{seed}:{msisdn}"
        self._reference = crc32(self._seed.encode())
        self._last_id = 0
        self._groups: OrderedDict[_GroupKey, ReceivedMessage] = OrderedDict()
        self._seen: OrderedDict[_Content, ReceivedMessage] = OrderedDict()

    def called(self, number: str, state: CallState) -> Call:
        """Note a call the owner made."""
        call = Call(
            id=self._next_id(), at=self._carrier.now(), recipient=number, state=state
        )
        self.calls.append(call)
        self.touch()
        return call

    def touch(self) -> None:
        """Something about the phone is other than before."""
        self.version += 1
        self.active_at = self._carrier.now()

    def receive(self, deliver: DeliverTpdu) -> ReceivedMessage:
        """Keep a segment; gives the message it belongs to."""
        sender = str(deliver.originator)
        user = deliver.user
        earlier = self._seen.get((sender, user.header, user.dcs, user.body))
        segment = ReceivedSegment(
            at=self._carrier.now(),
            tpdu=encode_deliver(deliver),
            user=user,
            duplicate=earlier is not None,
        )
        message = self._place(sender, user, earlier)
        message.segments.append(segment)
        if earlier is not None:
            self.duplicates += 1
        self._remember((sender, user.header, user.dcs, user.body), message)
        if message.total > 1 and not message.missing:
            self._complete(message)
        self.touch()
        return message

    def send(
        self, to: str, text: str, options: SendOptions | None = None
    ) -> SentMessage:
        """Hand a message to the network; WireError when it cannot be sent so."""
        options = options or SendOptions()
        reference = options.reference
        if reference is None:
            self._reference += 1
            reference = self._reference % (0x10000 if options.wide_reference else 0x100)
        segments = build_segments(text, options, reference)
        chance = random.Random(f"{self._seed}:{self._last_id}")  # noqa: S311 - repeatable
        train = arrange(segments, options, chance)
        sent = SentMessage(
            id=self._next_id(),
            at=self._carrier.now(),
            recipient=to,
            text=text if options.data is None else options.data.hex().upper(),
            segments=segments,
            on_air=len(train),
        )
        self.sent.append(sent)
        self.touch()
        self._carrier.carry(self, sent, train, options)
        return sent

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _place(
        self, sender: str, user: UserData, earlier: ReceivedMessage | None
    ) -> ReceivedMessage:
        link = user.concatenation
        if link is None:
            return self._new_message(sender, None, duplicate=earlier is not None)
        if earlier is not None:
            # Handsets absorb a repeated segment into the message it belongs to.
            return earlier
        key = (sender, link.reference, link.total, link.wide)
        group = self._groups.get(key)
        if group is None or link.number in group.by_number:
            # The same number with other content: the reference has come round.
            group = self._groups[key] = self._new_message(sender, link)
            self._groups.move_to_end(key)
            while len(self._groups) > KEPT_MESSAGES:
                self._groups.popitem(last=False)
        return group

    def _new_message(
        self, sender: str, link: Concatenation | None, *, duplicate: bool = False
    ) -> ReceivedMessage:
        message = ReceivedMessage(
            id=self._next_id(),
            sender=sender,
            total=link.total if link else 1,
            link=link,
            duplicate=duplicate,
        )
        self.received.append(message)
        return message

    def _complete(self, message: ReceivedMessage) -> None:
        """Close the group, and see whether the whole came before otherwise numbered."""
        link = message.link
        if link is not None:
            key = (message.sender, link.reference, link.total, link.wide)
            if self._groups.get(key) is message:
                del self._groups[key]
        users = message.by_number.values()
        content = (message.sender, b"", -1, b"".join(user.body for user in users))
        earlier = self._seen.get(content)
        if earlier is not None and earlier is not message:
            message.duplicate = True
            self.duplicates += 1
        self._remember(content, message)

    def _remember(self, content: _Content, message: ReceivedMessage) -> None:
        self._seen.setdefault(content, message)
        while len(self._seen) > _KEPT_FINGERPRINTS:
            self._seen.popitem(last=False)
