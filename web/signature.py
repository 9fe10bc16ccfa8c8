"""Standard Webhooks 1.0.0 signatures: secrets as text, headers of one attempt.

Relies on nothing but HMAC-SHA256; sends nothing. Spec: Standard Webhooks 1.0.0.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

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
    signatures = (
        "v1," + base64.b64encode(_mac(secret, content)).decode("ascii")
        for secret in secrets
    )
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _mac(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).digest()
