"""What a command_status means for a submission or a bind, and a message_state for us.

Spec: SMPP 3.4 5.1.3 and 5.2.28; spec/smpp.md 28, 29, 53
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import Enum, IntEnum, auto
from typing import Final, assert_never

from gateway.core.errors import (
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.link import ReportKind
from smpp.pdu import Status
from smpp.wire import STATUS_NAMES, STATUS_TEXTS

# Words of ours for what people meet most; the rest is named by the specification.
_REASONS: Final = {
    0x01: "message_too_long",
    0x0A: "sender_refused",
    0x0B: "destination_refused",
    0x15: "service_type_refused",
    0x45: "submit_failed",
    0x48: "sender_refused",
    0x49: "sender_refused",
    0x50: "destination_refused",
    0x51: "destination_refused",
    0x61: "schedule_refused",
    0x62: "validity_refused",
}
_PERMANENT: Final = frozenset(
    {0x01, 0x0A, 0x0B, 0x15, 0x43, 0x65, 0x66}
    | set(range(0x48, 0x52))
    | set(range(0x61, 0x64))
    | set(range(0xC0, 0xC5))
)
_PACING: Final = frozenset({Status.THROTTLED, Status.QUEUE_FULL})
# About the session, not about the message that met it.
_OF_THE_LINK: Final = frozenset({0x03, 0x04, 0x0D, 0x0E, 0x0F, 0x53})
_VENDOR: Final = frozenset({0x45, 0xFF} | set(range(0x400, 0x500)))
VENDOR_RETRIES: Final = 2


class Verdict(Enum):
    """What the answer to a submission says of another try."""

    ACCEPTED = auto()
    PACE = auto()  # later, and slower: no fault of the message's
    LINK = auto()
    LATER = auto()
    VENDOR = auto()  # each carrier's own meaning: a few tries, then final
    NEVER = auto()


class RefusedBind(Enum):
    """What a refused bind asks of us."""

    RETRY = auto()
    HELD = auto()  # the SMSC still holds our old session
    CREDENTIALS = auto()  # a person has to act; trying often locks accounts


class MessageState(IntEnum):
    """message_state. Spec: SMPP 5.0 4.7.15"""

    SCHEDULED = 0
    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8
    SKIPPED = 9


_KINDS: Final[Mapping[int, ReportKind]] = {
    MessageState.DELIVERED: ReportKind.DELIVERED,
    MessageState.EXPIRED: ReportKind.EXPIRED,
    MessageState.DELETED: ReportKind.UNDELIVERED,
    MessageState.UNDELIVERABLE: ReportKind.UNDELIVERED,
    MessageState.REJECTED: ReportKind.UNDELIVERED,
    MessageState.SKIPPED: ReportKind.UNDELIVERED,
}
_WORDS: Final = {
    "DELIVRD": MessageState.DELIVERED,
    "DELIVERED": MessageState.DELIVERED,
    "ACKED": MessageState.DELIVERED,
    "EXPIRED": MessageState.EXPIRED,
    "DELETED": MessageState.DELETED,
    "UNDELIV": MessageState.UNDELIVERABLE,
    "UNDELIVERABLE": MessageState.UNDELIVERABLE,
    "FAILED": MessageState.UNDELIVERABLE,
    "REJECTD": MessageState.REJECTED,
    "REJECTED": MessageState.REJECTED,
    "SKIPPED": MessageState.SKIPPED,
    "ACCEPTD": MessageState.ACCEPTED,
    "ACCEPTED": MessageState.ACCEPTED,
    "ENROUTE": MessageState.ENROUTE,
    "BUFFRED": MessageState.ENROUTE,
    "BUFFERD": MessageState.ENROUTE,
    "BUFFERED": MessageState.ENROUTE,
    "SCHEDLD": MessageState.SCHEDULED,
    "SCHEDULED": MessageState.SCHEDULED,
    "UNKNOWN": MessageState.UNKNOWN,
}
STATE_WORDS: Final = frozenset(_WORDS)


def verdict(
    status: int, *, permanent: Collection[int] = (), temporary: Collection[int] = ()
) -> Verdict:
    """By the link's own table first; what is in none is tried again later."""
    if status == Status.OK:
        return Verdict.ACCEPTED
    if status in permanent:
        return Verdict.NEVER
    if status in temporary:
        return Verdict.LATER
    if status in _PACING:
        return Verdict.PACE
    if status in _OF_THE_LINK:
        return Verdict.LINK
    if status in _PERMANENT:
        return Verdict.NEVER
    return Verdict.VENDOR if status in _VENDOR else Verdict.LATER


def failure(
    status: int, judged: Verdict, *, text: str = "", retry_after: timedelta
) -> SubmitFailure:
    """The failure that a refused submission is; `text` is the SMSC's own."""
    reason = _REASONS.get(status, name(status).lower())
    code = carrier_code(status, text)
    match judged:
        case Verdict.NEVER:
            return PermanentFailure(reason, carrier_code=code)
        case Verdict.PACE:
            return TemporaryFailure(
                "throttled",
                scope=Scope.LINK,
                retry_after=retry_after,
                carrier_code=code,
            )
        case Verdict.LINK:
            return TemporaryFailure(reason, scope=Scope.LINK, carrier_code=code)
        case Verdict.LATER | Verdict.VENDOR:
            return TemporaryFailure(reason, scope=Scope.MESSAGE, carrier_code=code)
        case Verdict.ACCEPTED:
            raise AssertionError("an accepted submission is no failure")
        case _:
            assert_never(judged)


def refused_bind(status: int) -> RefusedBind:
    """What to do about it."""
    if status == Status.ALREADY_BOUND:
        return RefusedBind.HELD
    if status in {0x0D, 0x0E, 0x0F, 0x53}:
        return RefusedBind.CREDENTIALS
    return RefusedBind.RETRY


def name(status: int) -> str:
    """Its name in the specification, or its number."""
    return STATUS_NAMES.get(status, f"status_{status:#x}")


def carrier_code(status: int, text: str = "") -> str:
    """Number, name and what the SMSC said, for people."""
    known = STATUS_NAMES.get(status)
    words = [f"0x{status:08x}"] + ([known] if known else [])
    said = text or (STATUS_TEXTS.get(status, "") if not known else "")
    return " ".join([*words, said]) if said else " ".join(words)


def kind_of(state: int) -> ReportKind:
    """What a message_state says of the segment; all but the final ones: on its way."""
    return _KINDS.get(state, ReportKind.TRYING)


def state_of(word: str) -> MessageState | None:
    """The state that a receipt's `stat` names."""
    return _WORDS.get(word.upper())
