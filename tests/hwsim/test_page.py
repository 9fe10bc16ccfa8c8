"""The page for a person, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.hwsim.serving import Serving

pytestmark = pytest.mark.slow

_PHONE = "/phones/%2B79991234567"
_STATIC = Path(__file__).parents[2] / "hwsim" / "static"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path, "--modems", "2", "--latency", "0.01")
    yield serving
    assert serving.stop() == 0


def _open(browser: Browser, serving: Serving, locale: str, width: int) -> Page:
    context = browser.new_context(
        locale=locale, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(serving.http)
    page.wait_for_selector(".phone")
    assert complaints == []
    return page


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_never_scrolls_sideways(
    browser: Browser, serving: Serving, width: int
) -> None:
    text = "W" * 300
    serving.ask("POST", f"{_PHONE}/messages", {"to": "+79160000001", "text": text})
    page = _open(browser, serving, "en-US", width)
    page.wait_for_selector(".bubble")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_inside_a_phone_is_cut_off_at_320_pixels(
    browser: Browser, serving: Serving
) -> None:
    page = _open(browser, serving, "ru-RU", 320)
    assert page.evaluate(
        """() => [...document.querySelectorAll('.phone')].every(
            (card) => card.scrollWidth <= card.clientWidth)"""
    )


def test_a_phone_that_is_written_to_comes_to_the_table(
    browser: Browser, serving: Serving
) -> None:
    page = _open(browser, serving, "en-US", 1280)
    serving.ask(
        "POST", _PHONE + "/messages", {"to": "+79035550001", "text": "from afar"}
    )
    stranger = page.get_by_role("article", name="+79035550001")
    stranger.locator(".text", has_text="from afar").wait_for()


@pytest.mark.parametrize(
    ("locale", "title"), [("ru-RU", "Учебная сеть"), ("en-GB", "Simulated network")]
)
def test_the_browser_s_language_is_spoken(
    browser: Browser, serving: Serving, locale: str, title: str
) -> None:
    page = _open(browser, serving, locale, 1280)
    assert page.title() == title


def test_a_person_writes_calls_and_pulls_a_modem_out(
    browser: Browser, serving: Serving
) -> None:
    page = _open(browser, serving, "en-US", 1280)
    phone = page.get_by_role("article", name="+79991234567")
    phone.get_by_label("Message").fill("Привет, hotline")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("1 of 1 arrived").wait_for()
    phone.get_by_role("button", name="Call").click()
    phone.get_by_role("button", name="Hang up").click()
    phone.get_by_text("no answer").wait_for()
    phone.get_by_label("On the air").uncheck()
    modem = page.get_by_role("article", name="modem2")
    modem.get_by_role("button", name="Unplug").click()
    modem.get_by_role("button", name="Plug in").wait_for()
    state = serving.state()
    assert [m["power"] for m in state["modems"]] == [True, False]
    phones = {p["msisdn"]: p for p in state["phones"]}
    assert not phones["+79991234567"]["reachable"]


def test_a_fault_is_added_and_removed(browser: Browser, serving: Serving) -> None:
    page = _open(browser, serving, "en-US", 1280)
    modem = page.get_by_role("article", name="modem1")
    modem.get_by_text("Faults").click()
    modem.get_by_role("combobox").select_option("late_prompt")
    modem.get_by_role("textbox").fill("delay_s=5 count=2")
    modem.get_by_role("button", name="Add").click()
    remove = modem.get_by_role("button", name="Remove late_prompt")
    remove.wait_for()
    [fault] = serving.state()["modems"][0]["faults"]
    assert (fault["delay_s"], fault["count"]) == (5, 2)
    remove.click()
    remove.wait_for(state="detached")


def test_the_smsc_shows_its_code_and_is_broken_by_a_person(
    browser: Browser, serving: Serving
) -> None:
    page = _open(browser, serving, "en-US", 320)
    smsc = page.get_by_role("article", name="SMSC")
    smsc.get_by_text("nobody is bound").wait_for()
    smsc.get_by_text("Faults").click()
    smsc.get_by_role("combobox").select_option("throttle")
    smsc.get_by_role("button", name="Add").click()
    smsc.get_by_role("button", name="Remove throttle").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    phone = page.get_by_role("article", name="+79991234567")
    phone.get_by_label("To", exact=True).select_option("2345")
    phone.get_by_label("Message").fill("to an application")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("0 of 1 arrived").wait_for()


def test_what_a_message_says_is_never_markup(
    browser: Browser, serving: Serving
) -> None:
    text = "<img src=x onerror=alert(1)><b>bold</b>"
    body = {"to": "+79991234567", "text": text}
    serving.ask("POST", "/phones/%2B79990000000/messages", body)
    page = _open(browser, serving, "en-US", 1280)
    page.get_by_text(text).first.wait_for()
    assert page.locator(".bubble img, .bubble .text b").count() == 0


def test_nothing_comes_from_elsewhere() -> None:
    for path in _STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "https://" not in text
        assert "innerHTML" not in text
