"""Members of a reply that a test wants to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.model import ABSENT
from conformance.outcomes import NotApplicable


def present(member: object, name: str) -> object:
    """An optional member. Where the reply does not have it, there is nothing to judge."""
    if member is ABSENT:
        raise NotApplicable(f"the target sends no {name}, which is optional")
    return member


def dates(member: object) -> list[datetime] | None:
    """The dates in a member that holds one or a list of them; None if anything in it is no date.

    ISO 8601 in any of its forms, RFC 5322, or a number of seconds or milliseconds since the epoch: no format is prescribed.
    A date without zone is read as UTC.
    """
    found = [_date(value) for value in (member if isinstance(member, list) else [member])]
    return None if None in found else [date for date in found if date]


_LONG_AGO = 1e8
"""A smaller number is one of seconds from now, and no date."""


def _date(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        if not isinstance(value, str):
            if value < _LONG_AGO:
                return None
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        date = _parsed(value.strip())
    except (ValueError, OverflowError, OSError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
