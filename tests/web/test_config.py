"""Settings of the HTTP face."""

from pathlib import Path
from typing import Any

import pytest

from gateway.core.errors import ConfigError
from web.config import HttpConfig


def test_the_default_listens_on_loopback_and_allows_no_webhook() -> None:
    config = HttpConfig()
    assert config.address == ("127.0.0.1", 8070)
    assert config.webhook_hosts == ()


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("0.0.0.0:80", ("0.0.0.0", 80)),  # noqa: S104
        ("[::1]:8070", ("::1", 8070)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_an_address_to_listen_on_is_read(listen: str, address: tuple[str, int]) -> None:
    assert HttpConfig(listen=listen).address == address


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("listen", {"listen": "8070"}),
        ("listen", {"listen": "127.0.0.1:99999"}),
        ("listen", {"listen": "example.org:80"}),
        ("webhook_hosts[1]", {"webhook_hosts": ("ok.example.org", "not ok")}),
        ("public_url", {"public_url": "text.example.org"}),
        ("public_url", {"public_url": "https://user@text.example.org"}),
        ("tls_key", {"tls_certificate": Path("cert.pem")}),
    ],
)
def test_a_wrong_setting_names_its_key(path: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        HttpConfig(**fields)
    assert caught.value.path == path
