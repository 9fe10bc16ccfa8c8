"""One person's browser window: logged in, watched, measured, photographed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page

from tests.browser.watch import Watch

WIDE, NARROW = 1280, 320
# 200 % leaves half of a wide window, each way.
ZOOMED = 640
HEIGHTS = {WIDE: 800, NARROW: 640, ZOOMED: 400}
LANGUAGES = ("en", "ru", "uk")
THEMES = ("light", "dark")
# Pictures are kept only where a person asked for them.
SHOTS = "SEVENTY_SHOTS"

# Of what is open only the top: the rest is out of reach meanwhile.
_AXE_RUN = """async ([tags, rules]) => {
  const top = [...document.querySelectorAll("dialog[open], [role=menu]")].at(-1);
  const found = await window.axe.run(top ?? document, {
    runOnly: rules.length ? rules : { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return found.violations.map((one) => ({
    rule: one.id,
    impact: one.impact,
    nodes: one.nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`),
  }));
}"""
# The page hears of its width, changes its panes, and draws them: three frames.
_DRAWN = """() => new Promise((drawn) => requestAnimationFrame(() =>
  requestAnimationFrame(() => requestAnimationFrame(drawn))))"""
_UNNAMED = """() => {
  const controls = "button, a[href], input:not([type=hidden]), select, textarea";
  const isNamed = (one) => one.ariaLabel || one.textContent.trim() || one.title
    || one.labels?.length || one.getAttribute("aria-labelledby");
  return [...document.querySelectorAll(controls)]
    .filter((one) => one.checkVisibility() && !isNamed(one))
    .map((one) => one.outerHTML.slice(0, 200));
}"""
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass(slots=True)
class Window:
    """A context of its own with one page; `agent` is the login, none: logged out."""

    context: BrowserContext
    page: Page
    watch: Watch
    base: str
    agent: str | None
    axe: str

    async def open(self, path: str) -> Page:
        """Go there and wait until the page has drawn itself."""
        await self.page.goto(self.base + path)
        ready = "main:not([aria-busy]), [role=dialog], form"
        await self.page.locator(ready).first.wait_for()
        return self.page

    async def resize(self, width: int) -> None:
        height = HEIGHTS.get(width, HEIGHTS[WIDE])
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.drawn()

    async def look(self, **media: Any) -> None:
        """Have the system wish for these colours, and wait until they are there."""
        await self.page.emulate_media(**media)
        await self.drawn()

    async def drawn(self) -> None:
        """Wait until the page has heard of what happened and has shown it."""
        await self.page.evaluate(_DRAWN)

    async def complaints(self, *rules: str) -> list[str]:
        """What axe finds serious or critical now; of these rules only, if there are."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(self.axe)
        found: Sequence[dict[str, Any]] = await self.page.evaluate(
            _AXE_RUN, [_TAGS, rules]
        )
        return [
            f"{one['rule']} ({one['impact']}): {'; '.join(one['nodes'][:5])}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    async def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        wider: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        return max(0, wider)

    async def unnamed(self) -> list[str]:
        """Controls that have no name for who cannot see them."""
        found: list[str] = await self.page.evaluate(_UNNAMED)
        return found

    async def shoot(self, name: str) -> None:
        """A picture, if somebody wants them."""
        folder = os.environ.get(SHOTS)
        if folder is None:
            return
        width = (self.page.viewport_size or {"width": 0})["width"]
        path = Path(folder) / f"{name}-{width}.png"
        await self.page.screenshot(path=path, animations="disabled")
