"""Listens to everything a page complains about; a test ends with nothing heard.

Console errors and warnings, exceptions, violations of the content policy, requests
that failed or were refused. A test that provokes one says so beforehand.
"""

import re
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

# A browser says it again for each answer that is told here by its status and address.
_SAID_TWICE = re.compile(r"Failed to load resource|net::ERR_")
# What it says of the test's own hand: a page that is left drops what it waits for.
_OURS = re.compile(r"net::ERR_ABORTED|NS_BINDING_ABORTED")


# Without slots: Playwright hangs its own attributes on who listens.
@dataclass
class Watch:
    """The complaints of one browser window."""

    heard: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to all its pages, those to come too."""
        context.on("page", self._listen)
        context.on("weberror", lambda error: self._hear(f"exception {error.error}"))

    def allow(self, pattern: str) -> None:
        """From now on this is expected: "409 POST .*/replies"."""
        self.allowed.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [
            one
            for one in self.heard
            if not any(pattern.search(one) for pattern in self.allowed)
        ]

    def _hear(self, complaint: str) -> None:
        self.heard.append(complaint)

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if not _SAID_TWICE.search(message.text):
            self._hear(f"{message.type} {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            request = response.request
            self._hear(f"{response.status} {request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        if not _OURS.search(request.failure or ""):
            self._hear(f"failed {request.failure} {request.method} {request.url}")
