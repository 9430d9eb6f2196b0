"""What a reply comes to, for reasons and for tests that compare replies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from conformance.model import (
    ABSENT,
    Challenged,
    Granted,
    Json,
    Refused,
    Reply,
    Said,
    Silent,
    Unintelligible,
)

_TOKEN: Final = re.compile(r"[\w.~+/=-]{16,}|«[^«»]*\.token#\d+»", re.ASCII)
"""The token itself; on a tape, its name."""


@dataclass(frozen=True, slots=True)
class Unanswered(Silent):
    """No reply at all, where a server may have been at a loss what to say, or may say nothing."""

    why: str
    status: ClassVar[int] = 0


def describe(reply: Reply) -> str:
    """A reply in a few words, for reasons."""
    match reply:
        case Unintelligible(status=status, why=why):
            return f"status {status}, {why}"
        case Granted() | Challenged() | Refused():
            said = reply.error_type if isinstance(reply.error_type, str) else reply.error
            kind = ", granted" if isinstance(reply, Granted) else ""
            return f"status {reply.status}" + (f", {said!r:.120}" if said is not ABSENT else kind)
    return f"status {reply.status}"


def carried_out(reply: Reply) -> bool:
    """Whether a call was carried out, also where its reply cannot be read."""
    return isinstance(reply, Granted) or (isinstance(reply, Unintelligible) and reply.status < 300)


def is_server_error(reply: Reply) -> bool:
    """Whether the target has broken down: a status of the 5xx class, but for the one of what is not implemented, in a reply
    that is no answer of the second factor."""
    of_factor = isinstance(reply, Challenged) or (isinstance(reply, Refused) and reply.invalid)
    return reply.status >= 500 and reply.status != _NOT_IMPLEMENTED and not of_factor


_NOT_IMPLEMENTED: Final = 501


def is_logged_out(reply: Reply) -> bool:
    """Whether the target no longer knows the session: status 401, in a reply that is no answer of the second factor."""
    of_factor = isinstance(reply, Challenged) or (isinstance(reply, Refused) and reply.error_type is not ABSENT)
    return unauthorized(reply) and not of_factor


def intercepted(reply: Reply) -> bool:
    """Whether something before the target has answered in its place: no server of the protocol sends a caller elsewhere, or
    turns one away with a page."""
    return isinstance(reply, Unintelligible) and (300 <= reply.status < 400 or reply.status in _TURNED_AWAY)


_TURNED_AWAY: Final = {401, 403, 407, 511}


def says(reply: Reply, word: str) -> bool:
    """Whether a reply names the kind of its error by a word, in any of the places where servers do."""
    if not isinstance(reply, Said):
        return False
    told = (reply.body.get(key) for key in ("errorType", "error", "status", "message"))
    return any(word in text for text in told if isinstance(text, str))


def names_error(reply: Reply, *words: str) -> bool:
    """Whether a reply names its error by one of some words: in errorType, or where that is missing, as bare texts do, in any of
    the places where servers do."""
    if reply.error_type in (ABSENT, None):
        return any(says(reply, word) for word in words)
    return reply.error_type in words


def addresses_in(reply: Reply) -> list[str]:
    """The mail addresses that a reply lists: in a list under any name, as texts or as objects that hold one."""
    return sorted(_addresses(reply.body, listed=False)) if isinstance(reply, Said) else []


def _addresses(value: Json, *, listed: bool) -> Iterator[str]:
    match value:
        case str() if listed and "@" in value:
            yield value.lower()
        case list():
            for element in value:
                yield from _addresses(element, listed=True)
        case dict():
            for element in value.values():
                yield from _addresses(element, listed=listed)


def account_members_in(reply: Reply, user_id: str) -> list[str]:
    """The names of the members of a reply, however deep, that tell of an account: its id, its roles, its password, how it
    logs in."""
    return sorted(_account_members(reply.body, user_id)) if isinstance(reply, Said) else []


_OF_ACCOUNTS: Final = frozenset({"roles", "services"})


def _account_members(value: Json, user_id: str) -> Iterator[str]:
    match value:
        case list():
            for element in value:
                yield from _account_members(element, user_id)
        case Mapping():
            for name, member in value.items():
                inside = name.lower() in _OF_ACCOUNTS and isinstance(member, list | dict)
                password = "password" in name.lower() and isinstance(member, str | dict)
                if member and (member == user_id or inside or password):
                    yield name
                yield from _account_members(member, user_id)


def mentions(reply: Reply, words: str) -> bool:
    """Whether words stand in a reply, by themselves or among others, as a value or as the name of a member; in any letter
    case."""
    wanted = re.compile(rf"(?<![\w.-]){re.escape(words)}(?![\w-])", re.IGNORECASE)
    return isinstance(reply, Said) and any(wanted.search(text) for text in _texts(reply.body))


def tokens_in(reply: Reply) -> list[str]:
    """The texts in a reply's body that may be the token of a session: as long as one, and without a blank."""
    return [word for word in _texts(reply.body) if _TOKEN.fullmatch(word)] if isinstance(reply, Said) else []


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for element in value:
                yield from _texts(element)
        case Mapping():
            for name, member in value.items():
                yield name
                yield from _texts(member)


def told_apart(some: Sequence[Said], others: Sequence[Said]) -> list[str]:
    """The members in which all of some replies agree, all of the others agree, and the two do not; the status is one of
    them. Dates, counters and random words differ among equals, too."""
    values = [dict(_values({"status": said.status, "body": said.body})) for said in (*some, *others)]
    names = sorted(set().union(*values))
    told = {name: [value.get(name, "absent") for value in values] for name in names}
    return [
        name
        for name, each in told.items()
        if len(set(each[: len(some)])) == len(set(each[len(some) :])) == 1 and each[0] != each[-1]
    ]


def _values(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value that is no object, with its path."""
    if not isinstance(value, Mapping):
        yield path, repr(value)
        return
    for name, member in value.items():
        yield from _values(member, f"{path}.{name}" if path else name)


def unauthorized(said: Reply) -> bool:
    """Whether the target does not know, or no longer knows, the session of a call that needs no second factor."""
    return said.status == 401


def form_of_reply(said: Reply) -> dict[str, str]:
    """The members of a reply and of its details, each with the kind of its value."""
    if not isinstance(said, Said):
        return {}
    details = said.details if isinstance(said.details, dict) else {}
    members = {**said.body, **{f"details.{name}": value for name, value in details.items()}}
    return {name: type(value).__name__ for name, value in sorted(members.items())}
