"""What the content policy forbids does not run in a real browser."""

import pytest

from tests.browser.face import before
from tests.web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

INLINE = """
  const script = document.createElement("script");
  script.append("window.ran = true");
  document.head.append(script);
"""
MARKUP = """document.body.innerHTML = "<img src=x onerror='window.ran = true'>";"""
HANDLER = """document.body.setAttribute("onclick", "window.ran = true");
  document.body.click();"""
CODE = """Function("window.ran = true")();"""
FRAME = """
  const frame = document.createElement("iframe");
  frame.srcdoc = "<script>parent.ran = true</script>";
  document.body.append(frame);
"""
ELSEWHERE = """
  const script = document.createElement("script");
  script.src = "data:text/javascript,window.ran = true";
  document.head.append(script);
"""
REFUSED = r"Content Security Policy|Trusted(HTML|Script)|EvalError|Refused"


@pytest.mark.parametrize("path", ["/inbox", "/docs"])
async def test_a_string_never_becomes_script_or_markup(world: World, path: str) -> None:
    async with before(world, path) as (page, watch):
        watch.allow(REFUSED)
        for attack in (INLINE, MARKUP, HANDLER, CODE, FRAME, ELSEWHERE):
            # Later, because what a debugger evaluates may do anything.
            await page.evaluate(f"() => {{ setTimeout(() => {{ {attack} }}); }}")
        await page.wait_for_timeout(200)
        assert await page.evaluate("window.ran") is None
        assert await page.locator("img[src=x]").count() == 0


async def test_no_other_site_may_frame_the_inbox(world: World) -> None:
    answer = await world.call("GET", "/inbox")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_the_page_asks_nothing_of_anybody_else(world: World) -> None:
    async with before(world, "/inbox") as (page, _):
        entries = "performance.getEntriesByType('resource').map((one) => one.name)"
        asked = await page.evaluate(entries)
        assert asked
        assert [url for url in asked if not url.startswith(world.base)] == []
