"""The counter in the browser says what the server says: held together on many texts."""

import random
from typing import Any

from gateway.codec.gsm7_tables import LOCKING, SINGLE
from tests.browser.house import House
from tests.browser.marks import BROWSER

pytestmark = BROWSER

TEXTS = 600
LENGTHS = (1, 5, 30, 66, 68, 70, 71, 72, 134, 135, 153, 154, 160, 161, 200, 307, 500)
ALPHABETS = (
    "abc XYZ 123 .,!?",
    "абвгд ЖЗИ ёЁ і ї",
    "€{}[]~|^\\",
    "«»—…№’“”",
    "😀👍🏽",
    "çğışİŞ",
    "áíóúñ¿¡",
    "ãõâêô∞",
    LOCKING[6].replace("\x1b", "") + SINGLE[6].replace("\f", ""),
    LOCKING[13].replace("\x1b", ""),
    "\n ",
    "`´·×ё",
    "العربية",
)
PLAN = """async (texts) => {
  const app = document.querySelector("script[type=module]").src;
  const { planText } = await import(new URL("segments.js", app));
  return texts.map(planText);
}"""
PLAINER = """async (text) => {
  const app = document.querySelector("script[type=module]").src;
  const { plainer } = await import(new URL("segments.js", app));
  return plainer(text);
}"""


def _texts() -> list[str]:
    chance = random.Random(7)
    texts: list[str] = []
    while len(texts) < TEXTS:
        pools = chance.sample(ALPHABETS, chance.choice((1, 1, 2, 2, 3)))
        length = chance.choice(LENGTHS) + chance.randint(-1, 1)
        text = "".join(chance.choice(chance.choice(pools)) for _ in range(length))
        if chance.random() < 0.3:  # one stranger in a plain text
            text = "a" * length + chance.choice(chance.choice(ALPHABETS))
        if text.strip():
            texts.append(text)
    return texts


async def test_the_browser_counts_as_the_server(house: House) -> None:
    window = await house.window("anna")
    await window.open("/inbox")
    texts = _texts()
    counted = await window.page.evaluate(PLAN, texts)
    for text, plan in zip(texts, counted, strict=True):
        status, told = await house.site.api("POST", "/messages/preview", {"text": text})
        assert status == 200, (text, told)
        assert _as_told(plan) == told, text


def _as_told(plan: dict[str, Any]) -> dict[str, Any]:
    return {
        "alphabet": plan["alphabet"],
        "segments": plan["segments"],
        "units": plan["used"],
        "units_per_segment": plan["capacity"],
        "units_left": plan["left"],
        "forcing": plan["forcing"],
    }


async def test_a_half_character_has_no_price(house: House) -> None:
    window = await house.window("anna")
    await window.open("/inbox")
    assert await window.page.evaluate(PLAN, ["\ud83d"]) == [None]


async def test_punctuation_is_replaced_only_where_it_saves(house: House) -> None:
    window = await house.window("anna")
    await window.open("/inbox")
    latin = "The order № 77 is ready, come any day from ten to six, we are glad to help"
    offer = await window.page.evaluate(PLAINER, latin)
    assert (offer["text"], offer["saves"]) == (latin.replace("№", "No."), 1)
    for text in ("Заказ № 77 готов, приходите. " * 3, "№ 77", "plain text " * 9):
        assert await window.page.evaluate(PLAINER, text) is None
