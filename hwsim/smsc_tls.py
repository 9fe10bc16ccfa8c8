"""TLS for the SMSC's port, with a certificate that it makes itself.

Relies on the ``openssl`` command. The certificate is its own authority: an ESME that is
given the file can check it.

Spec: smpp.md 3.2 (14)
"""

import ssl
import subprocess
from pathlib import Path

_DAYS = "3650"


def make_tls(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A context for the port and the certificate's file; OSError without openssl."""
    certificate, key = folder / "smsc.pem", folder / "smsc.key"
    kind = "IP" if host.replace(".", "").isdigit() or ":" in host else "DNS"
    names = f"subjectAltName=DNS:localhost,{kind}:{host}"
    made = subprocess.run(  # noqa: S603 - words of ours and the host it is bound to
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-subj", "/CN=hwsim", "-addext", names, "-days", _DAYS),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise OSError(f"openssl made no certificate: {made.stderr.strip()}")
    key.chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
