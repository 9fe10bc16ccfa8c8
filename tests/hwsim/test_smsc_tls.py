"""The SMSC's port under TLS, as a process."""

import signal
import socket
import ssl
from pathlib import Path

from tests.hwsim.serving import Serving


def test_the_certificate_it_names_is_the_one_it_shows(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "d", "--modems", "0", "--smpp-tls")
    try:
        smpp = serving.addresses["smpp"]
        host, _, port = smpp["address"].rpartition(":")
        context = ssl.create_default_context(cafile=smpp["certificate"])
        with (
            socket.create_connection((host, int(port)), timeout=5) as raw,
            context.wrap_socket(raw, server_hostname=host) as wire,
        ):
            wire.sendall(bytes.fromhex("00000010000000150000000000000007"))
            assert wire.recv(16) == bytes.fromhex("00000010800000150000000000000007")
        key = Path(smpp["certificate"]).with_suffix(".key")
        assert key.stat().st_mode & 0o077 == 0
    finally:
        assert serving.stop(signal.SIGTERM) == 0
