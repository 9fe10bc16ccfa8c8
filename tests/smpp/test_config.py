"""The `[[smpp]]` section."""

from typing import Any

import pytest

from gateway.core.errors import ConfigError
from smpp.config import BindConfig, VendorTlv
from smpp.pdu import Tlv

BASE: dict[str, Any] = {"name": "carrier", "host": "smsc", "system_id": "seventy"}


def test_the_sketch_of_the_product_is_enough() -> None:
    config = BindConfig(**BASE, password="secret", window=32, rate_per_s=100)
    assert config.line == "seventy@carrier"
    assert config.places() == (("smsc", 2775),)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": "not a name"}, "name"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"hosts": ("a:b",)}, "hosts"),
        ({"system_id": "x" * 16}, "system_id"),
        ({"system_id": ""}, "system_id"),
        ({"password": "x" * 9}, "password"),
        ({"password": "x" * 65, "long_password": True}, "password"),
        ({"version": "3.5"}, "version"),
        ({"binds": 0}, "binds"),
        ({"window": 0}, "window"),
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"request_timeout_s": 0}, "request_timeout_s"),
        ({"tls_insecure": True}, "tls"),
        ({"tls": True, "tls_fingerprint": "ab"}, "tls_fingerprint"),
        ({"data_coding": 256}, "data_coding"),
        ({"version": "3.3", "long_text": "sar"}, "long_text"),
        ({"version": "3.3", "operation": "data_sm"}, "operation"),
        ({"version": "3.3", "tlvs": (VendorTlv(tag=0x1400, value=1),)}, "tlvs"),
        ({"service_type": "toolong"}, "service_type"),
        ({"utc_offset_quarters": 49}, "utc_offset_quarters"),
        ({"inquire_after_s": 1.0}, "inquire_after_s"),
        ({"outbind_listen": "nowhere"}, "outbind_listen"),
        ({"outbind_listen": "[::]:2776"}, "outbind_from"),
        ({"outbind_listen": "::", "outbind_from": ("10.0.0.0/8",)}, "outbind_listen"),
        ({"outbind_listen": "h:1", "outbind_from": ("10.0.0.1/8",)}, "outbind_from"),
    ],
)
def test_a_problem_is_named_by_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        BindConfig(**BASE | change)
    assert caught.value.path == key


def test_further_hosts_may_have_ports() -> None:
    config = BindConfig(**BASE, hosts=("second", "third:99", "[::1]:2776"))
    assert config.places()[1:] == (("second", 2775), ("third", 99), ("::1", 2776))


def test_a_long_password_needs_its_switch() -> None:
    config = BindConfig(**BASE, password="x" * 20, long_password=True)
    assert "x" * 20 not in repr(config)


@pytest.mark.parametrize(
    ("value", "octets"), [("1001", b"1001"), ("0x0A0b", b"\x0a\x0b"), (7, b"\0\0\0\7")]
)
def test_vendor_parameters_are_text_hex_or_numbers(
    value: str | int, octets: bytes
) -> None:
    assert VendorTlv(tag=0x1400, value=value).tlv() == Tlv(tag=0x1400, value=octets)


@pytest.mark.parametrize(("tag", "value"), [(0x13FF, "a"), (0x1400, "0xZZ")])
def test_a_vendor_parameter_must_be_one(tag: int, value: str) -> None:
    with pytest.raises(ConfigError):
        VendorTlv(tag=tag, value=value)
