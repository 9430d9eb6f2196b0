"""Whoever provides the accounts that tests act as: an admin who makes them (accounts.py), or a target file that names
some that are there already (given.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from conformance.events import Facts
    from conformance.model import Account, Reply, Session
    from conformance.recorder import Recorder
    from conformance.users import User


class Provider(Protocol):
    """Where the people of a test come from, and go to. Names are those of the cast."""

    @property
    def session(self) -> Session | None:
        """An administrator's, who sees what users may not. None where there is no administrator."""

    def call(self, recorder: Recorder, route: str, body: Mapping[str, object] | None = None) -> Reply:
        """A call of the administrator's. NotApplicable where there is none."""

    def need(self, names: Sequence[str], *, mailed: bool = False) -> None:
        """NotApplicable, with what would have to be added, where these people can never be had at once.
        ``mailed``: each of them has to have an address that can be read."""

    def lease(self, recorder: Recorder, names: Sequence[str], *, mailed: bool = False) -> list[Account]:
        """All the accounts of a test at once, so that no two tests wait for each other."""

    def give_back(self, user: User) -> None:
        """The test is over. What could not be tidied up now is left for the end of the run."""

    def guest(self, recorder: Recorder) -> Account | None:
        """A new account whom the target greets by mail, where one can be made."""

    def clean_up(self, recorder: Recorder, facts: Facts) -> tuple[str, ...]:
        """Leave the target as it was found. Names what could not be put back."""
