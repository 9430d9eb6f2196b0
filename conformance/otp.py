"""One-time passwords from a shared secret: RFC 4226 and RFC 6238."""

from __future__ import annotations

import base64
import hmac
from typing import Literal


def hotp(secret: bytes, counter: int, *, digits: int = 6, algorithm: str = "sha1") -> str:
    """The code of one counter value, RFC 4226 section 5.3."""
    mac = hmac.digest(secret, counter.to_bytes(8, "big"), algorithm)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def totp(
    secret: str,
    at: float,
    *,
    step: int = 30,
    digits: int = 6,
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha1",
) -> str:
    """The code of a Base32 secret at a time in seconds since the epoch, RFC 6238 section 4. ValueError: no Base32."""
    return hotp(key(secret), int(at // step), digits=digits, algorithm=algorithm)


def key(secret: str) -> bytes:
    """The bytes of a Base32 secret, with or without blanks, in any letter case, with or without padding."""
    compact = secret.replace(" ", "").upper().rstrip("=")
    return base64.b32decode(compact + "=" * (-len(compact) % 8))
