"""Phrases are found by `/`, and known by what they cost at their longest."""

import pytest

from gateway.codec.dcs import Alphabet
from gateway.core.canned import Canned
from gateway.engine.canned import count_use, ranked, worst_case
from gateway.engine.phrase import VARIABLES, longest, render
from tests.support.clock import START
from tests.support.rooms import Rooms


def phrase(shortcut: str, text: str = "", *, title: str = "", uses: int = 0) -> Canned:
    return Canned(
        id=f"can_{shortcut}",
        shortcut=shortcut,
        title=title,
        text=text,
        uses=uses,
        updated_at=START,
    )


PHRASES = [
    phrase("привет", "Здравствуйте, {name}!", uses=3),
    phrase("пока", "До свидания", uses=9),
    phrase("адрес", "Мы на улице Мира", title="Где нас найти"),
    phrase("опл", "Оплата прошла", title="Подтверждение оплаты"),
    phrase("возврат", "Деньги вернутся за три дня"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("/", ["пока", "привет", "адрес", "возврат", "опл"]),
        ("/пр", ["привет"]),
        ("П", ["пока", "привет", "опл"]),
        ("мир", ["адрес"]),
        ("где найти", ["адрес"]),
        ("вз", ["возврат"]),
        ("деньги три", ["возврат"]),
        ("ъъъ", []),
    ],
)
def test_a_shortcut_comes_before_words_and_words_before_letters(
    typed: str, found: list[str]
) -> None:
    shown = [one.shortcut for one in ranked(PHRASES, typed)]
    assert shown[: len(found)] == found
    assert bool(shown) is bool(found)


def test_a_phrase_costs_what_it_may_become() -> None:
    assert worst_case("Hello") == (1, Alphabet.GSM7)
    assert worst_case("Hello, {name}")[1] is Alphabet.UCS2
    assert worst_case("а" * 60 + "{name}")[0] == 2


def test_variables_are_filled_in_and_others_left_alone() -> None:
    values = {"name": "Ирина", "agent": ""}
    assert render("{name}, это {agent} {x} {}", values) == "Ирина, это {agent} {x} {}"
    assert render("{name}", {"name": "{agent}"}) == "{agent}"
    for variable in VARIABLES:
        assert longest("{" + variable.name + "}") == variable.longest


async def test_a_use_is_counted(rooms: Rooms) -> None:
    made = phrase("привет", "Здравствуйте")
    await rooms.store.write(lambda tx: tx.canned.insert(made))
    for canned_id in (made.id, made.id, "can_none"):
        await rooms.store.write(
            lambda tx, canned_id=canned_id: count_use(tx, canned_id, START)  # type: ignore[misc]  # bound early
        )
    found = await rooms.store.read(lambda tx: tx.canned.get(made.id))
    assert found is not None
    assert (found.uses, found.last_used_at) == (2, START)
