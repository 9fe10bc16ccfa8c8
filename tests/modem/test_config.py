"""Each key of the section is checked and a wrong one is named."""

from typing import Any

import pytest

from gateway.core.errors import ConfigError
from modem.config import ModemConfig

GOOD: dict[str, Any] = {"name": "sim1", "port": "/dev/ttyUSB2"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"port": "tcp:192.0.2.1:7000"},
        {"port": "tcp:[2001:db8::1]:7000"},
        {"port": "unix:@modem1"},
        {"port": "unix:/run/modem1"},
        {"port": None, "imei": "861234567890123"},
        {"port": None, "usb_path": "1-1.4.2"},
        {"pin": "1234", "msisdn": "+79160000001", "smsc": "+79160000000"},
        {"init": ("AT+CNMP=38", "AT^CURC=0"), "power_hook": ("/bin/true",)},
    ],
)
def test_what_a_modem_may_be(changes: dict[str, Any]) -> None:
    assert ModemConfig(**{**GOOD, **changes}).name == "sim1"


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("name", {"name": "a b"}),
        ("name", {"name": ""}),
        ("port", {"port": None}),
        ("port", {"imei": "861234567890123"}),
        ("port", {"port": ""}),
        ("port", {"port": "/dev/tty\nUSB0"}),
        ("port", {"port": "tcp:host"}),
        ("port", {"port": "tcp:host:99999"}),
        ("port", {"port": "unix:"}),
        ("imei", {"port": None, "imei": "12"}),
        ("usb_path", {"port": None, "usb_path": "../1"}),
        ("baud", {"baud": 1234}),
        ("pin", {"pin": "12a4"}),
        ("pin", {"pin": '1234"'}),
        ("msisdn", {"msisdn": "89160000001"}),
        ("smsc", {"smsc": "x"}),
        ("submit_timeout_s", {"submit_timeout_s": 30.0}),
        ("sweep_period_s", {"sweep_period_s": 0.0}),
        ("rate_per_s", {"rate_per_s": 0.0}),
        ("init[1]", {"init": ("ATE0", "AT\r")}),
        ("init[0]", {"init": ("CSQ",)}),
        ("power_hook", {"power_hook": ()}),
        ("profile", {"profile": "nokia"}),
    ],
)
def test_what_it_may_not_be(key: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        ModemConfig(**{**GOOD, **changes})
    assert caught.value.path == key
