"""The page in its three languages: plurals and the first words, in a real browser."""

from typing import Any

import pytest

from tests.browser.face import before
from tests.browser.window import LANGUAGES
from tests.support.catalogue import parts, read_language
from tests.web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

COUNTS = (0, 1, 2, 5, 11, 12, 21, 22, 25, 101, 111)
SLAVIC = [
    "many",
    "one",
    "few",
    "many",
    "many",
    "many",
    "one",
    "few",
    "many",
    "one",
    "many",
]
FORMS = {
    "en": ["one" if count == 1 else "other" for count in COUNTS],
    "ru": SLAVIC,
    "uk": SLAVIC,
}
TAGS = {"en": "en-GB", "ru": "ru-RU", "uk": "uk-UA"}

SAY = """async ([locale, parts, keys, counts]) => {
  const script = document.querySelector('script[type="module"]').src;
  const { addParts, t, setLocale } = await import(new URL("i18n.js", script));
  await setLocale(locale);
  await addParts(...parts);
  return keys.map((key) => counts.map((n) => t(key, { n })));
}"""


async def test_each_count_gets_the_form_of_its_language(world: World) -> None:
    async with before(world, "/inbox") as (page, _):
        for language in LANGUAGES:
            wanted = {
                key: message
                for key, message in read_language(language).items()
                if isinstance(message, dict)
            }
            said: Any = await page.evaluate(
                SAY, [language, parts(), [*wanted], [*COUNTS]]
            )
            for (key, forms), lines in zip(wanted.items(), said, strict=True):
                for count, form, line in zip(
                    COUNTS, FORMS[language], lines, strict=True
                ):
                    assert line == forms[form].replace("{n}", str(count)), (key, count)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_stranger_is_met_in_the_language_of_the_browser(
    world: World, language: str
) -> None:
    async with before(world, "/inbox", locale=TAGS[language]) as (page, _):
        assert await page.evaluate("document.documentElement.lang") == language
        shown = await page.locator("body").inner_text()
        messages = read_language(language)
        assert str(messages["login.name"]) in shown
        assert str(messages["login.enter"]) in shown
