"""What waits for one listener, in memory: its order, how much at once, when again.

Pure: no clock, no store. What a line does not hold is still in the store, and the line
knows that there is more. Spec: Standard Webhooks 1.0.0; spec/reliability.md FT-33.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.core.account import Delivery
from gateway.core.ids import DeliveryId
from web.batch import OCTETS_LIMIT, belong_together
from web.schedule import Pause

QUEUE_LIMIT = 256
# Beside the queue, results may wait to be written: when they cannot be, sending ends.
_HELD_LIMIT = 2 * QUEUE_LIMIT

# An ended pause is kept for its count of failures, but not for ever.
_PAUSE_KEPT = timedelta(minutes=10)


class Line:
    """Deliveries to one URL.

    The window, which bounds the posts under way, opens by one with each success and
    closes by half with each failure: a listener that hangs ties up one post.
    """

    def __init__(self, url: str, *, window_limit: int) -> None:
        self.url = url
        self.under_way = 0
        self.look_at: datetime | None = None  # when the store has something due
        self.pause: Pause | None = None
        self.is_asking = False  # the store is being asked
        self._window_limit = window_limit
        self._window = 1
        self._limit = QUEUE_LIMIT
        self._queue: deque[Delivery] = deque()
        self._held: set[DeliveryId] = set()  # until the result is on disk
        self._settled: list[DeliveryId] = []

    @property
    def is_over(self) -> bool:
        """Nothing of it is here or known to be in the store."""
        return not self._held and self.look_at is None and self.pause is None

    def is_hungry(self, now: datetime) -> bool:
        """Is it time to ask the store."""
        look_at = self.next_look(now)
        return look_at is not None and look_at <= now

    @property
    def _wants_more(self) -> bool:
        is_low = len(self._queue) <= self._limit // 8
        return is_low and len(self._held) < _HELD_LIMIT - QUEUE_LIMIT // 4

    def offer(self, delivery: Delivery, *, limit: int) -> None:
        """A new one, which comes behind all that was owed before."""
        is_behind = self.look_at is not None and self.look_at <= delivery.due_at
        self._limit = limit
        is_full = len(self._queue) >= limit or len(self._held) >= _HELD_LIMIT
        if is_behind or is_full or self.is_asking or self.pause is not None:
            self.expect(delivery.due_at)
        else:
            self._take(delivery)

    def ask(self, *, limit: int) -> int:
        """The store is being asked for so many; those that are held come again."""
        self._limit = limit
        self.is_asking = True
        self.look_at = None
        return limit + len(self._held)

    def fill(self, found: Sequence[Delivery], now: datetime, *, asked: int) -> None:
        """What the store has, first due first."""
        self.is_asking = False
        for delivery in found:
            if delivery.due_at > now:
                self.expect(delivery.due_at)
                break
            self._take(delivery)
        else:
            if len(found) == asked:
                self.expect(now)
        self._held.difference_update(self._settled)
        self._settled.clear()

    def expect(self, due_at: datetime) -> None:
        """Something in the store is due then."""
        if self.look_at is None or due_at < self.look_at:
            self.look_at = due_at

    def next(self, now: datetime) -> Delivery | None:
        """The next to post, if one more may be under way; it then is."""
        if not self._queue or self.under_way >= self._window or self.is_paused(now):
            return None
        self.under_way += 1
        return self._queue.popleft()

    def join(self, first: Delivery, count: int) -> list[Delivery]:
        """`first`, which is under way, and those behind it that may share its post."""
        members, octets = [first], len(first.body)
        while self._queue and len(members) < count:
            following = self._queue[0]
            octets += len(following.body)
            if octets > OCTETS_LIMIT or not belong_together(first, following):
                break
            members.append(self._queue.popleft())
        return members

    def is_paused(self, now: datetime) -> bool:
        return self.pause is not None and self.pause.until > now

    def next_look(self, now: datetime) -> datetime | None:
        """When to ask the store; None: not before something moves."""
        if self.is_asking:
            return None
        if self.pause is not None and self.pause.until > now:
            return self.pause.until
        if self.pause is not None and not self._held and self.look_at is None:
            return self.pause.until + _PAUSE_KEPT
        return self.look_at if self._wants_more else None

    def worked(self, now: datetime) -> None:
        """A post was taken."""
        self._window = min(self._window_limit, self._window + 1)
        # What was asked for is kept even if another post, sent before, was taken.
        if self.pause is not None and not (self.pause.asked and self.is_paused(now)):
            self.pause = None

    def failed(
        self,
        now: datetime,
        *,
        status: int | None,
        retry_after: timedelta | None,
        jitter: float,
    ) -> None:
        """A post was not taken: leave the listener alone, and its backlog with it."""
        self._window = max(1, self._window // 2)
        if self.pause is None or not self.is_paused(now) or retry_after is not None:
            self.pause = Pause.after(
                self.pause,
                now=now,
                status=status,
                retry_after=retry_after,
                jitter=jitter,
            )
        for delivery in self._queue:
            self._held.discard(delivery.id)
            self.expect(delivery.due_at)
        self._queue.clear()

    def settle(self, delivery_id: DeliveryId) -> None:
        """Its result is on disk."""
        if self.is_asking:
            self._settled.append(delivery_id)  # the answer may be from before
        else:
            self._held.discard(delivery_id)

    def forget_old_pause(self, now: datetime) -> None:
        if self.pause is not None and now - self.pause.until >= _PAUSE_KEPT:
            self.pause = None

    def _take(self, delivery: Delivery) -> None:
        if delivery.id not in self._held:
            self._held.add(delivery.id)
            self._queue.append(delivery)
