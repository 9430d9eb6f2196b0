"""Combinations of what a caller may send: the inputs, which of them can be made, what may come of each, and a pairwise table.

The inputs are the state of the account, the header of the method, the code, and the session. A combination of which the page
and the documents allow every outcome is no row: nothing could be said of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from itertools import combinations as choose
from itertools import product
from typing import Final, Literal

from conformance.pairwise import Item, cover

Account = Literal["email", "totp", "both", "neither"]
Method = Literal["email", "totp", "password", "absent", "empty", "unknown"]
Form = Literal["displayed", "compact", "totp", "digest", "wrong", "used", "empty", "absent"]
Place = Literal["challenged", "another", "none", "mixed"]
Result = Literal["granted", "challenged", "refused"]

ACCOUNTS: Final[tuple[Account, ...]] = ("email", "totp", "both", "neither")
METHODS: Final[tuple[Method, ...]] = ("email", "totp", "password", "absent", "empty", "unknown")
FORMS: Final[tuple[Form, ...]] = ("displayed", "compact", "totp", "digest", "wrong", "used", "empty", "absent")
PLACES: Final[tuple[Place, ...]] = ("challenged", "another", "none", "mixed")

NAMES: Final = ("account", "method", "code", "session")
FACTORS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("email",),
    "totp": ("totp",),
    "both": ("totp", "email"),
    "neither": ("password",),
}
"""The methods that an account has; the password stands in for none."""

PROVES: Final = {"displayed": "email", "compact": "email", "totp": "totp", "digest": "password"}
"""The method whose code a right one is."""

NOBODY: Final = ("none", "mixed")
NOTHING: Final = ("absent", "empty")

ANY: Final = frozenset[Result](("granted", "challenged", "refused"))
DENIED: Final = frozenset[Result](("challenged", "refused"))
SERVED: Final = frozenset[Result](("granted", "challenged"))


@dataclass(frozen=True, slots=True)
class Combination:
    """One value of each input. ``session``: the one in which the call was challenged, another one of the user's, none, or the
    token of another user with the user's own id. ``code``: ``used`` is one from a mail; ``wrong`` has the form of the right one."""

    account: Account
    method: Method
    code: Form
    session: Place

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(zip(NAMES, astuple(self), strict=True))

    @property
    def right_for(self) -> str | None:
        """The method of the account for which the code is right."""
        factor = PROVES.get(self.code)
        return factor if factor in FACTORS[self.account] else None


ORDINARY: Final = {
    right.account: (right, replace(right, code="wrong"))
    for right in (
        Combination("email", "email", "displayed", "challenged"),
        Combination("totp", "totp", "totp", "challenged"),
        Combination("neither", "password", "digest", "challenged"),
    )
}
"""The right and the wrong code of each method alone."""


def can_be_made(row: Combination) -> bool:
    """Whether there is such a code: mails are for whoever has email 2FA, an authenticator is not everybody's."""
    if row.code in ("displayed", "compact", "used"):
        return "email" in FACTORS[row.account]
    return row.code != "totp" or "totp" in FACTORS[row.account]


def allowed(row: Combination, selected: str | None = None) -> frozenset[Result]:
    """What the page and the documents allow. ``selected``: the method by which the target challenges the account.

    A right code in a session that was not challenged, or under a name that is empty, unknown or not a method of the account,
    may be taken or not (S08, B-26, B-28, B-29); without a name it is never called wrong (E20). What proves nothing is never
    granted (D3), nor anything at all without a session of the user's own, not even a challenge (E19)."""
    if row.session in NOBODY:
        return frozenset({"refused"})
    factors, factor = FACTORS[row.account], row.right_for
    if not factor:
        asks = row.code == "absent" and row.method in ("absent", *factors)
        return frozenset({"challenged"}) if asks else DENIED
    if row.method in factors and row.method != factor:
        return DENIED
    if row.session == "another":
        return ANY
    if row.method == factor:
        return frozenset({"granted"})
    return SERVED if row.method == "absent" and (selected or factors[0]) == factor else ANY


def shown(row: Combination) -> frozenset[frozenset[Item]]:
    """The pairs that a row puts to the test. Without a session nothing else is looked at, and without a code neither method
    nor account need be: such a value hides the pairs of the others."""
    if allowed(row) == ANY:
        return frozenset()
    hiding = "session" if row.session in NOBODY else "code" if row.code in NOTHING else ""
    pairs = choose(row.items, 2)
    return frozenset(frozenset(pair) for pair in pairs if not hiding or hiding in (pair[0][0], pair[1][0]))


ALL: Final = [
    row
    for account, method, code, session in product(ACCOUNTS, METHODS, FORMS, PLACES)
    if can_be_made(row := Combination(account, method, code, session))
]
JUDGED: Final = [row for row in ALL if allowed(row) != ANY]
TABLE: Final = cover(JUDGED, shown)

_WRONG: Final = 2
"""Rows of one account that may be refused as wrong codes: one is left, of the three that every target allows, to find out why
a row fails."""

_FREE: Final = 4


def _sheets(rows: Iterable[Combination]) -> list[tuple[Combination, ...]]:
    """Rows that one account can stand: few wrong codes, and last what uses a code up and may be remembered."""
    sheets: list[list[Combination]] = []
    for row in sorted(rows, key=lambda row: (row.session == "another", row.code == "used", _kind(row))):
        sheet = next((sheet for sheet in sheets if _has_room(sheet, row)), None)
        if sheet is None:
            sheets.append(sheet := [])
        sheet.append(row)
    return [tuple(sorted(sheet, key=lambda row: (_kind(row), row.code == "used"))) for sheet in sheets]


def _has_room(sheet: list[Combination], row: Combination) -> bool:
    """An authenticator shows a code once, for the next one takes half a minute."""
    most = (_FREE, _WRONG, 1)[_kind(row)]
    second = row.code == "totp" and any(other.code == "totp" for other in sheet)
    wrong = sum(map(_may_be_wrong, (*sheet, row)))
    return not second and sum(_kind(other) == _kind(row) for other in sheet) < most and wrong <= _WRONG


def _may_be_wrong(row: Combination) -> bool:
    """Whether a target may count it as a wrong code: without the dash that the mail shows a right one may be none."""
    return _kind(row) == 1 or (row.code == "compact" and row.session not in NOBODY)


def _kind(row: Combination) -> int:
    """0: no code is looked at; 1: a code is, and may be refused; 2: it may be accepted."""
    if "granted" in allowed(row):
        return 2
    return 0 if row.code == "absent" or row.session in NOBODY else 1


SHEETS: Final = {
    f"{account}-{number}": sheet
    for account in ACCOUNTS
    for number, sheet in enumerate(_sheets(row for row in TABLE if row.account == account), start=1)
}


def sheets(account: Account) -> list[str]:
    """The names of the sheets for accounts in this state."""
    return [name for name in SHEETS if name.startswith(f"{account}-")]


def away(row: Combination) -> frozenset[Item]:
    """The values in which a row differs from an ordinary call: the right code of email 2FA, under its name, in the session that
    was challenged; without a session, from the call without a code."""
    factor, factors = row.right_for, FACTORS[row.account]
    usual: dict[str, tuple[str, ...]] = {
        "account": ("email",),
        "method": (factor,) if factor else factors,
        "code": (row.code,) if factor and row.code != "compact" else (),
        "session": ("challenged",),
    }
    if row.session in NOBODY:
        usual |= {"method": ("absent",), "code": ("absent",)}
    return frozenset(item for item in row.items if item[1] not in usual[item[0]])


def simpler(row: Combination, *, granted: bool) -> list[Combination]:
    """The rows that would explain why this one fails: with fewer unusual values; with a code that is plainly wrong, where one
    was granted that proves nothing; with the authenticator alone, where the account has both. The simplest first."""
    likes = [row]
    if granted and row.session not in NOBODY and row.code not in ("absent", "wrong"):
        likes.append(replace(row, code="wrong"))
    if row.account == "both":
        likes += [replace(like, account="totp") for like in likes]
    bounds = [away(like) for like in likes]
    alike = [other for other in JUDGED if other != row and (other.session in NOBODY) == (row.session in NOBODY)]
    found = [other for other in alike if any(away(other) <= bound for bound in bounds)]
    return sorted(found, key=lambda other: len(away(other)))
