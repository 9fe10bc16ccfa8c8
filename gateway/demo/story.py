"""The sample threads of the demo: phones write and agents answer, as people would.

Goes through the two doors that everybody uses: the simulator's control API, and our own
API with the demo's token, on behalf of its agents. Runs once on a data directory.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.clock import SystemClock
from gateway.core.errors import GatewayError

ARRIVAL_LIMIT_S = 20.0
LOOK_S = 0.2
_REQUEST_S = 10.0

ANNA, OLEG, KATE, VERA, ADMIN = "anna", "oleg", "kate", "vera", "admin"

# Login, name, role, language of the interface.
CAST = (
    (ADMIN, "Марк Дорохов", "administrator", "ru"),
    (VERA, "Вера Соколова", "supervisor", "ru"),
    (ANNA, "Анна Петрова", "agent", "ru"),
    (OLEG, "Олег Савчук", "agent", "uk"),
    (KATE, "Kate Miller", "trainee", "en"),
)


class StoryStopped(GatewayError):
    """The demo is ending, or a scene did not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a phone."""

    msisdn: str
    name: str = ""
    language: str = "ru"
    crm_id: str = ""
    tags: tuple[str, ...] = ()


IRINA = Person(msisdn="+79161234501", name="Ирина Климова", crm_id="K-48213")
TARAS = Person(msisdn="+79161234502", name="Тарас Бондаренко", language="uk")
PYOTR = Person(msisdn="+79161234504", name="Пётр Ильин", tags=("доставка",))
JANE = Person(msisdn="+79161234505", name="Jane Cooper", language="en")
LIDIA = Person(msisdn="+79161234506", name="Лидия Ёлкина", tags=("vip",))
SEMYON = Person(msisdn="+79161234507", name="Семён")
UNKNOWN = Person(msisdn="+79161234508")
CALLER = Person(msisdn="+79161234509")
SPAMMER = Person(msisdn="+79161234510")

CANNED = (
    ("привет", "Приветствие", "Здравствуйте, {name}! Меня зовут {agent}. Чем помочь?"),
    ("минуту", "Уточняю", "Уточняю, отвечу через несколько минут."),
    ("адрес", "Адрес и часы", "Ленина, 12. Пн-пт 9-20, сб 10-18."),
    ("спасибо", "Прощание", "Рады помочь! Если что, просто напишите сюда."),
    ("hello", "Greeting", "Hello {name}, this is {agent}. How can I help?"),
)


@dataclass(slots=True, kw_only=True)
class Story:
    """Plays the scenes against a running demo."""

    api: str
    simulator: str
    token: str
    number: str  # of ours that the phones write to
    stopped: threading.Event = field(default_factory=threading.Event)

    def play(self) -> None:
        """All scenes, in order; raises `StoryStopped`."""
        scenes: tuple[Callable[[], None], ...] = (
            self._phrases,
            self._order_that_is_late,
            self._question_that_was_solved,
            self._answer_that_waits,
            self._customer_on_hold,
            self._english_thread_of_a_trainee,
            self._somebody_who_wants_no_more,
            self._advertisement,
            self._those_who_wait,
        )
        for scene in scenes:
            scene()

    def _phrases(self) -> None:
        for shortcut, title, text in CANNED:
            language = "en" if shortcut.isascii() else "ru"
            body = {"shortcut": shortcut, "title": title, "text": text}
            self._as(VERA, "POST", "/canned", {**body, "language": language})

    def _order_that_is_late(self) -> None:
        thread, conversation = self._writes(
            IRINA, "Здравствуйте! Где мой заказ 48213? Обещали привезти ещё вчера 😕"
        )
        self._as(ANNA, "POST", f"/conversations/{conversation}/take", {})
        self._replies(ANNA, thread, "Добрый день, Ирина! Сейчас проверю, минуту.")
        self._notes(
            ANNA, thread, "Склад: машина сломалась, новая дата - среда. Скидку обещали."
        )
        self._replies(
            ANNA,
            thread,
            "Простите за задержку: курьер приедет в среду с 10 до 14. "
            "За ожидание вернём 300 рублей на карту. Подойдёт?",
        )
        self._writes(IRINA, "Да, подойдёт. А можно, чтобы он позвонил за час?")

    def _question_that_was_solved(self) -> None:
        thread, conversation = self._writes(
            LIDIA, "Добрый день, вы работаете в субботу?"
        )
        self._as(OLEG, "POST", f"/conversations/{conversation}/take", {})
        self._replies(OLEG, thread, "Здравствуйте! Да, в субботу с 10 до 18.")
        self._writes(LIDIA, "Спасибо!")
        self._as(
            OLEG,
            "POST",
            f"/conversations/{conversation}/resolve",
            {"result": "решено", "summary": "Часы работы в субботу"},
        )

    def _answer_that_waits(self) -> None:
        thread, conversation = self._writes(
            PYOTR,
            "Здравствуйте. Заказывал стиральную машину с подъёмом на этаж, а курьер "
            "сказал, что лифт маленький и нужна доплата 1500. В договоре об этом ни "
            "слова. Кто из вас прав и что мне теперь делать?",
        )
        self._as(ANNA, "POST", f"/conversations/{conversation}/take", {})
        self._replies(
            ANNA,
            thread,
            "Пётр, доплаты не будет: подъём включён. Курьер приедет снова.",
        )

    def _customer_on_hold(self) -> None:
        thread, conversation = self._writes(
            SEMYON, "Пришлите, пожалуйста, копию чека за 3 мая"
        )
        self._as(OLEG, "POST", f"/conversations/{conversation}/take", {})
        self._replies(OLEG, thread, "Запросил в бухгалтерии, отвечу до вечера.")
        self._as(OLEG, "POST", f"/conversations/{conversation}/hold", {})

    def _english_thread_of_a_trainee(self) -> None:
        thread, conversation = self._writes(
            JANE, "Hi, do you ship to Kazan? And how long does it take?"
        )
        self._as(KATE, "POST", f"/conversations/{conversation}/take", {})
        self._replies(KATE, thread, "Hello Jane! Yes, we do: three to five days.")

    def _somebody_who_wants_no_more(self) -> None:
        self._writes(UNKNOWN, "СТОП")

    def _advertisement(self) -> None:
        _, conversation = self._writes(
            SPAMMER, "Вы выиграли 1 000 000 рублей!!! Заберите приз: priz-tut.example"
        )
        self._as(ANNA, "POST", f"/conversations/{conversation}/spam", {})

    def _those_who_wait(self) -> None:
        self._calls(CALLER)
        self._writes(TARAS, "Добрий день! Як змінити адресу доставки замовлення?")
        for msisdn, text in (
            ("+79161234503", "не пришла карта лояльности, что делать?"),
            ("+79161234511", "Можно оплатить при получении?"),
        ):
            self._writes(Person(msisdn=msisdn), text)

    def _writes(self, person: Person, text: str) -> tuple[str, str]:
        """The person's text has arrived; thread and conversation."""
        before = self._last_of(person)
        self._simulate(person, "messages", {"to": self.number, "text": text})
        thread = self._until(person, before)
        if person.name:
            self._introduce(person, thread["contact"]["id"])
        return thread["id"], thread["conversation"]["id"]

    def _calls(self, person: Person) -> None:
        self._simulate(person, "calls", {"to": self.number, "duration_s": 3})
        self._until(person, None)

    def _introduce(self, person: Person, contact_id: str) -> None:
        card: dict[str, object] = {"name": person.name, "language": person.language}
        if person.crm_id:
            card["crm_id"] = person.crm_id
        if person.tags:
            card["tags"] = list(person.tags)
        self._as(VERA, "PATCH", f"/contacts/{contact_id}", card)

    def _replies(self, login: str, thread: str, text: str) -> None:
        seq = self._as(login, "GET", f"/threads/{thread}")["seq"]
        body = {"client_id": f"story-{seq}-{login}", "text": text, "seen_seq": seq}
        self._as(login, "POST", f"/threads/{thread}/replies", {**body, "undo_s": 0})

    def _notes(self, login: str, thread: str, text: str) -> None:
        body = {"client_id": f"story-note-{thread}", "text": text}
        self._as(login, "POST", f"/threads/{thread}/notes", body)

    def _until(self, person: Person, before: str | None) -> dict[str, Any]:
        """The person's thread, once something newer than `before` is in it."""
        clock = SystemClock()
        limit = clock.monotonic() + ARRIVAL_LIMIT_S
        while clock.monotonic() < limit:
            thread = self._thread_of(person)
            if thread is not None and _last_in(thread) != before:
                return thread
            if self.stopped.wait(LOOK_S):
                raise StoryStopped("the demo is stopping")
        raise StoryStopped(f"nothing arrived from {person.msisdn}")

    def _last_of(self, person: Person) -> str | None:
        thread = self._thread_of(person)
        return None if thread is None else _last_in(thread)

    def _thread_of(self, person: Person) -> dict[str, Any] | None:
        listing = self._as(VERA, "GET", "/threads?view=all&limit=100")
        for thread in listing["items"]:
            if thread["contact"]["address"] == person.msisdn:
                found: dict[str, Any] = thread
                return found
        return None

    def _simulate(self, person: Person, what: str, body: Mapping[str, object]) -> None:
        _ask("POST", f"{self.simulator}/phones/{person.msisdn}/{what}", {}, body)

    def _as(
        self,
        login: str,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Seventy-Agent": login}
        return _ask(method, self.api + path, headers, body)


def _last_in(thread: dict[str, Any]) -> str | None:
    conversation = thread["conversation"]
    if conversation is None:
        return None
    latest: str | None = conversation["last_in_at"] or conversation["opened_at"]
    return latest


def _ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, object] | None,
) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own two servers
        url,
        method=method,
        headers={**headers, "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=_REQUEST_S) as answer:  # noqa: S310
            content = answer.read()
    except urllib.error.HTTPError as error:
        said = error.read().decode("utf-8", "replace")
        raise StoryStopped(f"{method} {url}: {error.code} {said}") from error
    except OSError as error:
        raise StoryStopped(f"{method} {url}: {error}") from error
    return json.loads(content) if content else None
