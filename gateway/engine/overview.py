"""The supervisor's board: queue, people and lines as they are this moment.

Read in one transaction, but for what links say of themselves. Relies on `lookers` for
who has what open. Spec: spec/inbox.md E.10
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from statistics import median

from gateway.core.clock import Clock
from gateway.core.conversation import ENDED, ConversationState
from gateway.core.ids import LinkId
from gateway.core.reply_store import AgentFigures, DayFigures
from gateway.core.store import Store, Tx
from gateway.engine.agent_data import NO_LOAD, agent_json
from gateway.engine.board import LinkBoard
from gateway.engine.lookers import Lookers
from gateway.engine.present import JsonObject, link_json, time_text

LaneFigures = Callable[[LinkId], Awaitable[Mapping[str, object] | None]]
_NONE = AgentFigures()
_LINK_FIELDS = ("id", "kind", "state", "reason", "since", "signal_dbm", "operator")


class Overview:
    """Makes the board."""

    def __init__(
        self, store: Store, clock: Clock, links: LinkBoard, lookers: Lookers
    ) -> None:
        self._store = store
        self._clock = clock
        self._links = links
        self._lookers = lookers

    async def board(self, lane_figures: LaneFigures) -> JsonObject:
        """As JSON; `lane_figures` tell what waits in a link's lane."""
        now = self._clock.now()
        board = await self._store.read(lambda tx: self._read(tx, now))
        return {**board, "links": await self._lines(lane_figures)}

    def _read(self, tx: Tx, now: datetime) -> JsonObject:
        states = tx.overview.states()
        # The day is that of the place where the box stands.
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "at": time_text(now),
            "queue": {
                "waiting": states.get(ConversationState.QUEUED, 0),
                "longest_since": time_text(tx.overview.longest_queued()),
            },
            "counts": {
                state.value: states.get(state, 0)
                for state in ConversationState
                if state not in ENDED
            },
            "agents": self._agents(tx, midnight),
            "today": _day_json(tx.overview.day(midnight)),
        }

    def _agents(self, tx: Tx, since: datetime) -> list[JsonObject]:
        loads, figures = tx.agents.loads(), tx.overview.agents(since)
        return [
            {
                **agent_json(agent, loads.get(agent.id, NO_LOAD)),
                **_figures_json(figures.get(agent.id, _NONE)),
                "looking_at": self._lookers.looking_at(agent.id),
            }
            for agent in tx.agents.listing()
            if agent.disabled_at is None
        ]

    async def _lines(self, lane_figures: LaneFigures) -> list[JsonObject]:
        lines: list[JsonObject] = []
        for status in self._links.statuses():
            whole = link_json(status)
            lane = await lane_figures(status.link) or {}
            lines.append(
                {
                    **{name: whole[name] for name in _LINK_FIELDS},
                    "in_doubt": lane.get("in_doubt", 0),
                    "queue": lane.get("queue", 0),
                }
            )
        return lines


def _figures_json(figures: AgentFigures) -> JsonObject:
    lag_s = figures.reply_lag_s
    return {
        "reply_lag_s": None if lag_s is None else round(lag_s, 1),
        "oldest_unanswered_at": time_text(figures.oldest_unanswered_at),
    }


def _day_json(day: DayFigures) -> JsonObject:
    waits = day.first_replies_s
    return {
        "opened": day.opened,
        "resolved": day.resolved,
        "median_first_reply_s": round(median(waits), 1) if waits else None,
    }
