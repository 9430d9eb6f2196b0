"""What a suite may import: the mark, the kinds of replies, and the few functions that suites need.

Each name is imported when it is asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.members import dates
    from conformance.model import ABSENT, Answer, Challenged, Granted, Protected, Refused, Unintelligible
    from conformance.plugin import may_lock, requirement, settings
    from conformance.record import Replies, documented
    from conformance.replies import (
        Unanswered,
        account_members_in,
        addresses_in,
        form_of_reply,
        mentions,
        names_error,
        says,
        told_apart,
    )
    from conformance.users import User
    from conformance.walks import Walk
    from conformance.writing import HeaderCase

__all__ = [
    "ABSENT",
    "Answer",
    "Challenged",
    "Granted",
    "HeaderCase",
    "Protected",
    "Refused",
    "Replies",
    "Unanswered",
    "Unintelligible",
    "User",
    "Walk",
    "account_members_in",
    "addresses_in",
    "dates",
    "documented",
    "form_of_reply",
    "may_lock",
    "mentions",
    "names_error",
    "requirement",
    "says",
    "settings",
    "told_apart",
]

_HOMES = {
    "ABSENT": "model",
    "Answer": "model",
    "Challenged": "model",
    "Granted": "model",
    "HeaderCase": "writing",
    "Protected": "model",
    "Refused": "model",
    "Replies": "record",
    "Unanswered": "replies",
    "Unintelligible": "model",
    "User": "users",
    "Walk": "walks",
    "account_members_in": "replies",
    "addresses_in": "replies",
    "dates": "members",
    "documented": "record",
    "form_of_reply": "replies",
    "may_lock": "plugin",
    "mentions": "replies",
    "names_error": "replies",
    "requirement": "plugin",
    "says": "replies",
    "settings": "plugin",
    "told_apart": "replies",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
