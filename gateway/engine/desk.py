"""The rooms of the inbox, made together: the faces are given them as one.

Relies on the store and on `submit`; runs nothing by itself, what runs is named by the
composition root.
"""

from dataclasses import dataclass

from gateway.core.clock import Clock
from gateway.core.ids import IdSource
from gateway.core.policy import Policy
from gateway.core.store import Store
from gateway.engine.feed import Feed
from gateway.engine.submit import Submit
from gateway.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the rooms are made from."""

    store: Store
    clock: Clock
    ids: IdSource
    policy: Policy
    metrics: Metrics
    submit: Submit
    feed: Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything the inbox does."""

    parts: DeskParts


def make_desk(parts: DeskParts) -> Desk:
    """The rooms; nothing runs yet."""
    return Desk(parts=parts)
