"""What the pieces of one modem link share: made once by `modem.driver`."""

from dataclasses import dataclass

from gateway.core.board import StatusBoard
from gateway.core.clock import Clock
from gateway.core.ids import LinkId
from gateway.core.link import LateResult, LinkState, LinkStatus, Memory
from modem.config import ModemConfig
from modem.observer import ModemObserver
from modem.recovery import Ladder
from modem.timing import Timing
from modem.usb import ModemRegistry


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
            board=StatusBoard(
                LinkStatus(
                    link=link,
                    kind="modem",
                    state=LinkState.STARTING,
                    since=clock.now(),
                    msisdn=config.msisdn,
                    window=1,
                    rate_per_s=config.rate_per_s,
                ),
                clock,
            ),
            late_result=late_result,
        )

    def note_trouble(self, reason: str, detail: str | None = None) -> None:
        """The latest refusal or loss, for who looks at the link."""
        words = f"{reason}: {detail}" if detail else reason
        self.board.learn(last_error=words, last_error_at=self.clock.now())
