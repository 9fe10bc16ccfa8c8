"""The docs page and the description it draws."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

import web
from gateway.core.account import Role
from tests.web.world import World

STATIC = Path(web.__file__).parent / "static"


async def test_home_goes_to_the_docs(world: World) -> None:
    answer = await world.call("GET", "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/docs")
    page = await world.call("GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")


async def test_every_file_the_page_names_is_served(world: World) -> None:
    page = await world.call("GET", "/docs")
    names = re.findall(r'(?:src|href)="(/[^"#]*)"', page.text)
    assert {"/static/docs.css", "/static/docs.js", "/openapi.json"} <= set(names)
    for name in names:
        assert (await world.call("GET", name)).status == 200


@pytest.mark.parametrize(
    "name", ["..%2Fapp.py", "app.py", "%2e%2e%2fconfig.py", "docs.html%00", "x" * 3000]
)
async def test_no_other_file_is_served(world: World, name: str) -> None:
    assert (await world.call("GET", f"/static/{name}")).status == 404


def test_the_page_is_offline_and_makes_text_nodes_only() -> None:
    for path in STATIC.iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path
        assert "https://" not in text, path
    script = (STATIC / "docs.js").read_text()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "document.write",
    ):
        assert word not in script
    page = (STATIC / "docs.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|<style| style=", page)


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1200])
async def test_a_person_sends_a_message_from_the_docs_page(
    world: World, width: int
) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": width, "height": 700})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(world.base + "/")
        await page.fill("#token", world.secrets[Role.ADMIN])
        await page.fill("#find", "send a message")
        call = page.locator("#post_messages")
        await call.locator("summary").click()
        await call.locator("textarea").fill('{"to": "+79161234567", "text": "Щ"}')
        await call.locator("button").click()
        shown = call.locator("pre", has_text="202 Accepted")
        await shown.wait_for()
        assert '"state": "queued"' in await shown.inner_text()
        overflow = "document.documentElement.scrollWidth"
        assert await page.evaluate(overflow) == width
        assert said == []
        await browser.close()
