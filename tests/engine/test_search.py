"""What was said is found: by its words, by cut words, by words alike; and jumped to."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.errors import Invalid, NotFound
from gateway.core.ids import ThreadId
from gateway.core.message_store import Page
from gateway.core.search_store import Kind
from gateway.engine import search
from gateway.engine.notes import NoteAsk
from gateway.engine.present import JsonObject
from gateway.engine.search import Asked, Found
from gateway.engine.search_query import How
from tests.support.builders import CUSTOMER
from tests.support.inbox import Office
from tests.support.rooms import Rooms

OTHER = "+380501112233"
PAGE = Page(limit=10)


@dataclass(slots=True)
class Finder:
    """An office whose words are indexed."""

    office: Office

    @property
    def rooms(self) -> Rooms:
        return self.office.rooms

    async def hears(self, *texts: str, sender: str = CUSTOMER) -> None:
        for text in texts:
            await self.office.hears(text, sender)
        await self.index()

    async def index(self) -> None:
        while await self.rooms.inbox.search_reader.once():
            pass

    async def find(self, text: str, **more: object) -> Found:
        return await self.rooms.inbox.search.find(Asked(text=text, **more))  # type: ignore[arg-type]  # named by the test

    async def texts(self, text: str, **more: object) -> list[str]:
        found = await self.find(text, kind=Kind.MESSAGE, **more)
        return [shown(item) for item in found.items]


def shown(item: JsonObject) -> str:
    snippet = item["snippet"]
    assert isinstance(snippet, list)
    return "".join(piece["text"] for piece in snippet)


def marked(item: JsonObject) -> list[str]:
    snippet = item["snippet"]
    assert isinstance(snippet, list)
    return [piece["text"] for piece in snippet if piece["hit"]]


@pytest_asyncio.fixture
async def finder(rooms: Rooms) -> Finder:
    return Finder(await Office.open(rooms))


async def test_messages_both_ways_and_notes_are_found(finder: Finder) -> None:
    await finder.hears("Где мой чёрный чемодан?")
    office = finder.office
    await office.answers(office.anna, "Чемодан едет")
    thread_id = await office.thread_id()
    actor = Actor(agent=office.anna)
    ask = NoteAsk(client_id="n1", text="чемодан на складе")
    await finder.rooms.inbox.notes.add(actor, thread_id, ask)
    await finder.index()
    found = await finder.find("ЧЕМОДАН")
    assert [item["kind"] for item in found.items] == ["note", "message", "message"]
    assert found.how is How.EXACT
    first = found.items[-1]
    assert marked(first) == ["чемодан"]
    assert first["thread_id"] == thread_id
    assert first["conversation_number"] == 1
    entry = await finder.rooms.store.read(
        lambda tx: tx.outbox.get(first["entry_id"])  # type: ignore[arg-type]  # a message's
    )
    assert entry is not None
    assert entry.text == "Где мой чёрный чемодан?"
    [note] = (await finder.find("чемодан", kind=Kind.NOTE)).items
    assert shown(note) == "чемодан на складе"


# What was said, and what somebody types who looks for it.
PHRASINGS = [
    ("Не пришла карта", "карты"),
    ("Отправьте посылку ещё раз", "посылка еще"),
    ("Хочу вернуть деньги", "возврат денег"),
    ("Когда привезут заказ?", "доставка заказа"),
    ("Отмените мою заявку", "отмена заказа"),
    ("Сколько стоит ремонт", "цена ремонта"),
    ("Вы опоздали на час", "задержка"),
    ("Де моє замовлення?", "замовленням"),
    ("Поверніть гроші", "повернення грошей"),
    ("П’ятниця підходить", "п'ятницю"),
    ("My orders are late", "order delayed"),
    ("I want a refund", "return"),
]


@pytest.mark.parametrize(("said", "typed"), PHRASINGS)
async def test_typical_phrasings_are_found(
    finder: Finder, said: str, typed: str
) -> None:
    await finder.hears(said, "Совсем о другом")
    assert said in await finder.texts(typed)


async def test_exact_comes_before_cut_and_cut_before_alike(finder: Finder) -> None:
    await finder.hears("возврат оформлен", "возвраты бывают", "верните мне", "ничего")
    found = await finder.find("возврат", kind=Kind.MESSAGE)
    assert [shown(item) for item in found.items] == [
        "возврат оформлен",
        "возвраты бывают",
    ]
    assert [item["how"] for item in found.items] == ["exact", "cut"]
    alike = await finder.find("рефанд возвратом", kind=Kind.MESSAGE)
    assert alike.items == ()
    assert (await finder.find("refund", kind=Kind.MESSAGE)).how is How.SYNONYM


async def test_parts_of_numbers_are_found(finder: Finder) -> None:
    await finder.hears("Заказ № А-778345/12", "звоните 8 (916) 123-45-67")
    assert await finder.texts("8345") == ["Заказ № А-778345/12"]
    assert await finder.texts("+7 916 123 45 67") == ["звоните 8 (916) 123-45-67"]
    [item] = (await finder.find("1234567", kind=Kind.MESSAGE)).items
    assert marked(item) == ["8 (916) 123-45-67"]


async def test_a_contact_is_found_by_name_number_tag_and_attribute(
    finder: Finder,
) -> None:
    await finder.hears("привет")
    contact = await finder.rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert contact is not None
    said = {
        "name": "Ирина Щёголева",
        "tags": ["постоянный"],
        "attributes": {"договор": "Б-2024/77"},
        "crm_id": "crm4711",
    }
    await finder.rooms.inbox.contacts.change(contact.id, said)
    await finder.index()
    for asked in ("щеголева", "9161234", "постоянная", "2024/77", "crm4711"):
        found = await finder.find(asked)
        assert [item["kind"] for item in found.items] == ["contact"], asked
        assert found.items[0]["entry_id"] is None
        assert found.items[0]["thread_id"] == await finder.office.thread_id()
    people, _ = await finder.rooms.inbox.contacts.listing("Щеголева", None, PAGE)
    assert [one["id"] for one in people] == [contact.id]


async def test_a_thread_is_searched_alone(finder: Finder) -> None:
    await finder.hears("заказ один")
    await finder.hears("заказ два", sender=OTHER)
    thread_id = await finder.office.thread_id(OTHER)
    found = await finder.find("заказы", thread_id=thread_id)
    assert [shown(item) for item in found.items] == ["заказ два"]
    with pytest.raises(NotFound):
        await finder.find("заказ", thread_id=ThreadId("thr_none"))


async def test_a_long_thread_is_searched_to_its_beginning(
    finder: Finder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_THREAD_ROWS", 2)
    await finder.hears("первый чемодан", *(f"слово {n}" for n in range(7)), "чемодан")
    thread_id = await finder.office.thread_id()
    first = await finder.find("чемодан", thread_id=thread_id, limit=1)
    assert [shown(item) for item in first.items] == ["чемодан"]
    then = await finder.find("чемодан", thread_id=thread_id, limit=1, cursor=first.next)
    assert [shown(item) for item in then.items] == ["первый чемодан"]
    both = await finder.find("чемоданы", thread_id=thread_id)
    assert len(both.items) == 2


async def test_pages_hold_each_answer_once(finder: Finder) -> None:
    texts = [f"заказ {number}" for number in "абвгд"]
    texts += [f"заказы {number}" for number in "еж"]
    await finder.hears(*texts)
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        found = await finder.find("заказ", kind=Kind.MESSAGE, limit=2, cursor=cursor)
        seen += [shown(item) for item in found.items]
        cursor = found.next
        if cursor is None:
            break
    assert seen == [*texts[4::-1], *texts[:4:-1]]


async def test_the_best_answer_is_the_shortest_with_most_hits(finder: Finder) -> None:
    await finder.hears(
        "карта карта", "о карте ещё много лишних слов тут", "карта и ещё немного слов"
    )
    best = await finder.texts("карта", best_first=True)
    assert best[0] == "карта карта"


@pytest.mark.parametrize("cursor", ["x", "exact_1x", "cut_nn1", "exact_-1"])
async def test_a_cursor_of_others_is_refused(finder: Finder, cursor: str) -> None:
    with pytest.raises(Invalid):
        await finder.find("заказ", cursor=cursor)


@pytest.mark.parametrize(
    "asked",
    ['"', "* OR 1", 'a" NEAR b', "kind : message", "(((", "-заказ", "😀", "'", "%_"],
)
async def test_what_means_something_to_a_database_means_nothing_here(
    finder: Finder, asked: str
) -> None:
    await finder.hears("заказ")
    found = await finder.find(asked, kind=Kind.MESSAGE)
    assert [shown(item) for item in found.items] == (
        ["заказ"] if "заказ" in asked else []
    )


async def test_a_snippet_is_plain_pieces_around_the_hit(finder: Finder) -> None:
    script = "<img src=x onerror=alert(1)>"
    await finder.hears("слово " * 40 + "чемодан " + script + " слово" * 60)
    [item] = (await finder.find("чемодан", kind=Kind.MESSAGE)).items
    pieces = item["snippet"]
    assert isinstance(pieces, list)
    assert all(set(piece) == {"text", "hit"} for piece in pieces)
    assert len(shown(item)) <= 165
    assert marked(item) == ["чемодан"]
    assert script in shown(item)


async def test_an_administrators_words_alike_are_used(finder: Finder) -> None:
    await finder.hears("симка не работает")
    assert await finder.texts("сим-карта") == []
    settings = finder.rooms.inbox.settings
    words: Sequence[Sequence[str]] = [["симка", "симкарта"]]
    await settings.change(Actor(agent=finder.office.vera), {"synonyms": words}, None)
    assert await finder.texts("симкарты") == ["симка не работает"]
