"""The nouns of the suite: frozen values, no behaviour beyond what follows from their own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import ClassVar, Final, Literal

from conformance.writing import TIDY, HeaderCase, Way, Writing

Json = object
"""A JSON value as the standard library reads it: dict, list, str, int, float, bool or None."""

Edition = Literal["classic", "current"]
Profile = Literal["base", "security", "robustness"]
Claim = Literal["conformant", "not-conformant", "undetermined"]
Headers = tuple[tuple[str, str], ...]
EDITIONS: Final[tuple[Edition, ...]] = ("classic", "current")
PROFILES: Final[tuple[Profile, ...]] = ("base", "security", "robustness")


class Level(Enum):
    """How bad it is when a requirement does not hold."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Verdict(IntEnum):
    """What a test found. The order is the fold: the worst verdict of its tests is a requirement's."""

    UNTESTED = 0
    INAPPLICABLE = 1
    PASS = 2
    NOTE = 3
    WARN = 4
    INCONCLUSIVE = 5
    ERROR = 6
    FAIL = 7

    @property
    def word(self) -> str:
        return self.name.lower()


class Absent(Enum):
    """A member that a reply does not have: not the same as one that is null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the catalogue. ``passes`` is all that its tests let through, ``fails`` what they do not; ``line``: where it begins."""

    id: str
    profile: Profile
    level: Level
    level_by: str
    text: str
    clauses: tuple[str, ...]
    source: str
    editions: tuple[Edition, ...]
    when: tuple[str, ...]
    passes: str = ""
    fails: str = ""
    untestable: str | None = None
    disagreement: str | None = None
    explained_by: tuple[str, ...] = ()
    line: int | None = field(default=None, compare=False)

    @property
    def chapter(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Session:
    """What a login gave: the two values that later calls carry."""

    token: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A second factor as the caller gives it: None leaves the header out."""

    code: str | None
    method: str | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A method of the realtime API as it is called over REST."""

    name: str
    parameters: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the suite means it; wire.encode says how it looks on the wire.

    ``route`` is "VERB /path"; ``body`` a JSON value, or None for no body, ``raw`` bytes in its place. ``answer_in_body``
    is for login, which takes the code in its body, and for procedures, which take it as their last parameter.
    ``header_case`` spells the names of the two 2FA headers; ``writing`` is for calls whose bytes are in question.
    """

    route: str
    body: Json = None
    procedure: Procedure | None = None
    session: Session | None = None
    answer: Answer | None = None
    answer_in_body: bool = False
    form: bool = False
    header_case: HeaderCase = "as-written"
    more_headers: Headers = ()
    more_members: tuple[tuple[str, Json], ...] = ()
    raw: bytes | None = None
    writing: Writing | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out: path with query, header list (a repetition is evidence), raw body."""

    verb: str
    path: str
    headers: Headers
    body: bytes
    way: Way = TIDY


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, as it came."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in any letter case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The ``details`` of a challenge or refusal, each member as it was sent: ABSENT, or any JSON value."""

    method: object = ABSENT
    code_generated: object = ABSENT
    code_count: object = ABSENT
    code_expires: object = ABSENT
    available_methods: object = ABSENT
    email_or_username: object = ABSENT


@dataclass(frozen=True, slots=True)
class Said:
    """What every readable reply has: its status and its JSON object, plus the members that the protocol names."""

    status: int
    body: Mapping[str, Json]
    at: float = field(default=0.0, compare=False)
    """When it was said by the target's clock, in seconds since the epoch."""

    @property
    def success(self) -> object:
        return self.body.get("success", ABSENT)

    @property
    def error(self) -> object:
        return self.body.get("error", ABSENT)

    @property
    def error_type(self) -> object:
        return self.body.get("errorType", ABSENT)

    @property
    def details(self) -> object:
        return self.body.get("details", ABSENT)

    @property
    def method(self) -> object:
        """The method that a challenge or a refusal names."""
        return self.details.get("method", ABSENT) if isinstance(self.details, Mapping) else ABSENT

    @property
    def asks_for(self) -> object:
        """The method that a challenge names; None for every other reply."""
        return None

    @property
    def offers(self) -> tuple[object, ...]:
        """The methods that a challenge lists; none for every other reply."""
        return ()


@dataclass(frozen=True, slots=True)
class Granted(Said):
    """The call was carried out, by the reply's own word."""


@dataclass(frozen=True, slots=True)
class Challenged(Said):
    """A second factor is asked for."""

    challenge: Challenge = Challenge()

    @property
    def asks_for(self) -> object:
        return self.challenge.method

    @property
    def offers(self) -> tuple[object, ...]:
        listed = self.challenge.available_methods
        return tuple(listed) if isinstance(listed, list) else ()


@dataclass(frozen=True, slots=True)
class Refused(Said):
    """The call was not carried out. ``invalid`` says that the code was the reason, by the reply's own word."""

    invalid: bool = False
    challenge: Challenge = Challenge()


class Silent:
    """A reply in which no member of the protocol can be read."""

    __slots__ = ()
    success: ClassVar[object] = ABSENT
    error: ClassVar[object] = ABSENT
    error_type: ClassVar[object] = ABSENT
    details: ClassVar[object] = ABSENT
    method: ClassVar[object] = ABSENT
    asks_for: ClassVar[object] = None
    offers: ClassVar[tuple[object, ...]] = ()


@dataclass(frozen=True, slots=True)
class Throttled(Silent):
    """Too many calls: says nothing about the server but that one has to wait, in seconds, or None where unsaid."""

    status: int
    wait: float | None


@dataclass(frozen=True, slots=True)
class Unintelligible(Silent):
    """The body is no JSON object."""

    status: int
    why: str


Reply = Granted | Challenged | Refused | Throttled | Unintelligible


@dataclass(frozen=True, slots=True)
class Protected:
    """A call that asks for a second factor, and how its effect is read back.

    Templates hold {user_id}, {username}, {nonce} and {address}. ``path`` is where the effect shows, ``beside`` what must
    not change at all; ``reader`` sees it: the admin, or the user. Without ``read_back`` the effect is that the bare call is
    no longer challenged as it was, as with disableEmail; with ``opens_login`` it is that {password} is the password.
    ``procedure`` names a method of the realtime API. ``first`` is a call that has to be carried out before this one.
    What is not ``reversible`` nobody does to an account that is to be left as it was found.
    """

    route: str
    body: Json = None
    read_back: str | None = None
    path: str | None = None
    beside: tuple[str, ...] = ()
    reader: Literal["admin", "user"] = "admin"
    opens_login: bool = False
    visible: bool = True
    procedure: str | None = None
    first: Protected | None = None
    reversible: bool = True


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a mail shows it, and without the blanks and dashes that group it."""

    displayed: str
    compact: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the target. ``given``: it was there before, maybe with an authenticator, last used in step ``totp_used``."""

    name: str
    username: str
    password: str
    email: str
    user_id: str = ""
    given: bool = False
    totp_secret: str = ""
    totp_used: int = -1


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it. ``at`` is our clock, seconds since the epoch; ``elapsed`` in seconds, to the microsecond."""

    request: Request
    response: Response | None
    fault: str | None
    at: float
    elapsed: float
