"""One test on the stage: what it needs, whom it gets, and what becomes of what it raises."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from conformance.allowance import Allowance
from conformance.bill import Part
from conformance.departure import Departure
from conformance.events import Exchanged, Judged
from conformance.model import Account, Level, Protected, Requirement, Session, Verdict
from conformance.outcomes import Inconclusive, NotApplicable, Untested
from conformance.record import Record, Replies
from conformance.recorder import Recorder
from conformance.scene import Scene, Stage
from conformance.setting_names import NAMES
from conformance.target_settings import Phase
from conformance.users import User
from conformance.walks import Walk
from conformance.world import Live

from .script import KNOWING, LOGIN, Script, challenge, granted, user
from .test_record import exchanged
from .test_record import record as recorded


def requirement(*when: str) -> Requirement:
    return Requirement(
        id="expiry.expired",
        profile="base",
        level=Level.MUST,
        level_by="page",
        text="An expired code is refused.",
        clauses=("E1",),
        source="the page",
        editions=("classic", "current"),
        when=when,
    )


class House:
    """Provides whoever is asked for, and remembers who was."""

    session = Session("token-of-admin", "admin-id")

    def __init__(self) -> None:
        self.leased: list[tuple[list[str], bool]] = []

    def need(self, names: Sequence[str], *, mailed: bool = False) -> None:
        if "frank" in names:
            raise NotApplicable("there is no frank")

    def lease(self, recorder: Recorder, names: Sequence[str], *, mailed: bool = False) -> list[Account]:
        self.leased.append((list(names), mailed))
        return [Account(name, f"twofa-{name}", "pw", f"qa+{name}@example.org", "u1") for name in names]


def scene(
    script: Script | None = None,
    *,
    when: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    phase: Phase = (),
    obstacle: str | None = None,
    capabilities: frozenset[str] = frozenset(),
    house: House | None = None,
    record: Record | None = None,
    allowance: Allowance | None = None,
) -> Scene:
    world = script or Script([])
    provider: Any = house or House()

    def recorder(test: str) -> Recorder:
        return user(world, test=test).recorder

    stage = Stage(
        world,
        provider,
        KNOWING,
        capabilities,
        recorder,
        record or recorded(),
        "classic",
        frozenset(),
        obstacle,
        allowance or Allowance(),
    )
    part = Part("test_x", requirement(*when), ("alice",), (*when, *needs), phase)
    return Scene(part, "why it matters", stage)


def performed(given: Scene, act: Any = lambda: None, names: Sequence[str] = (), **others: Any) -> Judged:
    """What is written down at last of a test."""
    given.perform(act, list(names), others)
    judged = given.events(given.raised, "1 == 2")[-1]
    assert isinstance(judged, Judged)
    return judged


def violate() -> None:
    raise AssertionError


def test_a_test_that_looks_at_all_replies_cites_those_that_deviate() -> None:
    def look(replies: Replies) -> None:
        assert not replies.deviations()

    sent = exchanged(9, "POST /api/v1/users.2fa.sendEmailCode", 200, {"success": "yes"})
    given = scene(record=recorded(sent))
    given.requirement = replace(given.requirement, id="resend.success")
    judged = performed(given, look, ["replies"])

    assert judged.verdict == "fail"
    assert judged.exchanges == (9,)


def test_a_walk_that_leaves_the_protocol_tells_its_steps() -> None:
    def leave(walk: Walk) -> None:
        walk.departure = Departure("code.used", "accepted", ("refused",), ("alice logs in", "alice answers: accepted"))
        raise AssertionError

    judged = performed(scene(), leave, ["walk"])

    assert judged.reason
    assert "step 2 was accepted, where the protocol allows: refused" in judged.reason
    assert "code.used" in judged.reason
    assert "1. alice logs in\n2. alice answers: accepted" in judged.reason


def test_a_test_that_returns_has_passed() -> None:
    judged = performed(scene())

    assert (judged.verdict, judged.reason, judged.requirement) == ("pass", None, "expiry.expired")
    assert judged.purpose == "why it matters"


def test_what_a_test_may_do_is_written_down_with_its_verdict() -> None:
    assert performed(scene(needs=("lockout",))).risks == ("reads", "creates", "mails", "may-lock")


def test_a_test_for_which_there_are_no_mails_left_does_not_begin() -> None:
    house = House()
    judged = performed(scene(house=house, allowance=Allowance(400, {}, ["test_x"])), names=["dave"])

    assert (judged.verdict, judged.reason) == ("untested", "limit: mails is 400")
    assert house.leased == []


def test_what_a_test_has_provoked_is_taken_from_the_mails_that_are_left() -> None:
    """It was expected to provoke none; every mail that a reply announces counts, also one that nobody reads."""
    allowance = Allowance(400, {"test_x": 0, "test_y": 1}, left=1)

    def provoke(dave: User) -> None:
        dave.call("POST /x")
        dave.call("POST /x")

    script = Script([LOGIN, challenge("123-456"), challenge("123-456")])
    assert performed(scene(script, allowance=allowance), provoke, ["dave"]).verdict == "pass"
    with pytest.raises(Untested, match="limit: mails is 400"):
        allowance.begin("test_y")


def test_a_test_that_needs_other_settings_is_not_applicable_where_they_may_not_be_changed() -> None:
    """Its mark says that it does, though its requirement may be judged without them elsewhere."""
    house, called = House(), []
    judged = performed(scene(needs=("settings",), house=house), lambda: called.append(1))

    assert judged.verdict == "inapplicable"
    assert judged.reason
    assert "limits.allow_settings" in judged.reason
    assert (called, house.leased) == ([], [])


def test_a_test_that_needs_other_settings_is_performed_where_they_may_be_changed() -> None:
    assert performed(scene(needs=("settings",), capabilities=frozenset({"settings"}))).verdict == "pass"


@pytest.mark.parametrize(
    "name", ["email", "totp", "password", "backup-codes", "lockout", "new-accounts", "trust-window"]
)
def test_what_a_requirement_is_about_has_to_be_there(name: str) -> None:
    lacking, having = performed(scene(when=(name,))), performed(scene(when=(name,), capabilities=frozenset({name})))

    assert (lacking.verdict, having.verdict) == ("inapplicable", "pass")
    assert lacking.reason
    assert "the target does not have" not in lacking.reason


def test_what_nobody_has_words_for_is_named() -> None:
    assert performed(scene(when=("wings",))).reason == "the target does not have wings"


def test_people_who_can_never_be_had_are_told_before_what_the_target_lacks() -> None:
    assert performed(scene(when=("email",)), lambda frank: None, ["frank"]).reason == "there is no frank"


def test_people_come_prepared_and_all_at_once() -> None:
    house = House()
    seen: dict[str, Any] = {}
    script = Script([LOGIN, LOGIN, granted()])
    performed(
        scene(script, house=house),
        lambda **handles: seen.update(handles),
        ["dave", "kind", "alice", "protected"],
        kind="half of it",
    )

    assert house.leased == [(["dave", "alice"], False)]
    assert list(seen) == ["dave", "kind", "alice", "protected"]
    assert isinstance(seen["dave"], User)
    assert seen["dave"].by is seen["dave"].passphrase
    assert seen["alice"].by is seen["alice"].inbox
    assert isinstance(seen["protected"], Protected)
    assert seen["kind"] == "half of it"
    assert script.paths == ["login", "login", "users.2fa.enableEmail"]


@pytest.mark.parametrize(("when", "needs"), [(("email",), ()), ((), ("email",))])
def test_whoever_needs_mail_gets_people_whose_mail_can_be_read(when: tuple[str, ...], needs: tuple[str, ...]) -> None:
    house = House()
    performed(
        scene(Script([LOGIN]), when=when, needs=needs, capabilities=frozenset({"email"}), house=house),
        lambda judy: None,
        ["judy"],
    )

    assert house.leased == [(["judy"], True)]


@pytest.mark.parametrize(
    ("raised", "verdict", "reason"),
    [
        (Inconclusive("no mail", blocked_by="mail.arrives"), "inconclusive", "no mail"),
        (NotApplicable("nothing to judge"), "inapplicable", "nothing to judge"),
        (Untested("limit"), "untested", "limit"),
        (KeyError("x"), "error", "error in the suite: KeyError: 'x'"),
    ],
)
def test_what_a_test_raises_is_kept_and_judged(raised: BaseException, verdict: str, reason: str) -> None:
    def act() -> None:
        raise raised

    judged = performed(scene(), act)

    assert (judged.verdict, judged.reason) == (verdict, reason)
    assert judged.blocked_by == getattr(raised, "blocked_by", None)


def test_a_violation_says_what_did_not_hold_what_came_last_and_what_to_do() -> None:
    judged = performed(scene(Script([granted(x=1)])), violate)

    assert judged.verdict == "fail"
    assert judged.reason == (
        "does not hold: 1 == 2\nlast reply: none\nto do: compare this test's exchanges with the page"
    )


def test_what_a_test_did_is_written_before_what_it_found() -> None:
    script = Script([LOGIN, granted()])
    given = scene(script)
    given.perform(lambda dave: dave.call("GET /api/v1/me"), ["dave"], {})

    assert [type(event) for event in given.events(given.raised, "")] == [Exchanged, Exchanged, Judged]


def test_no_secret_stands_in_a_reason() -> None:
    def act(dave: User) -> None:
        raise Inconclusive(f"the token {dave.session and dave.session.token} is odd")

    assert performed(scene(Script([LOGIN])), act, ["dave"]).reason == "the token «dave.token#1» is odd"


def test_an_interrupt_is_not_kept() -> None:
    def act() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene().perform(act, [], {})


def test_a_test_about_lockouts_may_send_as_many_wrong_codes_as_it_takes() -> None:
    counts: list[int] = []
    for when in (("lockout",), ()):
        performed(
            scene(Script([LOGIN]), when=when, capabilities=frozenset({"lockout"})),
            lambda dave: counts.append(dave.recorder.wrong_codes),
            ["dave"],
        )

    assert counts == [1000, 3]


def test_a_verdict_is_by_the_level_of_the_requirement() -> None:
    given = scene()
    given.perform(violate, [], {})

    assert given.verdict(given.raised) is Verdict.FAIL


def test_an_account_is_given_back_whatever_goes_wrong_at_the_end() -> None:
    """Another test waits for it: kept, it would hold up the run for ever."""
    given_back: list[str] = []

    class Keeper(House):
        def give_back(self, user: User) -> None:
            given_back.append(user.account.name)

    def leave_in_trouble(alice: User, bob: User) -> None:
        alice.name_codes = fail  # type: ignore[method-assign]

    def fail() -> None:
        raise RuntimeError("the mailbox fell over")

    class World(Script, Live):  # type: ignore[misc]
        """A script that is taken for a live world."""

    given = scene(World([LOGIN, granted(), LOGIN, granted()]), house=Keeper())
    with pytest.raises(RuntimeError):
        given.perform(leave_in_trouble, ["alice", "bob"], {})

    assert sorted(given_back) == ["alice", "bob"]


class TestSettings:
    """What a test finds counts only while the settings are those that it needs."""

    def perform(self, act: Any, present: object) -> Judged:
        script = Script([granted(value=present)])
        provider = user(script).provider
        given = scene(script, phase=(("code_expiration", "brief"),), house=cast(House, provider))
        return performed(given, act)

    @pytest.mark.parametrize(("act", "verdict"), [(lambda: None, "pass"), (violate, "fail")])
    def test_they_are_looked_at_when_the_test_is_over(self, act: Any, verdict: str) -> None:
        assert self.perform(act, KNOWING.brief).verdict == verdict

    @pytest.mark.parametrize("act", [lambda: None, violate])
    def test_a_test_under_other_settings_shows_nothing(self, act: Any) -> None:
        judged = self.perform(act, 600)

        assert judged.verdict == "inconclusive"
        assert f"{NAMES['code_expiration']} is 600, and this test needs {KNOWING.brief}" in str(judged.reason)

    def test_a_failure_shows_the_reply_that_the_test_has_seen_last(self) -> None:
        assert "last reply: none" in str(self.perform(violate, KNOWING.brief).reason)

    def test_where_another_run_is_in_the_way_nothing_is_done(self) -> None:
        judged = performed(scene(phase=(("email", False),), obstacle="another run has the target"))

        assert (judged.verdict, judged.reason) == ("inconclusive", "another run has the target")
