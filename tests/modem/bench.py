"""The driver on a table: a door that keeps, a memory, quick timing, and waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.codec.address import Address
from gateway.codec.segment import UserData, cut_text
from gateway.core.clock import SystemClock
from gateway.core.errors import StoreBusy, StoreError, SubmitFailure
from gateway.core.ids import AttemptId, MessageId, SegmentId, SystemIds
from gateway.core.link import (
    InboundItem,
    InboundReport,
    LinkState,
    LinkStatus,
    Reference,
    SmsUnit,
)
from modem.config import ModemConfig
from modem.driver import ModemLink
from modem.timing import Timing
from modem.usb import ModemRegistry, SerialPlace

QUICK = Timing(
    submit_s=1.0,
    command_limit_s=0.5,
    prompt_s=0.5,
    write_s=1.0,
    drain_s=0.03,
    drain_limit_s=0.3,
    probe_s=0.15,
    hello_s=0.6,
    boot_s=1.0,
    boot_settle_s=0.1,
    sim_poll_s=0.05,
    sim_missing_s=0.2,
    blocked_poll_s=0.1,
    sim_ready_s=0.5,
    service_ready_s=0.5,
    registration_poll_s=0.05,
    check_gap_s=0.02,
    health_period_s=0.3,
    second_looks_s=(0.05, 0.2),
    sweep_period_s=0.5,
    store_retry_s=0.05,
    busy_delays_s=(0.02, 0.04, 0.08),
    clip_s=0.1,
    ring_gap_s=0.3,
    ussd_s=1.0,
    acknowledge_s=0.5,
    reopen_delays_s=(0.05, 0.05, 0.1),
    line_pause_s=(0.3, 0.6),
    reinit_interval_s=0.1,
    reset_interval_s=0.2,
    power_interval_s=0.2,
)


@dataclass(slots=True)
class KeepingDoor:
    """Keeps what comes in; refuses the next `refuse` items first."""

    items: list[InboundItem] = field(default_factory=list)
    statuses: list[LinkStatus] = field(default_factory=list)
    refuse: int = 0
    before: Callable[[InboundItem], None] | None = None

    async def accept(self, item: InboundItem) -> None:
        if self.refuse:
            self.refuse -= 1
            raise StoreBusy("not now")
        if self.before is not None:
            self.before(item)
        self.items.append(item)

    async def accept_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[StoreError | None]:
        raise AssertionError("a modem's references are not unique")

    def status_changed(self, status: LinkStatus) -> None:
        self.statuses.append(status)


@dataclass(slots=True)
class DictMemory:
    """A memory that outlives links."""

    facts: dict[str, str] = field(default_factory=dict)

    async def recall(self, key: str) -> str | None:
        return self.facts.get(key)

    async def remember(self, key: str, value: str) -> None:
        self.facts[key] = value


@dataclass(slots=True)
class Late:
    """Results that came after their submission was given up."""

    results: list[tuple[AttemptId, Reference | SubmitFailure]] = field(
        default_factory=list
    )

    def __call__(self, attempt: AttemptId, result: Reference | SubmitFailure) -> None:
        self.results.append((attempt, result))


@dataclass(slots=True)
class Bench:
    """A running link and all around it."""

    link: ModemLink
    door: KeepingDoor
    memory: DictMemory
    late: Late

    async def up(self, within_s: float = 5.0) -> None:
        await eventually(lambda: self.link.status.state is LinkState.UP, within_s)


@asynccontextmanager
async def running(
    config: ModemConfig,
    *,
    timing: Timing = QUICK,
    memory: DictMemory | None = None,
    registry: ModemRegistry | None = None,
    places: tuple[SerialPlace, ...] = (),
) -> AsyncIterator[Bench]:
    bench = Bench(
        link=ModemLink(
            config,
            clock=SystemClock(),
            ids=SystemIds(),
            memory=memory or DictMemory(),
            registry=registry or ModemRegistry(),
            timing=timing,
            late_result=(late := Late()),
            places=lambda: places,
        ),
        door=(door := KeepingDoor()),
        memory=memory or DictMemory(),
        late=late,
    )
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(bench.link.run(door))
        try:
            yield bench
        finally:
            task.cancel()


async def eventually(truth: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until `truth` holds; a failed wait fails the test."""
    async with asyncio.timeout(within_s):
        while not truth():  # noqa: ASYNC110  # anything may make it true
            await asyncio.sleep(0.005)


def unit(text: str = "hello", **changes: object) -> SmsUnit:
    """A segment to +79161234567."""
    facts: dict[str, object] = {
        "message_id": MessageId("msg_1"),
        "segment_id": SegmentId("seg_1"),
        "attempt_id": AttemptId("att_1"),
        "destination": Address.parse("+79161234567"),
        "body": _body(text),
        **changes,
    }
    return SmsUnit(**facts)  # type: ignore[arg-type]  # the fields are the test's


def _body(text: str) -> UserData:
    (body,) = cut_text(text, reference=1)
    return body
