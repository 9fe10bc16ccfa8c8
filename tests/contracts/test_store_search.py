"""Store contract: the index of words finds what was put, in order of time."""

from dataclasses import replace

from gateway.core.ids import spell
from gateway.core.search_store import IndexRow, Kind, Piece, Wanted
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker


def row(
    stamp: int, words: str, *, tails: str = "", kind: Kind = Kind.MESSAGE
) -> IndexRow:
    prefix = {Kind.MESSAGE: "msg", Kind.NOTE: "not", Kind.CONTACT: "con"}[kind]
    entry = f"{prefix}_{spell(stamp << 80)}"
    return IndexRow(entry_id=entry, kind=kind, words=words, tails=tails)


def wanted(*pieces: Piece, kind: Kind | None = None, without: str = "") -> Wanted:
    return Wanted(
        terms=tuple((piece,) for piece in pieces),
        without=((Piece(text=without),),) if without else (),
        kind=kind,
    )


async def find(store: SqlStore, what: Wanted, **more: int) -> list[str]:
    before, limit = more.get("before"), more.get("limit", 10)
    found = await store.read(
        lambda tx: tx.search.find(what, before=before, limit=limit)
    )
    return [one.words for one in found]


async def test_newest_first_whatever_was_put_first(store: SqlStore) -> None:
    rows = [row(stamp, f"заказ {stamp}") for stamp in (5, 9, 1, 7)]
    for one in rows:
        await store.write(lambda tx, one=one: tx.search.put([one]))  # type: ignore[misc]  # bound early
    what = wanted(Piece(text="заказ"))
    assert await find(store, what) == ["заказ 9", "заказ 7", "заказ 5", "заказ 1"]
    assert await find(store, what, limit=2) == ["заказ 9", "заказ 7"]
    [_, second, *_] = await store.read(
        lambda tx: tx.search.find(what, before=None, limit=4)
    )
    assert await find(store, what, before=second.id) == ["заказ 5", "заказ 1"]


async def test_whole_words_beginnings_and_the_inside_of_numbers(
    store: SqlStore,
) -> None:
    rows = [
        row(1, "заказ 12345", tails="2345 345"),
        row(2, "заказы"),
        row(3, "345"),
    ]
    await store.write(lambda tx: tx.search.put(rows))
    assert await find(store, wanted(Piece(text="заказ"))) == ["заказ 12345"]
    starts = wanted(Piece(text="заказ", is_start=True))
    assert await find(store, starts) == ["заказы", "заказ 12345"]
    inside = wanted(Piece(text="34", is_start=True, is_number=True))
    assert await find(store, inside) == ["345", "заказ 12345"]
    assert await find(store, replace(starts, without=((Piece(text="12345"),),))) == [
        "заказы"
    ]


async def test_kinds_are_told_apart(store: SqlStore) -> None:
    rows = [
        row(1, "слово"),
        row(2, "слово тут", kind=Kind.NOTE),
        row(3, "слово там", kind=Kind.CONTACT),
    ]
    await store.write(lambda tx: tx.search.put(rows))
    piece = Piece(text="слово")
    assert await find(store, wanted(piece)) == ["слово тут", "слово"]
    assert await find(store, wanted(piece, kind=Kind.NOTE)) == ["слово тут"]
    assert await find(store, wanted(piece, kind=Kind.CONTACT)) == ["слово там"]


async def test_a_row_is_replaced_in_its_place_and_dropped_without_a_trace(
    store: SqlStore,
) -> None:
    first, last = row(1, "старое"), row(2, "другое")
    await store.write(lambda tx: tx.search.put([first, last]))
    [before] = await store.read(lambda tx: tx.search.rows([first.entry_id]))
    await store.write(lambda tx: tx.search.put([replace(first, words="новое")]))
    [after] = await store.read(lambda tx: tx.search.rows([first.entry_id]))
    assert (after.id, after.words) == (before.id, "новое")
    assert await find(store, wanted(Piece(text="старое"))) == []
    assert await find(store, wanted(Piece(text="новое"))) == ["новое"]
    names = [first.entry_id, last.entry_id, "msg_none"]
    assert await store.write(lambda tx: tx.search.drop(names)) == 2
    assert await store.read(lambda tx: tx.search.is_empty())
    assert await find(store, wanted(Piece(text="новое"))) == []


async def test_entries_of_one_millisecond_have_places_of_their_own(
    store: SqlStore, make: Maker
) -> None:
    rows = [
        IndexRow(entry_id=make.ids.new("msg"), kind=Kind.MESSAGE, words="a", tails="")
        for _ in range(50)
    ]

    def put(tx: Tx) -> None:
        tx.search.put(rows[:30])
        tx.search.put(rows[30:])
        tx.search.put(rows[:1])

    await store.write(put)
    found = await store.read(
        lambda tx: tx.search.find(wanted(Piece(text="a")), before=None, limit=100)
    )
    assert [one.entry_id for one in found] == [one.entry_id for one in rows[::-1]]


async def test_sayings_are_those_that_are_there(store: SqlStore, make: Maker) -> None:
    message = make.message(text="слово")
    await store.write(make.kept(message))
    asked = [message.id, "msg_none", "not_none", "stp_none"]
    [saying] = await store.read(lambda tx: tx.search.sayings(asked))
    assert str(saying.id) == message.id
    assert saying.text == "слово"
    older = await store.read(lambda tx: tx.search.older("messages", "~", 10))
    assert older == [message.id]


async def test_merging_the_index_leaves_its_words(store: SqlStore) -> None:
    for stamp in range(40):
        one = row(stamp, f"слово w{stamp}")
        await store.write(lambda tx, one=one: tx.search.put([one]))  # type: ignore[misc]  # bound early
    assert await store.read(lambda tx: tx.search.pages()) > 0
    await store.write(lambda tx: tx.search.merge(100, is_new=True))
    await store.write(lambda tx: tx.search.merge(100, is_new=False))
    assert len(await find(store, wanted(Piece(text="слово")), limit=100)) == 40
