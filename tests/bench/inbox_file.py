"""A database as after years of work: a million messages in fifty thousand threads.

Made from a seed, with the statements and rows of the store itself, and much faster than
by the doors. What the figures of lists, threads and search are measured on.

    python -m tests.bench.inbox_file FILE [MESSAGES [THREADS]]
"""

import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from gateway.codec.dcs import Alphabet
from gateway.core.card import Card
from gateway.core.contact import Contact, Thread
from gateway.core.conversation import Conversation, ConversationState, Origin
from gateway.core.ids import (
    ContactId,
    ConversationId,
    EntryId,
    LinkId,
    MessageId,
    ThreadId,
    spell,
)
from gateway.core.message import Direction, Message, MessageState
from gateway.engine.folding import indexed
from gateway.store.cards import SqlCards
from gateway.store.config import StoreConfig
from gateway.store.conversation_rows import conversation_values
from gateway.store.engine import Value
from gateway.store.rows import message_values
from gateway.store.side_rows import contact_values, thread_values
from gateway.store.sqlite import SqliteSession, open_writer

OWN = "+79160000001"
START = datetime(2024, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=700)
BITE = 5000
_STEM_TEXT = (
    "заказ доставк оплат возврат карт договор телефон адрес курьер счет деньг перевод "
    "баланс тариф настройк интернет связ оператор магазин товар размер цвет скидк акци "
    "бонус паспорт документ справк квитанц чек гаранти ремонт мастер запис прием врач "
    "анализ результат билет рейс вагон мест багаж номер гостиниц брон завтра сегодн"
)
_STEMS = _STEM_TEXT.split()
_ENDINGS = ("", "а", "у", "ы", "ой", "ами", "ов", "е", "ам", "ах", "ский", "ная", "ить")
_SMALL_TEXT = (
    "и в не на я что с по как у за вы к из это от мне мой ваш когда где да нет"
)
_SMALL = _SMALL_TEXT.split()
_NAMES_TEXT = "Ирина Олег Анна Пётр Мария Сергій Олена Андрій Юлия Дмитрий Ёлка Наталія"
_NAMES = _NAMES_TEXT.split()


# One waits in the queue, one for the customer, the others have ended.
_STATES = (
    ConversationState.QUEUED,
    ConversationState.WAITING,
    *[ConversationState.RESOLVED] * 18,
)


@dataclass(frozen=True, slots=True)
class Site:
    """How much is to be made, and of what chance."""

    chance: random.Random
    messages: int
    threads: int

    def moment(self, index: int) -> datetime:
        return START + SPAN * (index / max(self.messages, 1))


def make(path: Path, messages: int = 1_000_000, threads: int = 50_000) -> None:
    """Write the file; it must not exist."""
    site = Site(random.Random(4), messages, threads)
    session = open_writer(StoreConfig(path=path, ballast_octets=0))
    session.pragma("synchronous = OFF")
    people = [_person(site, index) for index in range(threads)]
    session.control("BEGIN")
    session.many("contacts.insert", [contact_values(contact) for contact, _ in people])
    session.many(
        "contacts.insert_thread", [thread_values(thread) for _, thread in people]
    )
    for index in range(0, threads, 5):
        _card(session, site, people[index][0])
    session.control("COMMIT")
    _say(session, site, people)
    session.close()


def _say(
    session: SqliteSession, site: Site, people: list[tuple[Contact, Thread]]
) -> None:
    vocabulary = _vocabulary(site.chance)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    last: dict[ThreadId, Message] = {}
    for start in range(0, site.messages, BITE):
        bite = []
        for index in range(start, min(start + BITE, site.messages)):
            # Some write much, most write little.
            person = people[int(site.chance.random() ** 2 * len(people))]
            count = site.chance.randint(3, 16)
            text = " ".join(
                site.chance.choices(vocabulary, cum_weights=weights, k=count)
            )
            if index % 9 == 0:
                text += f" № {site.chance.randint(10**6, 10**7)}"
            bite.append(_message(site, index, person, text))
            last[person[1].id] = bite[-1]
        session.control("BEGIN")
        session.many("outbox.insert_message", [message_values(one) for one in bite])
        rows = [_index_values(index, one) for index, one in enumerate(bite, start)]
        session.many("search.insert", rows)
        session.many(
            "search.insert_words",
            [{k: v for k, v in row.items() if k != "entry_id"} for row in rows],
        )
        session.control("COMMIT")
    session.control("BEGIN")
    for number, message in enumerate(last.values()):
        values = conversation_values(_case(number, message))
        session.run("conversations.insert", **values)
    session.run("facts.put", key="cursor:search", value="0")
    session.run("facts.put", key="search:backfill", value="{}")
    session.control("COMMIT")


def _vocabulary(chance: random.Random) -> list[str]:
    made = [stem + ending for stem in _STEMS for ending in _ENDINGS]
    # Names, streets and misspellings: what makes the tail of a language long.
    letters = "абвгдеёжзийклмнопрстуфхцчшщыьэюяії"
    made += [
        "".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(60_000)
    ]
    return [*_SMALL, *made]


def _identity(site: Site, index: int, salt: int) -> str:
    stamp = int(site.moment(index).timestamp() * 1000)
    return spell(stamp << 80 | index << 8 | salt)


def _person(site: Site, index: int) -> tuple[Contact, Thread]:
    name = spell(int(START.timestamp() * 1000) << 80 | index)
    contact = Contact(
        id=ContactId(f"con_{name}"),
        address=f"+7916{site.chance.randrange(100):02d}{index:05d}",
        created_at=START,
    )
    thread = Thread(
        id=ThreadId(f"thr_{name}"),
        contact_id=contact.id,
        own=OWN,
        created_at=START,
        updated_at=START,
    )
    return contact, thread


def _card(session: SqliteSession, site: Site, contact: Contact) -> None:
    name = f"{site.chance.choice(_NAMES)} {site.chance.choice(_STEMS).title()}ов"
    card = Card(contact_id=contact.id, name=name, tags=("vip",), updated_at=START)
    SqlCards(session).save(card)
    words, tails = indexed(f"{name} {contact.address} vip")
    row: dict[str, Value] = {"words": words, "tails": tails, "kind": "contact"}
    place = -int(contact.address[-5:]) - (int(START.timestamp() * 1000) << 14)
    session.run("search.insert", id=place, entry_id=contact.id, **row)
    session.run("search.insert_words", id=place, **row)


def _message(
    site: Site, index: int, person: tuple[Contact, Thread], text: str
) -> Message:
    contact, thread = person
    is_in = site.chance.random() < 0.55
    return Message(
        id=MessageId(f"msg_{_identity(site, index, 1)}"),
        direction=Direction.MO if is_in else Direction.MT,
        state=MessageState.RECEIVED if is_in else MessageState.DELIVERED,
        contact_id=contact.id,
        thread_id=thread.id,
        peer=contact.address,
        own=OWN,
        text=text,
        octets=None,
        alphabet=Alphabet.UCS2,
        segments=1 + len(text) // 67,
        created_at=site.moment(index),
        updated_at=site.moment(index),
        link=LinkId("sim1"),
    )


def _index_values(index: int, message: Message) -> dict[str, Value]:
    words, tails = indexed(message.text or "")
    stamp = int(message.created_at.timestamp() * 1000)
    return {
        "id": (stamp << 14) + index % (1 << 14),
        "entry_id": message.id,
        "kind": "message",
        "words": words,
        "tails": tails,
    }


def _case(number: int, message: Message) -> Conversation:
    is_in = message.direction is Direction.MO
    at = message.created_at
    state = _STATES[number % len(_STATES)]
    return Conversation(
        id=ConversationId(f"cnv_{message.id[4:]}"),
        thread_id=message.thread_id,
        contact_id=message.contact_id,
        number=1,
        state=state,
        origin=Origin.INBOUND,
        virtual_start=at,
        opened_at=at,
        updated_at=at,
        reason=(message.text or "")[:80],
        last_in_at=at if is_in else None,
        last_out_at=None if is_in else at,
        unanswered_at=at if is_in and state is not ConversationState.RESOLVED else None,
        last_entry=EntryId(message.id),
        resolved_at=at if state is ConversationState.RESOLVED else None,
    )


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[2:4]]
    make(Path(sys.argv[1]), *sizes)
