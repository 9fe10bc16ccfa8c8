"""The `[[modem]]` section: one modem as the administrator wrote it, validated.

Relies on nothing but the values; every problem is a `ConfigError` with its key.
Reading the file and the PIN's file is done by `gateway.config` and at bring-up.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gateway.core.errors import ConfigError
from modem import commands
from modem.profiles import PROFILES

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_USB_PATH = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")
_BAUDS = frozenset(
    {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}
)
MIN_SUBMIT_TIMEOUT_S = 60.0


class FlowControl(StrEnum):
    """How the two ends of the wire stop one another."""

    NONE = "none"
    RTSCTS = "rtscts"
    XONXOFF = "xonxoff"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemConfig:
    """One modem; named by exactly one of `port`, `imei`, `usb_path`.

    `port` is a device path, `tcp:host:port` or `unix:path` (`unix:@name` abstract).
    """

    name: str
    port: str | None = None
    imei: str | None = None
    usb_path: str | None = None
    baud: int = 115200
    flow_control: FlowControl = FlowControl.NONE
    pin: str | None = field(default=None, repr=False)
    pin_file: Path | None = None
    msisdn: str | None = None
    smsc: str | None = None
    profile: str | None = None
    init: tuple[str, ...] = ()
    reports: bool = True
    hang_up_calls: bool = False
    submit_timeout_s: float = 120.0
    sweep_period_s: float = 60.0
    rate_per_s: float | None = None
    cost: int = 0  # of a segment, in thousandths of the customer's currency
    power_hook: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError("name", "letters, digits, - and _, at most 32")
        self._check_place()
        self._check_numbers()
        self._check_limits()
        self._check_commands()

    def _check_place(self) -> None:
        places = [self.port, self.imei, self.usb_path]
        if sum(place is not None for place in places) != 1:
            raise ConfigError("port", "give exactly one of port, imei and usb_path")
        if self.port is not None:
            check_port(self.port)
        if self.imei is not None and not re.fullmatch(r"\d{14,16}", self.imei):
            raise ConfigError("imei", "an IMEI is 15 digits")
        if self.usb_path is not None and not _USB_PATH.fullmatch(self.usb_path):
            raise ConfigError("usb_path", "such as 1-1.4, as named in /sys/bus/usb")
        if self.baud not in _BAUDS:
            raise ConfigError("baud", "a usual serial speed, such as 115200")

    def _check_numbers(self) -> None:
        if self.pin is not None and self.pin_file is not None:
            raise ConfigError("pin", "give pin or pin_file, not both")
        if self.pin is not None and not is_pin(self.pin):
            raise ConfigError("pin", "a PIN is 4 to 8 digits")
        if self.msisdn is not None and not re.fullmatch(r"\+\d{5,15}", self.msisdn):
            raise ConfigError("msisdn", "an international number such as +79160000001")
        if self.smsc is not None and not re.fullmatch(r"\+?\d{3,20}", self.smsc):
            raise ConfigError("smsc", "a number such as +79160000000")

    def _check_limits(self) -> None:
        if not MIN_SUBMIT_TIMEOUT_S <= self.submit_timeout_s <= 600:
            raise ConfigError("submit_timeout_s", "from 60 to 600 seconds")
        if not 5 <= self.sweep_period_s <= 3600:
            raise ConfigError("sweep_period_s", "from 5 to 3600 seconds")
        if self.rate_per_s is not None and not 0 < self.rate_per_s <= 100:
            raise ConfigError("rate_per_s", "above 0, at most 100")
        if not 0 <= self.cost <= 1_000_000:
            raise ConfigError("cost", "from 0 to 1000000 thousandths")

    def _check_commands(self) -> None:
        if self.profile is not None and self.profile not in PROFILES:
            raise ConfigError("profile", "one of " + ", ".join(PROFILES))
        for position, line in enumerate(self.init):
            try:
                commands.vendor(line)
            except ValueError as problem:
                raise ConfigError(f"init[{position}]", str(problem)) from problem
        hook = self.power_hook
        if hook is not None and (not hook or not hook[0]):
            raise ConfigError("power_hook", "a program and its arguments")


def is_pin(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4,8}", text) is not None


def check_port(port: str) -> None:
    """Raise `ConfigError` unless `port` can be a port at all."""
    if port.startswith("tcp:"):
        match = re.fullmatch(r"tcp:(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})", port)
        if match is None or not 0 < int(match.group(2)) < 65536:
            raise ConfigError("port", "tcp:host:port")
    elif port.startswith("unix:"):
        if len(port) == len("unix:"):
            raise ConfigError("port", "unix:path or unix:@name")
    elif not port or any(ord(letter) < 32 for letter in port):
        raise ConfigError("port", "a device path, tcp:host:port or unix:path")
