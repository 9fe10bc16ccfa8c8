"""One-time codes by time, as authenticator apps make them. Pure.

Which code was used last is kept by `logins`; a code is good for its step and one step
to either side, once.

Spec: spec/reliability.md SEC-27; RFC 6238, RFC 4226 5.3
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

SECRET_OCTETS: Final = 20  # RFC 4226 4: 160 bits are recommended
DIGITS: Final = 6
STEP_S: Final = 30
WINDOW: Final = 1  # steps that a telephone's clock may be off
ISSUER: Final = "Seventy"


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step (RFC 4226: of one counter)."""
    digest = hmac.new(secret, step.to_bytes(8), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(moment: datetime) -> int:
    """The step that a moment is in."""
    return int(moment.timestamp()) // STEP_S


def accepted_step(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The step whose code this is; None for a wrong one, or one not after `after`."""
    said = "".join(code.split()).encode("utf-8", "replace")
    current, found = step_at(now), None
    # All are compared, so that the time tells nothing.
    for step in range(current - WINDOW, current + WINDOW + 1):
        is_it = hmac.compare_digest(code_at(secret, step).encode(), said)
        if is_it and step > after:
            found = step
    return found


def spell_secret(secret: bytes) -> str:
    """As a person types it into an app: base 32."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri_of(secret: bytes, login: str) -> str:
    """What a QR code holds for the app."""
    query = {
        "secret": spell_secret(secret),
        "issuer": ISSUER,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_S,
    }
    return f"otpauth://totp/{quote(f'{ISSUER}:{login}')}?{urlencode(query)}"
