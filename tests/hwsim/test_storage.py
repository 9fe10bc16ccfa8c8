"""Claims about slots: lowest free one first, limits, the joined storage."""

import pytest

from hwsim.storage import JoinedStorage, Status, Storage, StorageFull, StoredSms


def _sms(octet: int) -> StoredSms:
    return StoredSms(status=Status.REC_UNREAD, tpdu=bytes((octet,)))


def test_the_lowest_free_slot_is_filled_first() -> None:
    store = Storage("SM", 3, 0)
    assert [store.put(_sms(i)) for i in range(3)] == [0, 1, 2]
    assert store.delete(1)
    assert not store.delete(1)
    assert store.put(_sms(9)) == 1


def test_a_full_storage_takes_nothing() -> None:
    store = Storage("SM", 1)
    store.put(_sms(1))
    with pytest.raises(StorageFull):
        store.put(_sms(2))


def test_the_joined_storage_numbers_its_parts_through() -> None:
    sim, me = Storage("SM", 2), Storage("ME", 2)
    joined = JoinedStorage("MT", (sim, me))
    assert [joined.put(_sms(i)) for i in range(4)] == [1, 2, 3, 4]
    assert (sim.used, me.used, joined.used, joined.capacity) == (2, 2, 4, 4)
    assert joined.get(3) is me.get(1)
    assert joined.delete(4)
    assert me.used == 1
    assert not joined.has(5)
    assert joined.get(5) is None
    assert [index for index, _ in joined.items()] == [1, 2, 3]
    joined.put(_sms(7))
    with pytest.raises(StorageFull):
        joined.put(_sms(8))
