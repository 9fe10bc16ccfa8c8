"""What may stand in the `[smpp_server]` section."""

from pathlib import Path
from typing import Any

import pytest

from gateway.core.errors import ConfigError
from smpp.server_config import SmppServerConfig


def test_it_listens_on_this_machine_by_default() -> None:
    assert SmppServerConfig().address == ("127.0.0.1", 2775)
    assert SmppServerConfig(listen="[::]:2776").address == ("::", 2776)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("listen", {"listen": "2775"}),
        ("listen", {"listen": "example.org:2775"}),
        ("listen", {"listen": "127.0.0.1:70000"}),
        ("listen", {"listen": "127.0.0.1:x"}),
        ("system_id", {"system_id": ""}),
        ("system_id", {"system_id": "sixteen letters!"}),
        ("system_id", {"system_id": "имя"}),
        ("tls_key", {"tls_certificate": Path("tls.crt")}),
        ("tls_client_ca", {"tls_client_ca": Path("ca.pem")}),
        ("bind_timeout_s", {"bind_timeout_s": 0.0}),
        ("enquire_interval_s", {"enquire_interval_s": 4000.0}),
        ("connections", {"connections": 0}),
        ("connections_per_source", {"connections_per_source": 0}),
        ("max_text_octets", {"max_text_octets": 100_000}),
    ],
)
def test_each_problem_names_its_key(key: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as raised:
        SmppServerConfig(**changes)
    assert raised.value.path == key
