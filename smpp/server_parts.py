"""What all connections of our SMPP server share: made once by `smpp.server`."""

from dataclasses import dataclass

from gateway.core.application import ApplicationDesk
from gateway.core.clock import Clock
from smpp.server_config import SmppServerConfig
from smpp.server_observer import ServerObserver


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """The server's constants and companions; `region` is of numbers without code."""

    config: SmppServerConfig
    desk: ApplicationDesk
    clock: Clock
    observer: ServerObserver
    region: str
