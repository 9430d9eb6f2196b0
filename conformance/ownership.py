"""Whose a combination is: the requirements that judge a single input, or a pair of them, by a test of their own.

What fails for a reason that another requirement judges is no finding here: one cause, one red row.
"""

from __future__ import annotations

from typing import Final

from conformance.combinations import Combination

LEGAL: Final = ""
"""Nobody's: what the page leaves open, and a server may do."""

_UNNAMED: Final = ("absent", "empty", "unknown")
_MAILED: Final = ("displayed", "compact")
_VALID: Final = ("challenged", "another")

_OWNERS: Final[tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = (
    (LEGAL, (("email",), ("email",), ("compact",), ("challenged",))),
    (LEGAL, (("both",), ("email",), ("compact",), ("challenged",))),
    ("acceptance.right-code", (("email",), ("email",), ("displayed",), ("challenged",))),
    ("acceptance.code-alone", (("email",), ("absent",), ("displayed",), ("challenged",))),
    ("challenge.unconditional", (("email",), ("email", *_UNNAMED), ("absent",), ("challenged",))),
    ("code.random", (("email",), ("email",), ("wrong",), ("challenged",))),
    ("code.replaced", (("email",), ("email",), ("empty",), ("challenged",))),
    ("code.any-method", (("email",), _UNNAMED, ("wrong",), ("challenged",))),
    ("code.used", (("email",), ("email",), ("used",), _VALID)),
    ("totp.right-code", (("totp",), ("totp",), ("totp",), ("challenged",))),
    ("totp.challenge", (("totp",), ("absent",), ("absent",), ("challenged",))),
    ("totp.wrong-code", (("totp",), ("totp",), ("wrong",), ("challenged",))),
    ("password.right-digest", (("neither",), ("password",), ("digest",), ("challenged",))),
    ("password.challenge", (("neither",), ("absent",), ("absent",), ("challenged",))),
    ("password.wrong-digest", (("neither",), ("password",), ("wrong",), ("challenged",))),
    ("password.not-beside-email", (("email",), ("email", "password"), ("digest",), ("challenged",))),
    ("password.not-beside-authenticator", (("totp",), ("totp", "password"), ("digest",), ("challenged",))),
    ("choice.each-works", (("both",), ("totp",), ("totp",), ("challenged",))),
    ("choice.each-works", (("both",), ("email",), ("displayed",), ("challenged",))),
    ("choice.named", (("both",), ("email", "totp"), ("absent",), ("challenged",))),
    ("choice.not-crossed", (("both",), ("totp",), _MAILED, ("challenged",))),
    ("choice.not-crossed", (("both",), ("email",), ("totp",), ("challenged",))),
    ("order.credentials", (("email",), ("absent",), ("absent",), ("none", "mixed"))),
)
"""A requirement, and what its tests send: states of the account, methods, codes, sessions."""


def owner(row: Combination) -> str | None:
    """The requirement that judges just this; LEGAL; or None, where nobody else does."""
    values = [value for _, value in row.items]
    fits = (name for name, sent in _OWNERS if all(value in some for value, some in zip(values, sent, strict=True)))
    return next(fits, None)
