"""Canned phrases: who may say them, what they cost, and how they are found by `/`.

Everybody's phrases are a supervisor's business, an agent's own nobody else's. A change
of words makes a new version; nothing is deleted, only archived.
Relies on `phrase` for variables. Spec: spec/inbox.md A 56, 66, D.2, F.3
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import plan_text
from gateway.core.account import Role
from gateway.core.agent import SCOPES_OF, Actor
from gateway.core.canned import Canned, CannedVersion
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Forbidden, NotFound
from gateway.core.ids import AgentId, IdSource
from gateway.core.store import Store, Tx
from gateway.engine.audit import record
from gateway.engine.folding import fold, words
from gateway.engine.phrase import longest

PREFIX: Final = "can"
MOST_OWN: Final = 500
MOST_SHARED: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which phrases somebody looks for."""

    text: str = ""
    language: str | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list of phrases."""

    created: int
    changed: int
    unchanged: int


class CannedRoom:
    """Keeps the phrases."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def find(self, agent_id: AgentId | None, wish: Wish) -> list[Canned]:
        """What may be said, the most likely first."""
        found = await self._store.read(lambda tx: tx.canned.listing(agent_id))
        return ranked([one for one in found if _suits(one, wish)], wish.text)

    async def versions(self, actor: Actor, canned_id: str) -> list[CannedVersion]:
        """What a phrase said over time, newest first."""

        def look(tx: Tx) -> list[CannedVersion]:
            _get(tx, actor, canned_id)
            return tx.canned.versions(canned_id)

        return await self._store.read(look)

    async def create(
        self, actor: Actor, said: Mapping[str, Any], *, is_own: bool
    ) -> Canned:
        """A new phrase; raises `Forbidden`, `Conflict` for a shortcut that is taken."""
        now, canned_id = self._clock.now(), self._ids.new(PREFIX)

        def keep(tx: Tx) -> Canned:
            owner_id = actor.agent_id if is_own else None
            made = Canned(
                id=canned_id,
                owner_id=owner_id,
                updated_at=now,
                updated_by=actor.agent_id,
                **said,
            )
            _permit(actor, made)
            _shelf(tx, owner_id).put(made)
            tx.canned.insert(made)
            _note(tx, actor, "canned.created", None, made, now)
            return made

        return await self._store.write(keep)

    async def change(
        self, actor: Actor, canned_id: str, said: Mapping[str, Any], version: int | None
    ) -> Canned:
        """Other words; raises `Conflict` when somebody else was quicker."""
        now = self._clock.now()

        def keep(tx: Tx) -> Canned:
            before = _get(tx, actor, canned_id)
            if version is not None and version != before.version:
                raise Conflict("conflict", "somebody else changed it", field="version")
            shelf = _shelf(tx, before.owner_id)
            return _change(tx, actor, before, said, shelf, now)

        return await self._store.write(keep)

    async def archive(self, actor: Actor, canned_id: str) -> None:
        """Nobody is offered it any more; doing it twice changes nothing."""
        now = self._clock.now()

        def keep(tx: Tx) -> None:
            before = _get(tx, actor, canned_id)
            if before.archived_at is None:
                tx.canned.save(replace(before, archived_at=now))
                _note(tx, actor, "canned.archived", before, None, now)

        await self._store.write(keep)

    async def take_in(
        self, actor: Actor, phrases: Sequence[Mapping[str, Any]]
    ) -> Imported:
        """Everybody's phrases from a list; the same shortcut is the same phrase."""
        now = self._clock.now()
        names = [self._ids.new(PREFIX) for _ in phrases]

        def keep(tx: Tx) -> Imported:
            shelf = _shelf(tx, None)
            created = changed = 0
            for said, name in zip(phrases, names, strict=True):
                made = Canned(
                    id=name, updated_at=now, updated_by=actor.agent_id, **said
                )
                _permit(actor, made)
                known = shelf.same(made)
                if known is None:
                    shelf.put(made)
                    tx.canned.insert(made)
                    _note(tx, actor, "canned.created", None, made, now)
                    created += 1
                elif _change(tx, actor, known, said, shelf, now) != known:
                    changed += 1
            unchanged = len(phrases) - created - changed
            return Imported(created=created, changed=changed, unchanged=unchanged)

        return await self._store.write(keep)


class _Shelf:
    """The phrases of one owner, by what has to be different."""

    def __init__(self, phrases: Sequence[Canned]) -> None:
        self._phrases = {_key(one): one for one in phrases}
        self._of = {one.id: one for one in phrases}

    def same(self, phrase: Canned) -> Canned | None:
        """The one of that shortcut, for the same people."""
        return self._phrases.get(_key(phrase))

    def put(self, phrase: Canned) -> None:
        """Raises `Conflict` when there is another such, or there are too many."""
        known = self.same(phrase)
        if known is not None and known.id != phrase.id:
            raise Conflict(
                "shortcut_taken", "there is such a shortcut", field="shortcut"
            )
        before = self._of.pop(phrase.id, None)
        if before is not None:
            del self._phrases[_key(before)]
        most = MOST_SHARED if phrase.owner_id is None else MOST_OWN
        if len(self._phrases) >= most:
            raise Conflict("too_many", f"there are {most} phrases already")
        self._phrases[_key(phrase)] = self._of[phrase.id] = phrase


def _shelf(tx: Tx, owner_id: AgentId | None) -> _Shelf:
    found = tx.canned.listing(owner_id)
    return _Shelf([one for one in found if one.owner_id == owner_id])


def _key(phrase: Canned) -> tuple[object, ...]:
    shortcut = fold(phrase.shortcut)
    return (phrase.owner_id, shortcut, phrase.language, phrase.queue)


def count_use(tx: Tx, canned_id: str, now: datetime) -> None:
    """Somebody said it."""
    tx.canned.count_use(canned_id, now)


@lru_cache(maxsize=8192)
def worst_case(text: str) -> tuple[int, Alphabet]:
    """The segments and the alphabet of a phrase with its variables at their longest."""
    plan = plan_text(longest(text))
    return plan.segments, plan.alphabet


def ranked(phrases: Sequence[Canned], asked: str) -> list[Canned]:
    """Those that fit: by their shortcut, then by words, then by letters in order."""
    scored = [
        (score, phrase)
        for phrase in phrases
        if (score := _score(phrase, asked.removeprefix("/").strip())) is not None
    ]
    scored.sort(key=lambda one: (one[0], -one[1].uses, one[1].shortcut, one[1].id))
    return [phrase for _, phrase in scored]


def _score(phrase: Canned, asked: str) -> int | None:
    """0 fits best; None does not fit."""
    folded = fold(asked)
    shortcut = fold(phrase.shortcut)
    if not folded or shortcut.startswith(folded):
        return 0
    there = _words_of(f"{phrase.title} {phrase.text}")
    wanted = _words_of(asked)
    if wanted and all(any(one.startswith(word) for one in there) for word in wanted):
        return 1
    letters = iter(f"{shortcut} {fold(phrase.title)}")
    if all(letter in letters for letter in folded if not letter.isspace()):
        return 2
    return None


@lru_cache(maxsize=8192)
def _words_of(text: str) -> tuple[str, ...]:
    """Remembered: every key that is pressed asks anew."""
    return tuple(word.folded for word in words(text))


def _suits(phrase: Canned, wish: Wish) -> bool:
    return (wish.language is None or phrase.language in (None, wish.language)) and (
        wish.queue is None or phrase.queue in (None, wish.queue)
    )


def _get(tx: Tx, actor: Actor, canned_id: str) -> Canned:
    """One that this actor may change; another's own one is not there for them."""
    found = tx.canned.get(canned_id)
    is_anothers = found and found.owner_id and found.owner_id != actor.agent_id
    if found is None or is_anothers:
        raise NotFound("canned_not_found", "there is no such phrase")
    _permit(actor, found)
    return found


def _permit(actor: Actor, phrase: Canned) -> None:
    if phrase.owner_id is None and not _supervises(actor):
        raise Forbidden("scope_missing", "everybody's phrases are a supervisor's")


def _supervises(actor: Actor) -> bool:
    scopes: set[Role] = set()
    if actor.agent is not None:
        scopes |= SCOPES_OF[actor.agent.role]
    if actor.token is not None:
        scopes |= actor.token.scopes
    return bool(scopes & {Role.SUPERVISE, Role.ADMIN})


def _change(
    tx: Tx,
    actor: Actor,
    before: Canned,
    said: Mapping[str, Any],
    shelf: _Shelf,
    now: datetime,
) -> Canned:
    after = replace(before, **said, archived_at=None)
    if after == before:
        return before
    after = replace(
        after, version=before.version + 1, updated_at=now, updated_by=actor.agent_id
    )
    shelf.put(after)
    tx.canned.save(after)
    _note(tx, actor, "canned.changed", before, after, now)
    return after


def _note(
    tx: Tx,
    actor: Actor,
    action: str,
    before: Canned | None,
    after: Canned | None,
    now: datetime,
) -> None:
    """What is everybody's is the auditor's business."""
    one = after or before
    if one is not None and one.owner_id is None:
        record(tx, actor, action, one.id, _told(before), _told(after), now)


def _told(phrase: Canned | None) -> Mapping[str, object] | None:
    if phrase is None:
        return None
    return {"shortcut": phrase.shortcut, "title": phrase.title, "text": phrase.text}
