"""What a suite may import: the mark, the kinds of replies, and the few functions that suites need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model import ABSENT, Challenged, Granted, HeaderCase, Protected, Unintelligible

if TYPE_CHECKING:
    from conformance.members import dates, present
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
    "present",
    "requirement",
]

_LATE = {
    "User": "conformance.users",
    "dates": "conformance.members",
    "present": "conformance.members",
    "requirement": "conformance.plugin",
}


def __getattr__(name: str) -> object:
    """Names whose modules need pytest are imported when they are asked for: the command line answers sooner."""
    if name not in _LATE:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_LATE[name]), name)
