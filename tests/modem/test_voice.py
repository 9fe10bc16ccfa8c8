"""One call is told once."""

from modem.notice import Notice
from modem.voice import CallWatch, Rang


def watch() -> CallWatch:
    return CallWatch(clip_s=2.0, ring_gap_s=8.0)


RING = Notice(name="RING")
CLIP = Notice(name="+CLIP", head='"+79161234567",145')


def test_a_call_is_told_once_however_long_it_rings() -> None:
    calls = watch()
    assert calls.notice(RING, 0.0) is None
    assert calls.notice(CLIP, 0.1) == Rang(caller="+79161234567")
    for ring in range(1, 6):
        assert calls.notice(RING, ring * 4.0) is None
        assert calls.notice(CLIP, ring * 4.0) is None
        assert calls.expire(ring * 4.0 + 3) is None


def test_a_number_that_does_not_come_is_not_waited_for_long() -> None:
    calls = watch()
    calls.notice(RING, 0.0)
    assert calls.deadline == 2.0
    assert calls.expire(2.0) == Rang(caller=None)
    assert calls.notice(CLIP, 2.5) is None


def test_who_gave_up_at_once_did_call() -> None:
    calls = watch()
    calls.notice(RING, 0.0)
    assert calls.notice(Notice(name="NO CARRIER"), 0.5) == Rang(caller=None)


def test_after_the_end_the_next_ring_is_another_call() -> None:
    calls = watch()
    calls.notice(CLIP, 0.0)
    assert calls.expire(8.0) is None
    assert calls.deadline is None
    assert calls.notice(CLIP, 9.0) == Rang(caller="+79161234567")
    calls.notice(Notice(name="NO CARRIER"), 10.0)
    assert calls.notice(CLIP, 10.5) == Rang(caller="+79161234567")


def test_a_withheld_number_is_none() -> None:
    calls = watch()
    withheld = Notice(name="+CLIP", head='"",128,,,,1')
    assert calls.notice(withheld, 0.0) == Rang(caller=None)
