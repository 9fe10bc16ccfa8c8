"""What the binds of one link share: made once by `smpp.client`."""

from dataclasses import dataclass, field

from gateway.core.clock import Clock
from gateway.core.ids import IdSource, LinkId
from smpp.config import BindConfig
from smpp.observer import SmppObserver
from smpp.receipt import IdBook
from smpp.repeats import Doubts
from smpp.session import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One link's constants and companions."""

    link: LinkId
    config: BindConfig
    clock: Clock
    ids: IdSource
    observer: SmppObserver
    book: IdBook
    doubts: Doubts = field(default_factory=Doubts)

    @property
    def limits(self) -> Limits:
        """The waits of a session, as configured."""
        config = self.config
        return Limits(
            window=config.window,
            bind_s=config.bind_timeout_s,
            request_s=config.request_timeout_s,
            enquire_every_s=config.enquire_interval_s,
            enquire_answer_s=config.enquire_timeout_s,
        )
