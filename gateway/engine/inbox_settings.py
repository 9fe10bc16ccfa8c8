"""What the administrator decides about the inbox: one value, kept as a fact.

Read inside a transaction, so that whoever decides by it decides by one state of it.
Relies on the facts of the store; does not judge who may change it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.errors import Conflict
from gateway.core.policy import Retention
from gateway.core.store import Store, Tx
from gateway.engine.audit import record

FACT: Final = "inbox:settings"
CRM_PLACE: Final = "{crm_id}"
_LISTS: Final = frozenset({"results", "tags"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """Settings with what they are until somebody decides."""

    results: tuple[str, ...] = ("решено", "не решено", "передано", "без ответа")
    tags: tuple[str, ...] = ()
    undo_s: int = 5  # how long a reply may be taken back; 0: not at all
    max_parts: int = 6  # segments of one reply
    reopen_within_h: int = 72
    crm_url_template: str = ""  # `{crm_id}` stands for the contact's
    price_per_segment: int | None = None  # in hundredths of the currency
    currency: str = "RUB"
    # Words that stand for one another in search, beside those that are built in.
    synonyms: tuple[tuple[str, ...], ...] = ()
    version: int = 0  # grows with every change

    def crm_url(self, crm_id: str | None) -> str | None:
        """Where the contact is seen in the CRM."""
        if not crm_id or CRM_PLACE not in self.crm_url_template:
            return None
        return self.crm_url_template.replace(CRM_PLACE, quote(crm_id, safe=""))


def read_settings(tx: Tx) -> InboxSettings:
    """As they are now; what an older version did not know is as it comes."""
    text = tx.facts.get(FACT)
    if text is None:
        return InboxSettings()
    known = {field.name for field in fields(InboxSettings)}
    kept: dict[str, object] = json.loads(text)
    return _settings({name: value for name, value in kept.items() if name in known})


def retention_days(retention: Retention) -> dict[str, float | None]:
    """How long each class of things is kept, in days; None: for ever."""
    kept: dict[str, timedelta | None] = asdict(retention)
    return {
        name: None if span is None else span / timedelta(days=1)
        for name, span in kept.items()
    }


class Settings:
    """Shows and changes them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def get(self) -> InboxSettings:
        """As they are now."""
        return await self._store.read(read_settings)

    async def change(
        self, actor: Actor, said: Mapping[str, object], version: int | None
    ) -> InboxSettings:
        """Other settings; raises `Conflict` when somebody else was quicker."""
        now = self._clock.now()
        return await self._store.write(
            lambda tx: _change(tx, actor, said, version, now)
        )


def _change(
    tx: Tx,
    actor: Actor,
    said: Mapping[str, object],
    version: int | None,
    now: datetime,
) -> InboxSettings:
    before = read_settings(tx)
    if version is not None and version != before.version:
        raise Conflict(
            "conflict", "somebody else changed the settings", field="version"
        )
    old = asdict(before)
    changed = {
        name: value
        for name, value in asdict(_settings({**old, **said})).items()
        if name != "version" and value != old[name]
    }
    if not changed:
        return before
    after = replace(_settings({**old, **changed}), version=before.version + 1)
    tx.facts.put(FACT, json.dumps(asdict(after), ensure_ascii=False))
    was = {name: old[name] for name in changed}
    record(tx, actor, "settings.changed", "inbox", was, changed, now)
    return after


def _settings(values: Mapping[str, Any]) -> InboxSettings:
    """Lists, as JSON and callers say them, become tuples."""
    made = dict(values)
    for name in _LISTS & made.keys():
        made[name] = tuple(made[name])
    if "synonyms" in made:
        made["synonyms"] = tuple(tuple(group) for group in made["synonyms"])
    return InboxSettings(**made)
