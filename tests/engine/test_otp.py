"""One-time passwords: the vectors of the standards, and pyotp's opinion on everything else."""

import base64
import hashlib
import tomllib
from typing import Any, Literal

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import resources
from conformance.otp import hotp, key, totp

Algorithm = Literal["sha1", "sha256", "sha512"]
ALGORITHMS: tuple[Algorithm, ...] = ("sha1", "sha256", "sha512")

VECTORS: dict[str, Any] = tomllib.loads((resources.folder("fixtures") / "otp.toml").read_text())
COUNTED = list(enumerate(VECTORS["hotp"]["codes"]))
TIMED = [(name, row["seconds"], row[name]) for row in VECTORS["totp"]["at"] for name in ALGORITHMS]

SECRETS = st.binary(min_size=1, max_size=64)
LONG_SECRETS = st.binary(min_size=14, max_size=64)
SHORT_SECRETS = st.binary(min_size=1, max_size=13)
TIMES = st.integers(0, 2**37)


def base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode()


@pytest.mark.parametrize(("counter", "code"), COUNTED)
def test_a_counter_gives_the_code_of_rfc_4226(counter: int, code: str) -> None:
    assert hotp(VECTORS["hotp"]["secret"].encode(), counter) == code


@pytest.mark.parametrize(("algorithm", "seconds", "code"), TIMED)
def test_a_time_gives_the_code_of_rfc_6238(algorithm: Algorithm, seconds: int, code: str) -> None:
    secret = base32(VECTORS["totp"]["secrets"][algorithm].encode())

    assert totp(secret, seconds, digits=8, algorithm=algorithm) == code


@given(LONG_SECRETS, st.integers(0, 2**64 - 1), st.integers(6, 10))
def test_pyotp_has_the_same_code_for_a_counter(secret: bytes, counter: int, digits: int) -> None:
    assert hotp(secret, counter, digits=digits) == pyotp.HOTP(base32(secret), digits=digits).at(counter)


@given(LONG_SECRETS, TIMES, st.integers(6, 8), st.sampled_from(ALGORITHMS), st.integers(15, 90))
def test_pyotp_has_the_same_code_for_a_time(
    secret: bytes, seconds: int, digits: int, algorithm: Algorithm, step: int
) -> None:
    theirs = pyotp.TOTP(base32(secret), digits=digits, digest=getattr(hashlib, algorithm), interval=step)

    assert totp(base32(secret), seconds, step=step, digits=digits, algorithm=algorithm) == theirs.at(seconds)


@given(SHORT_SECRETS, TIMES)
def test_a_short_secret_counts_as_one_filled_up_with_zeros(secret: bytes, seconds: int) -> None:
    """Servers of this family make secrets of 80 bits, which pyotp refuses; to HMAC both are the same (RFC 2104)."""
    assert totp(base32(secret), seconds) == pyotp.TOTP(base32(secret.ljust(14, b"\0"))).at(seconds)


@given(SECRETS, TIMES)
def test_a_code_lasts_for_its_step(secret: bytes, seconds: int) -> None:
    began = seconds - seconds % 30

    assert totp(base32(secret), began) == totp(base32(secret), began + 29.999) == totp(base32(secret), seconds)


@given(SECRETS, st.integers(0, 2**32))
def test_a_code_keeps_its_leading_zeros(secret: bytes, counter: int) -> None:
    code = hotp(secret, counter)

    assert len(code) == 6
    assert code.isdigit()


@given(SECRETS)
def test_a_secret_may_be_written_as_people_copy_it(secret: bytes) -> None:
    """Without padding, in small letters, in groups of four: as enrolment pages print it."""
    plain = base32(secret).rstrip("=")
    grouped = " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))

    assert key(plain) == key(grouped) == key(plain.lower()) == key(base32(secret)) == key(plain + "=") == secret


@pytest.mark.parametrize("secret", ["A1", "JBSW-Y3DP", "ABC!", "0", "ä"])
def test_a_secret_that_is_no_base32_is_an_error(secret: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        totp(secret, 0)
