"""A mark in the data directory: receive, but send nothing until a person has looked.

Set when an older copy of the database was put in place, whose queue may hold what has
been sent since. A file, so that it works with the daemon stopped and running.
Spec: spec/reliability.md DG-35, FT-14
"""

from pathlib import Path


class Hold:
    """The mark of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / "receive-only"

    def reason(self) -> str | None:
        """Why nothing is sent; None when the queue is free."""
        try:
            return self._file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def set(self, reason: str) -> None:
        """From its next start the daemon only receives."""
        self._file.write_text(f"{reason}\n", encoding="utf-8")

    def release(self) -> str | None:
        """What waits may go out; why it was held, None when it was not."""
        reason = self.reason()
        self._file.unlink(missing_ok=True)
        return reason
