"""Which edition a target is judged by: the majority of independent signs, never one field alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.model import ABSENT, EDITIONS, Challenge, Edition

ENOUGH: Final = 3
"""Signs that are needed to say anything."""

Sign = tuple[str, Edition]


def choose(asked: str, signs: list[Sign]) -> tuple[Edition, tuple[str, ...]]:
    """The edition, and the evidence in words. What was asked for stands; else the majority of at least three signs."""
    evidence = tuple(f"{edition}: {seen}" for seen, edition in signs)
    for edition in EDITIONS:
        if asked == edition:
            return edition, (f"{asked}: as asked for", *evidence)
    current = sum(edition == "current" for _, edition in signs)
    if len(signs) < ENOUGH:
        return "classic", (*evidence, f"classic: only {len(signs)} signs, {ENOUGH} are needed to say otherwise")
    return ("current" if current > len(signs) - current else "classic"), evidence


def signs(
    version: str | None,
    challenge: Challenge | None,
    refusal: Challenge | None,
    several_codes: bool | None,
) -> list[Sign]:
    """What each of the five signs says; one that was not to be had says nothing."""
    return [
        *_version(version),
        *(_expiry(challenge) if challenge else ()),
        *(_address(challenge) if challenge else ()),
        *(_refusal(refusal) if refusal else ()),
        *_resend(several_codes),
    ]


def _version(version: str | None) -> Iterator[Sign]:
    major = (version or "").partition(".")[0]
    if major.isascii() and major.isdigit():
        yield f"version {version}", "current" if int(major) >= 6 else "classic"


def _expiry(challenge: Challenge) -> Iterator[Sign]:
    match challenge.code_expires:
        case list():
            yield "codeExpires is a list", "classic"
        case str():
            yield "codeExpires is one date", "current"


def _address(challenge: Challenge) -> Iterator[Sign]:
    if isinstance(challenge.email_or_username, str):
        yield "a challenge has emailOrUsername", "current"
    else:
        yield "a challenge has no emailOrUsername", "classic"


def _refusal(refusal: Challenge) -> Iterator[Sign]:
    if refusal.available_methods is ABSENT:
        yield "totp-invalid has no availableMethods", "classic"
    else:
        yield "totp-invalid has availableMethods", "current"


def _resend(several_codes: bool | None) -> Iterator[Sign]:
    if several_codes is not None:
        yield (
            ("an earlier code works after a resend", "classic")
            if several_codes
            else ("an earlier code is refused after a resend", "current")
        )
