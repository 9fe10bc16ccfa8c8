"""Whether what lies on top of a page can be reached: large enough, seen when focused.

What axe does not measure: targets without its spacing exception, the focus of each
control, and boxes inside the window that scroll sideways.
Spec: spec/inbox.md F.12; WCAG 2.2: 1.4.10, 2.4.7, 2.4.11, 2.5.8
"""

from playwright.async_api import Page

# The uppermost that is open; without one the page itself.
_TOP = """
const top = [...document.querySelectorAll("dialog[open], [role=menu], .canned")].at(-1)
  ?? document.body;
const shown = (one) => one.checkVisibility({ visibilityProperty: true });
const said = (one) => one.outerHTML.slice(0, 160);
const controls = () => [...top.querySelectorAll(
  "button, a[href], input:not([type=hidden]), select, textarea, summary, "
    + "[tabindex='0'], [role=option], article[tabindex]",
)].filter((one) => shown(one) && !one.disabled);
"""
_SMALL = (
    """(least) => {"""
    + _TOP
    + """
  // A link within a sentence is as high as its line; a box is pressed by its label.
  const isInline = (one) => one.matches("a")
    && getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const target = (one) => one.matches("[type=radio], [type=checkbox]")
    ? one.closest("label") ?? one : one;
  const isHiddenAway = (one) => one.matches(".skip");
  return controls().filter((one) => !isInline(one) && !isHiddenAway(one))
    .map((one) => [one, target(one).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least - 0.01)
    .map(([one, { width, height }]) =>
      `${Math.round(width)}x${Math.round(height)} ${said(one)}`);
}"""
)
_DARK = (
    """() => {"""
    + _TOP
    + """
  const lit = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const covered = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const parts = [0.02, 0.5, 0.98];
    const points = parts.flatMap((x) => parts.map((y) => document.elementFromPoint(
      left + x * (right - left), top + y * (bottom - top),
    )));
    const isIts = (there) => there && (one.contains(there) || there.contains(one));
    return !points.some(isIts);
  };
  const before = document.activeElement;
  const found = [];
  for (const one of controls().filter((one) => !one.matches("[role=option]"))) {
    one.focus();
    if (document.activeElement !== one) found.push(`takes no focus: ${said(one)}`);
    else if (!lit(one)) found.push(`not lit: ${said(one)}`);
    else if (covered(one)) found.push(`covered: ${said(one)}`);
  }
  before?.focus({ preventScroll: true });
  return found;
}"""
)
_SIDEWAYS = (
    """() => {"""
    + _TOP
    + """
  const box = top.getBoundingClientRect();
  const found = [top, ...top.querySelectorAll("*")]
    .filter((one) => shown(one) && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
    .map((one) => `scrolls sideways: ${said(one)}`);
  const room = [box.left, box.top, innerWidth - box.right, innerHeight - box.bottom];
  const isOutside = top !== document.body && Math.min(...room) < -1;
  if (isOutside) found.push(`outside: ${said(top)}`);
  return found;
}"""
)


async def too_small(page: Page, least_px: int = 24) -> list[str]:
    """Controls on top that are smaller than that."""
    found: list[str] = await page.evaluate(_SMALL, least_px)
    return found


async def unlit(page: Page) -> list[str]:
    """Controls on top whose focus cannot be seen; the last key must have been one."""
    found: list[str] = await page.evaluate(_DARK)
    return found


async def sideways(page: Page) -> list[str]:
    """What must be moved sideways to be read, or lies outside the window."""
    found: list[str] = await page.evaluate(_SIDEWAYS)
    return found
