"""Standard Webhooks 1.0.0 signatures: secrets as text, headers of one attempt.

Relies on nothing but HMAC-SHA256; sends nothing. Spec: Standard Webhooks 1.0.0.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

_PREFIX = "whsec_"
SECRET_OCTETS = 32
SECRET_OCTETS_MIN = 24
SECRET_OCTETS_MAX = 64


def spell_secret(secret: bytes) -> str:
    """The form a person copies: `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secret).decode("ascii")


def read_secret(text: str) -> bytes:
    """The octets of a `whsec_…` secret; raises ValueError in plain words."""
    if not text.startswith(_PREFIX):
        raise ValueError("a secret begins with whsec_")
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the part after whsec_ is not base64") from None
    if not SECRET_OCTETS_MIN <= len(secret) <= SECRET_OCTETS_MAX:
        raise ValueError("a secret has 24 to 64 octets")
    return secret


def signed_headers(
    identity: str, at: datetime, body: bytes, secrets: Sequence[bytes]
) -> dict[str, str]:
    """Headers of one attempt; one signature for each secret, newest first."""
    stamp = str(int(at.timestamp()))
    content = f"{identity}.{stamp}.".encode() + body
    signatures = [
        "v1," + binascii.b2a_base64(_mac(secret, content), newline=False).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _mac(secret: bytes, content: bytes) -> bytes:
    mac = _keyed(secret).copy()
    mac.update(content)
    return mac.digest()


# `hmac.digest` would let go of the interpreter, and wait for it, each time.
@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")
