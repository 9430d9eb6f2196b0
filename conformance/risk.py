"""What a test may do to a target: read off what it asks for, so that nobody has to remember to declare it.

A test that asks for people has accounts made, one that is about email has mails sent. Two things stand as marks above it:
``@settings`` and ``@may_lock``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from conformance.cast import CAST
from conformance.costs import Cost

Risk = Literal["reads", "creates", "mails", "may-lock", "changes-settings"]
RISKS: Final[dict[Risk, str]] = {
    "reads": "sends requests, and reads what they are answered",
    "creates": "has accounts of its own made, and removed",
    "mails": "has mails sent to its accounts",
    "may-lock": "sends so many wrong codes, or asks for so many mails, that its account may be locked",
    "changes-settings": "needs settings of the target otherwise for a while",
}


def risks_of(handles: Collection[str], needs: Collection[str]) -> tuple[Risk, ...]:
    """The risks of a test that asks for these handles. ``needs``: what its requirement and its marks presuppose."""
    people = [CAST[name] for name in handles if name in CAST]
    there: dict[Risk, bool] = {
        "reads": True,
        "creates": bool(people),
        "mails": "email" in needs or any(role.email for role in people),
        "may-lock": "lockout" in needs,
        "changes-settings": "settings" in needs,
    }
    return tuple(risk for risk in RISKS if there[risk])


def seen_in(cost: Cost, wrong_codes: int) -> set[Risk]:
    """The risks that a test has shown when its cost was measured. ``wrong_codes``: so many do not lock an account."""
    there: dict[Risk, bool] = {
        "creates": cost.accounts > 0,
        "mails": cost.mails > 0,
        "may-lock": cost.most > wrong_codes,
    }
    return {risk for risk, seen in there.items() if seen}
