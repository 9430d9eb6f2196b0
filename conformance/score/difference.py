"""Which tests a deviation can make a difference to: those whose requests it would have answered otherwise.

The lab is a function, so what the faultless server was asked can be asked of any other, one request at a time, from the state
that the faultless one was in. Where the answer, the mails and the state that follows are the same at each request of a test,
that test has met the same server, by induction, and its outcome is known. Where the handler has asked none of the rules in
which the two differ, they are the same without being asked. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, Self

from conformance.bill import PREFLIGHT
from conformance.lab import Lab
from conformance.lab.accounts import State
from conformance.lab.rules import OF_CONNECTIONS, Rules
from conformance.lab.server import handle
from conformance.run import CLEANUP
from conformance.score.recording import Recording

EVERYTHING = None
"""In place of the tests: the difference is one to all of them, or it cannot be told to which."""

Touched = frozenset[str] | None


def touched(
    recording: Recording, servers: Mapping[str, Lab], beside: Mapping[str, AbstractSet[str]] = MappingProxyType({})
) -> dict[str, Touched]:
    """By the name of a server, the tests that it would have answered otherwise than the faultless one, and those whose accounts
    it would have changed otherwise; EVERYTHING where its connections differ, or what it knows when it begins. ``beside``: tests
    that are not asked about."""
    honest = Lab(recording.edition)
    rules = _Watched.like(honest.rules)
    state = replace(honest.opening(recording.began), rules=rules)
    compared = {
        name: set[str]()
        for name, server in servers.items()
        if _same_connections(server.rules, honest.rules) and _same(server.opening(recording.began), state)
    }
    deviant = {name: _differing(servers[name].rules, honest.rules) for name in compared}
    owners: dict[str, str] = {}
    single = recording.known.asking | {PREFLIGHT, CLEANUP}
    for asked in recording.asked:
        rules.read.clear()
        after, answer = handle(state, asked.request, asked.now)
        owners |= {account: asked.by for account in after.accounts.keys() - state.accounts.keys()}
        read = frozenset(rules.read)
        for name, tests in list(compared.items()):
            if asked.by in tests or asked.by in beside.get(name, ()) or deviant[name].isdisjoint(read):
                continue
            other, otherwise = handle(replace(state, rules=servers[name].rules), asked.request, asked.now)
            if otherwise != answer or not _same(other, after):
                tests |= {asked.by, *(owners.get(account, asked.by) for account in _changed(other, after))}
                if not tests <= single or _concerns_all(other, after):
                    del compared[name]
        state = replace(after, outbox=())
    return {name: frozenset(compared[name]) if name in compared else EVERYTHING for name in servers}


class _Watched(Rules):
    """Rules that remember which of them were read."""

    read: set[str]

    @classmethod
    def like(cls, rules: Rules) -> Self:
        watched = cls(**{field.name: getattr(rules, field.name) for field in fields(rules)})
        object.__setattr__(watched, "read", set())
        return watched

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name in _RULES:
            self.read.add(name)
        return value


_RULES = frozenset(field.name for field in fields(Rules))


def _differing(rules: Rules, honest: Rules) -> frozenset[str]:
    return frozenset(name for name in _RULES if getattr(rules, name) != getattr(honest, name))


def _same_connections(rules: Rules, honest: Rules) -> bool:
    return all(getattr(rules, name) == getattr(honest, name) for name in OF_CONNECTIONS)


def _same(one: State, other: State) -> bool:
    """Whether two servers know the same, whatever their rules."""
    return replace(one, rules=other.rules) == other


def _changed(one: State, other: State) -> Iterator[str]:
    """The accounts that two servers know different things of."""
    for account in one.accounts.keys() | other.accounts.keys():
        if one.accounts.get(account) != other.accounts.get(account):
            yield account


def _concerns_all(one: State, other: State) -> bool:
    """Whether two servers know different things that are no account's: settings, or what a client has called how often."""
    counted = {route for route, _ in dict(one.hits.items() ^ other.hits.items())}
    return one.settings != other.settings or any("/" in route for route in counted)
