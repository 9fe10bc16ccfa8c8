"""Where this box may connect to: URLs when given, addresses when connected to."""

import socket

import pytest
from yarl import URL

from gateway.core.errors import Invalid
from web.egress import AllowRule, Egress, EgressRefused

ENTRIES = (
    "hooks.example.org",
    "ivr.lan:8080",
    "192.168.1.10:9000",
    "10.9.0.0/16",
    "[fd00::5]:8080",
    "2001:db8:aaaa::/48",
)
GUARD = Egress(ENTRIES, own_port=8070)

GIVEN = {
    "https://hooks.example.org/in": True,
    "http://hooks.example.org:8088/in": True,
    "https://HOOKS.example.ORG./in": True,
    "http://ivr.lan:8080/": True,
    "http://192.168.1.10:9000/x": True,
    "http://10.9.3.4/": True,
    "http://[fd00::5]:8080/": True,
    "http://[::ffff:10.9.3.4]/": True,
    "http://ivr.lan/": False,
    "http://ivr.lan:8081/": False,
    "http://192.168.1.10/": False,
    "http://192.168.1.11:9000/": False,
    "http://10.8.0.1/": False,
    "http://[fd00::6]:8080/": False,
    "http://evil.example.net/": False,
    "http://hooks.example.org.evil.example.net/": False,
    "http://evil-hooks.example.org/": False,
    "http://127.0.0.1/": False,
    "http://localhost/": False,
    "http://2130706433/": False,
    "http://0x7f.1/": False,
    "http://017700000001/": False,
    "http://0/": False,
    "http://[::]/": False,
    "http://[::1]/": False,
    "http://169.254.169.254/latest/meta-data": False,
    "http://user@hooks.example.org/": False,
    "http://user:secret@hooks.example.org/": False,
    "http://hooks.example.org@evil.example.net/": False,
    "http://hooks.example.org/#part": False,
    "ftp://hooks.example.org/": False,
    "file:///etc/passwd": False,
    "gopher://hooks.example.org/": False,
    "//hooks.example.org/": False,
    "hooks.example.org": False,
    "": False,
    "http://": False,
    "http://hooks.example.org:99999/": False,
    "http://[::1": False,
    "http://hooks.example.org/\r\nHost: evil": False,
    "http://hooks.example.org/" + "x" * 2048: False,
}

# host, port, what the name resolved to, may it be
RESOLVED = [
    ("hooks.example.org", 443, "93.184.216.34", True),
    ("hooks.example.org", 443, "2606:2800:220:1::1", True),
    ("hooks.example.org", 443, "::ffff:93.184.216.34", True),
    ("hooks.example.org", 443, "192.168.1.10", False),
    ("hooks.example.org", 443, "10.9.3.4", False),
    ("hooks.example.org", 443, "100.64.0.1", False),
    ("hooks.example.org", 443, "127.0.0.1", False),
    ("hooks.example.org", 443, "127.8.8.8", False),
    ("hooks.example.org", 443, "::1", False),
    ("hooks.example.org", 443, "::ffff:127.0.0.1", False),
    ("hooks.example.org", 443, "::127.0.0.1", False),
    ("hooks.example.org", 443, "64:ff9b::7f00:1", False),
    ("hooks.example.org", 443, "64:ff9b::c0a8:10a", False),
    ("hooks.example.org", 443, "64:ff9b:1::7f00:1", False),
    ("hooks.example.org", 443, "2002:7f00:1::", False),
    ("hooks.example.org", 443, "2002:c0a8:10a::1", False),
    ("hooks.example.org", 443, "2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ("hooks.example.org", 443, "0.0.0.0", False),  # noqa: S104
    ("hooks.example.org", 443, "::", False),
    ("hooks.example.org", 443, "255.255.255.255", False),
    ("hooks.example.org", 443, "240.0.0.1", False),
    ("hooks.example.org", 443, "224.0.0.251", False),
    ("hooks.example.org", 443, "ff02::1", False),
    ("hooks.example.org", 443, "fe80::1", False),
    ("hooks.example.org", 443, "fd12:3456::1", False),
    ("hooks.example.org", 443, "169.254.169.254", False),
    ("hooks.example.org", 443, "::ffff:169.254.169.254", False),
    ("hooks.example.org", 443, "100.100.100.200", False),
    ("ivr.lan", 8080, "192.168.7.7", True),
    ("ivr.lan", 8080, "fd12:3456::1", True),
    ("ivr.lan", 8080, "100.64.0.1", True),
    ("ivr.lan", 8080, "127.0.0.1", False),
    ("ivr.lan", 8080, "169.254.169.254", False),
    ("ivr.lan", 8080, "fd00:ec2::254", False),
    ("ivr.lan", 8080, "fe80::1", False),
    ("ivr.lan", 80, "192.168.7.7", False),
    ("192.168.1.10", 9000, "192.168.1.10", True),
    ("10.9.3.4", 80, "10.9.3.4", True),
    ("fd00::5", 8080, "fd00::5", True),
    ("evil.example.net", 80, "93.184.216.34", False),
]


@pytest.mark.parametrize(("text", "allowed"), GIVEN.items())
def test_a_url_is_taken_only_for_an_allowed_host(text: str, allowed: bool) -> None:
    if allowed:
        assert GUARD.check_url(text, field="url").host
        return
    with pytest.raises(Invalid) as caught:
        GUARD.check_url(text, field="url")
    assert caught.value.field == "url"


@pytest.mark.parametrize(("host", "port", "address", "allowed"), RESOLVED)
def test_a_name_may_mean_only_what_was_allowed(
    host: str, port: int, address: str, allowed: bool
) -> None:
    if allowed:
        GUARD.check_address(host, port, address)
        return
    with pytest.raises(EgressRefused):
        GUARD.check_address(host, port, address)


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "localhost", "[::1]"])
def test_loopback_is_reached_only_by_an_entry_that_says_so(entry: str) -> None:
    guard = Egress((entry,), own_port=8070)
    host = "::1" if entry == "[::1]" else entry.replace("127.0.0.0/8", "127.0.0.1")
    address = "::1" if entry == "[::1]" else "127.0.0.1"
    guard.check_address(host, 9000, address)
    with pytest.raises(EgressRefused, match="itself"):
        guard.check_address(host, 8070, address)


@pytest.mark.parametrize("entry", ["", "a b", "host:0", "host:99999", "host:x", "ü.de"])
def test_an_odd_entry_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        AllowRule.parse(entry)


def test_no_socket_is_made_for_a_refused_address() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))
    with pytest.raises(EgressRefused):
        GUARD.make_socket(URL("https://hooks.example.org"), info)
