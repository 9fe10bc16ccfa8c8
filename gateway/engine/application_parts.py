"""Messages that an application submits in several parts, until all of them are here.

Each part is on disk and has its name before it is answered. Works inside the caller's
write. What becomes of a whole is for `applications`.

A group is given up after ten minutes, and remembered for as long once it is whole:
a part that comes again in the meantime stays alone, and when its own time is up it is
known for what it is.

Spec: spec/smpp.md 3.7, 68; 3GPP TS 23.040 9.2.3.24.1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.core.application import Account, SpokenAddress, Submission
from gateway.core.application_store import Part
from gateway.core.ids import MessageId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from gateway.engine.application_notices import ended_early, owe_if_wished
from gateway.engine.application_request import carried_of, digest_of, text_of

GIVE_UP_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a part went: its name, and the whole group when it was the last."""

    id: str
    is_repeat: bool
    whole: tuple[Part, ...] = ()


def hold(
    tx: Tx, account: Account, submission: Submission, name: str, now: datetime
) -> Held:
    """Keep a part; one that is held already keeps its first name."""
    place = submission.part
    if place is None:
        raise AssertionError("a submission without a part is held by nobody")
    key, digest = _key(submission), digest_of(submission)
    for members in _open_groups(tx.applications.parts(account.id, key)):
        twin = next((one for one in members if one.number == place.number), None)
        if twin is None:
            part = _part(account, submission, name, key, digest, members[0], now)
            return _add(tx, part, members, place.total)
        if twin.digest == digest:
            return Held(id=twin.id, is_repeat=True)
    part = _part(account, submission, name, key, digest, None, now)
    return _add(tx, part, [], place.total)


def forget_joined(tx: Tx, parts: Sequence[Part], now: datetime) -> None:
    """The group became a message; its parts stay known for a while."""
    tx.applications.mark_joined(parts[0], now + 2 * GIVE_UP_AFTER)


def find_twin(tx: Tx, part: Part) -> Part | None:
    """The part of a message that is whole already of which this is a repeat."""
    return next(
        (
            other
            for other in tx.applications.parts(part.account_id, part.key)
            if other.joined
            and other.number == part.number
            and other.digest == part.digest
        ),
        None,
    )


def _key(submission: Submission) -> str:
    """What all parts of one message share."""
    place = submission.part
    if place is None:
        raise AssertionError("a submission without a part has no key")
    kind = "wide" if place.wide else "narrow"
    tie = f"{place.reference} of {place.total} {kind}"
    return "\n".join((submission.source.text, tie, *submission.recipients))


def _open_groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Groups that miss parts, the oldest first."""
    groups: dict[str, list[Part]] = {}
    for part in parts:
        if not part.joined:
            groups.setdefault(part.group, []).append(part)
    return list(groups.values())


def _part(
    account: Account,
    submission: Submission,
    name: str,
    key: str,
    digest: bytes,
    first: Part | None,
    now: datetime,
) -> Part:
    place = submission.part
    return Part(
        account_id=account.id,
        id=name,
        key=key,
        group=first.group if first else name,
        number=place.number if place else 0,
        digest=digest,
        submission=submission,
        submitted_at=now,
        until=first.until if first else now + GIVE_UP_AFTER,
    )


def _add(tx: Tx, part: Part, others: Sequence[Part], total: int) -> Held:
    tx.applications.hold(part)
    members = sorted((*others, part), key=lambda one: one.number)
    whole = tuple(members) if len(members) == total else ()
    return Held(id=part.id, is_repeat=False, whole=whole)


def owe_end(
    tx: Tx,
    account: Account,
    part: Part,
    spoken: SpokenAddress,
    state: MessageState,
    now: datetime,
) -> None:
    """A part ended, for one of its destinations, before it was part of a message."""
    carried = carried_of(
        account,
        part.submission,
        part.id,
        MessageId(part.id),
        spoken,
        part.submitted_at,
        text_of(part.submission.body),
    )
    owe_if_wished(tx, carried, ended_early(state, now))
