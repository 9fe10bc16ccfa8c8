"""Log lines on standard error, for a terminal or the journal; numbers masked.

Under systemd each line starts with its priority, as sd-daemon(3) has it, and without
the time, which the journal adds. Spec: spec/reliability.md PKG-07, SEC-45
"""

import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

_PRIORITY = {
    logging.DEBUG: 7,
    logging.INFO: 6,
    logging.WARNING: 4,
    logging.ERROR: 3,
    logging.CRITICAL: 2,
}
# Anything that could be a subscriber's number: the first four and last two stay.
_NUMBER = re.compile(r"(?<![\w.:])(\+?\d{4})\d{2,}(\d{2})(?![\w:])")


def set_up(level: str, environment: Mapping[str, str]) -> None:
    """One handler for everything; called once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(journal="JOURNAL_STREAM" in environment))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # asyncio tells of every slow callback and selector at debug: not ours.
    logging.getLogger("asyncio").setLevel(max(logging.INFO, root.level))


def mask(text: str) -> str:
    """The text with the middle of each number hidden."""
    return _NUMBER.sub(r"\1…\2", text)


class Line(logging.Formatter):
    """One record as one line, a traceback as further ones."""

    def __init__(self, *, journal: bool) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        head = f"{record.name}: "
        if self._journal:
            head = f"<{_PRIORITY.get(record.levelno, 6)}>{head}"
        else:
            at = datetime.fromtimestamp(record.created, UTC)
            stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            head = f"{stamp} {record.levelname.lower():7} {head}"
        text = head + record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return mask(text)
