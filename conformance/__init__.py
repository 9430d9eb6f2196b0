"""What a suite may import: the mark, the kinds of replies, and the few functions that suites need.

Each name is imported when it is asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.members import dates
    from conformance.model import ABSENT, Challenged, Granted, HeaderCase, Protected, Unintelligible
    from conformance.plugin import requirement
    from conformance.users import User

__all__ = [
    "ABSENT",
    "Challenged",
    "Granted",
    "HeaderCase",
    "Protected",
    "Unintelligible",
    "User",
    "dates",
    "requirement",
]

_HOMES = {
    "ABSENT": "model",
    "Challenged": "model",
    "Granted": "model",
    "HeaderCase": "model",
    "Protected": "model",
    "Unintelligible": "model",
    "User": "users",
    "dates": "members",
    "requirement": "plugin",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
