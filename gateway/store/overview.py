"""Figures for who supervises, counted from conversations and replies."""

from datetime import datetime

from gateway.core.conversation import ConversationState
from gateway.core.ids import AgentId
from gateway.core.reply_store import AgentFigures, DayFigures
from gateway.store.column import from_moment, to_moment, to_moment_or_none
from gateway.store.engine import Session

_MICROSECONDS = 1_000_000


class SqlOverview:
    """`core.reply_store.Overview` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def states(self) -> dict[ConversationState, int]:
        rows = self._session.all("overview.states")
        return {ConversationState(row["state"]): row["count"] for row in rows}

    def longest_queued(self) -> datetime | None:
        return to_moment_or_none(
            self._session.only("overview.longest_queued")["moment"]
        )

    def agents(self, since: datetime) -> dict[AgentId, AgentFigures]:
        oldest = {
            AgentId(row["assignee_id"]): to_moment(row["moment"])
            for row in self._session.all("overview.unanswered")
        }
        lags = {
            AgentId(row["agent_id"]): float(row["lag"]) / _MICROSECONDS
            for row in self._session.all("overview.lags", since=from_moment(since))
        }
        return {
            agent_id: AgentFigures(
                oldest_unanswered_at=oldest.get(agent_id),
                reply_lag_s=lags.get(agent_id),
            )
            for agent_id in {*oldest, *lags}
        }

    def day(self, since: datetime) -> DayFigures:
        moment = from_moment(since)
        rows = self._session.all("overview.first_replies", since=moment)
        return DayFigures(
            opened=self._session.only("overview.opened", since=moment)["count"],
            resolved=self._session.only("overview.resolved", since=moment)["count"],
            first_replies_s=tuple(row["lag"] / _MICROSECONDS for row in rows),
        )
