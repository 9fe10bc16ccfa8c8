"""The seam for canned phrases; part of the seam that `store` describes."""

from datetime import datetime
from typing import Protocol

from gateway.core.canned import Canned, CannedVersion
from gateway.core.ids import AgentId


class CannedPhrases(Protocol):
    """Phrases that agents may use."""

    def insert(self, canned: Canned) -> None:
        """With its first version."""
        ...

    def save(self, canned: Canned) -> None:
        """Rewrite it; what is said in a new version is kept as one, too."""
        ...

    def get(self, canned_id: str) -> Canned | None: ...

    def listing(self, owner_id: AgentId | None) -> list[Canned]:
        """Everybody's and this agent's own, without the archived ones."""
        ...

    def versions(self, canned_id: str) -> list[CannedVersion]:
        """Newest first."""
        ...

    def count_use(self, canned_id: str, at: datetime) -> None:
        """Once more; a no-op for one that is not there."""
        ...
