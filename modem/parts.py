"""What the pieces of one modem link share: made once by `modem.driver`."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.core.clock import Clock
from gateway.core.errors import SubmitFailure
from gateway.core.ids import AttemptId, LinkId
from gateway.core.link import Memory, Reference
from modem.board import StatusBoard
from modem.config import ModemConfig
from modem.observer import ModemObserver
from modem.recovery import Ladder
from modem.timing import Timing
from modem.usb import ModemRegistry

LateResult = Callable[[AttemptId, Reference | SubmitFailure], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One modem link's constants and companions."""

    link: LinkId
    config: ModemConfig
    clock: Clock
    timing: Timing
    memory: Memory
    registry: ModemRegistry
    observer: ModemObserver
    ladder: Ladder
    board: StatusBoard
    late_result: LateResult | None

    @classmethod
    def assemble(
        cls,
        config: ModemConfig,
        *,
        clock: Clock,
        memory: Memory,
        registry: ModemRegistry,
        timing: Timing,
        observer: ModemObserver,
        late_result: LateResult | None,
    ) -> "Parts":
        """Everything for the modem of one section."""
        link = LinkId(config.name)
        ladder = Ladder(
            link=link,
            clock=clock,
            timing=timing,
            observer=observer,
            power_hook=config.power_hook,
        )
        return cls(
            link=link,
            config=config,
            clock=clock,
            timing=timing,
            memory=memory,
            registry=registry,
            observer=observer,
            ladder=ladder,
            board=StatusBoard(link, clock, msisdn=config.msisdn),
            late_result=late_result,
        )
