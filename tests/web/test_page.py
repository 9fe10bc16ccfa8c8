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


async def test_home_goes_to_the_inbox(world: World) -> None:
    answer = await world.call("GET", "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/inbox")
    page = await world.call("GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["", "/", "/t/thr_01?at=msg_01", "/search?q=a&q=b", "/a/b/c/d"]
)
async def test_each_place_in_the_inbox_gives_the_page(world: World, path: str) -> None:
    answer = await world.call("GET", f"/inbox{path}", headers={"Authorization": ""})
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>" in answer.text


async def test_the_files_of_the_inbox_are_kept_for_ever(world: World) -> None:
    page = await world.call("GET", "/inbox")
    names = re.findall(r'(?:src|href)="(/static/[0-9a-f]{16}/[^"]+)"', page.text)
    assert names
    for name in names:
        answer = await world.call("GET", name, headers={"Accept-Encoding": "br"})
        assert answer.status == 200, name
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
    build = names[0].split("/")[2]
    other = names[0].replace(build, "0" * 16)
    assert (await world.call("GET", other)).status == 404
    assert (await world.call("GET", f"/static/{build}/inbox/index.html")).status == 404


@pytest.mark.parametrize("offer", ["gzip", "br, gzip;q=0.5", "identity, GZIP"])
async def test_a_browser_that_can_unpack_gets_it_packed(
    world: World, offer: str
) -> None:
    answer = await world.call("GET", "/inbox", headers={"Accept-Encoding": offer})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("offer", ["gzip;q=0", "br, gzip; q=0.0", "identity", "xgzip"])
async def test_one_that_cannot_gets_it_plain(world: World, offer: str) -> None:
    answer = await world.call("GET", "/inbox", headers={"Accept-Encoding": offer})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")


async def test_what_a_browser_has_is_not_sent_again(world: World) -> None:
    for path in ("/inbox", "/docs", "/static/mark.svg"):
        tag = (await world.call("GET", path)).headers["ETag"]
        again = await world.call("GET", path, headers={"If-None-Match": tag})
        assert (again.status, again.text) == (304, "")
        other = await world.call("GET", path, headers={"If-None-Match": 'W/"0"'})
        assert other.status == 200


async def test_nothing_inline_may_run(world: World) -> None:
    policy = (await world.call("GET", "/inbox")).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy
    assert "http" not in policy


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


OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in {".js", ".css", ".html", ".svg", ".webmanifest"}
    and path.parent.name != "vendor"
)
NAMES_OF_LANGUAGES = ("http://www.w3.org/2000/svg",)
MOST_LINES = 400
NEVER = re.compile(
    r"http://|innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|\beval\("
    r"|new Function|document\.write|javascript:|(?:src|href|url\(|import|fetch\()\W{0,3}https://"
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\bon\w+=|<style| style=")


def named(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def test_the_pages_are_offline_and_make_text_nodes_only() -> None:
    wrong = []
    for path in OURS:
        text = path.read_text(encoding="utf-8")
        for name in NAMES_OF_LANGUAGES:
            text = text.replace(name, "")
        wrong += [f"{named(path)}: {found}" for found in NEVER.findall(text)]
        if path.suffix == ".html":
            wrong += [f"{named(path)}: {found}" for found in INLINE.findall(text)]
    assert wrong == []


def test_no_file_of_a_page_is_too_long() -> None:
    catalogues = STATIC / "inbox" / "i18n"
    long = {
        named(path): lines
        for path in OURS
        if catalogues not in path.parents
        and (lines := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}


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
        await page.goto(world.base + "/docs")
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
