"""What there is to know about one thing of the catalogues, in titled parts: the same for `explain` and for report.html.

Whatever is not the requirement's own (its tests, what its clauses say, what breaks it) is handed in by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.model import Level, Requirement

PROGRAM: Final = "twofa-conformance"


@dataclass(frozen=True, slots=True)
class Part:
    """One answer: a title, and below it a sentence or a list."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """``id`` is what was asked about. No part is empty."""

    id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A test as its source has it. ``alone``: it makes exchanges of its own, so it can run without the others."""

    __test__ = False
    id: str
    purpose: str
    alone: bool = True


CONDITIONS: Final = {
    "new-accounts": "an admin makes test accounts: [provisioning]",
    "email": "the mailbox of the test accounts can be read: [mailbox]",
    "totp": "users may have an authenticator",
    "backup-codes": "an authenticator comes with backup codes",
    "password": "an account without any other method is asked for its password",
    "personal-access-tokens": "there are routes for personal access tokens",
    "method-call": "methods that are called over REST are protected",
    "login": "logins are challenged",
    "trust-window": "a success is remembered for some time",
    "settings": "settings of the target may be changed: limits.allow_settings",
    "lockout": "test accounts may be locked: limits.allow_lockout",
}
"""What a requirement presupposes of the target, or of its file; it is inapplicable elsewhere."""

_BREACH: Final = {
    Level.MUST: "a breach fails the profile {profile}",
    Level.SHOULD: "a breach is a warning of the profile {profile}",
    Level.MAY: "a breach is a note of the profile {profile}",
}
_AUTHORITY: Final = {
    "page": "the page, REST Two Factor Authentication",
    "product": "the product: its documentation, its code or a released client",
    "standard": "a standard",
    "suite": "this suite",
}


ALONE: Final = "To run it alone"


def of_requirement(
    requirement: Requirement, *, tests: Sequence[Test], clauses: Mapping[str, str], faults: Mapping[str, str]
) -> Explanation:
    """``clauses``: what each of the protocol's clauses says, by its number; ``faults``: what each is that breaks it."""
    return _explanation(
        requirement.id,
        ("Requirement", [requirement.text]),
        ("Level", _level(requirement)),
        ("Source", [requirement.source]),
        ("Clauses", [_clause(clause, clauses) for clause in requirement.clauses]),
        ("Page and product disagree", _given(requirement.disagreement)),
        ("Editions", [", ".join(requirement.editions)]),
        ("Applies where", [CONDITIONS.get(name, name) for name in requirement.when]),
        ("Why it matters", [f"{test.purpose} ({test.id})" for test in tests]),
        ("What passes", _given(requirement.passes)),
        ("What fails", _given(requirement.fails)),
        ("Left open while one of these fails, which would explain it", requirement.explained_by),
        ("What breaks it in the lab", [f"{id}: {what}" for id, what in faults.items()]),
        ("Why it is not tested", _given(requirement.untestable)),
        (ALONE, _alone(requirement, tests)),
    )


def of_test(test: Test, requirements: Sequence[Requirement]) -> Explanation:
    return _explanation(
        test.id,
        ("Why it matters", [test.purpose]),
        ("Judges", _named(requirements)),
        (ALONE, [] if test.alone else [TOGETHER]),
    )


def of_clause(
    clause: str, says: str | None, requirements: Sequence[Requirement], unjudged: Sequence[str]
) -> Explanation:
    """``unjudged``: reasons why nothing judges it for a method or an edition."""
    return _explanation(
        clause,
        ("Says", _given(says)),
        ("Judged by", _named(requirements)),
        ("Not judged", unjudged),
    )


def of_fault(id: str, what: str, editions: Sequence[str], breaks: Sequence[Requirement]) -> Explanation:
    return _explanation(
        id,
        ("Fault of the lab", [what]),
        ("Editions", [", ".join(editions)]),
        ("Breaks", _named(breaks)),
        ("To see it", [f"{PROGRAM} lab serve --edition {editions[0]} --fault {id} --write-target target.toml"]),
    )


def of_variant(id: str, what: str, editions: Sequence[str]) -> Explanation:
    return _explanation(
        id,
        ("Legal difference of the lab", [what]),
        ("Editions", [", ".join(editions)]),
        (
            "Breaks",
            ["nothing: no requirement of the base profile may warn or fail for it, and none of the others fail"],
        ),
        ("To see it", [f"{PROGRAM} lab serve --edition {editions[0]} --variant {id} --write-target target.toml"]),
    )


def plain(explanation: Explanation) -> str:
    """As text: the id, then each title with its lines below. A line is never broken, so that a command can be copied."""
    return "\n".join(_plain(explanation)) + "\n"


def _plain(explanation: Explanation) -> Iterator[str]:
    yield explanation.id
    for part in explanation.parts:
        yield f"\n{part.title}"
        yield from (f"  {line}" for line in part.lines)


def _explanation(id: str, *parts: tuple[str, Iterable[str]]) -> Explanation:
    made = (Part(title, tuple(lines)) for title, lines in parts)
    return Explanation(id, tuple(part for part in made if part.lines))


def _given(*texts: str | None) -> Iterator[str]:
    return (text for text in texts if text)


def _level(requirement: Requirement) -> list[str]:
    breach = _BREACH[requirement.level].format(profile=requirement.profile)
    return [f"{requirement.level.name}: {breach}", f"set by {_AUTHORITY[requirement.level_by]}"]


def _clause(clause: str, says: Mapping[str, str]) -> str:
    return f"{clause}: {says[clause]}" if clause in says else clause


def _named(requirements: Iterable[Requirement]) -> list[str]:
    return [f"{requirement.id}: {requirement.text}" for requirement in requirements]


def _alone(requirement: Requirement, tests: Sequence[Test]) -> list[str]:
    names = [test.id for test in tests if test.alone]
    if not names:
        return [TOGETHER] if tests else []
    profile = "" if requirement.profile == "base" else f" --profile {requirement.profile}"
    edition = f" --edition {requirement.editions[0]}" if len(requirement.editions) == 1 else ""
    return [f'{PROGRAM} run --target FILE{profile}{edition} -k "{" or ".join(names)}"']


TOGETHER: Final = "it judges the replies that all other tests were given, so it runs with them or not at all"
