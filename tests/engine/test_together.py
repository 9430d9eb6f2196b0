"""Attempts at once: whose code a mail shows, what was announced, and what a refused one has done."""

import threading
from dataclasses import dataclass, field, replace

import pytest

from conformance.binding import UPDATE
from conformance.model import Account, Exchange, Protected, Request
from conformance.outcomes import Inconclusive, NotApplicable, Untested
from conformance.together import _OF_A_CALL, Together
from conformance.users import User

from .script import KNOWING, Answered, Script, challenge, granted, invalid, user

FIRST, SECOND = "111-111", "222-222"
DISABLE = Protected("POST /api/v1/users.2fa.disableEmail")


@dataclass
class ByCode(Script):
    """A script that answers calls at once by the code that they carry: the right one, or any other."""

    to_right: list[Answered] = field(default_factory=list)
    to_others: list[Answered] = field(default_factory=list)
    right: tuple[str, ...] = (FIRST,)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def exchange(self, test: str, request: Request) -> Exchange:
        code = dict(request.headers).get("x-2fa-code")
        with self.lock:
            if code:
                self.answers.insert(0, (self.to_right if code in self.right else self.to_others).pop(0))
            return super().exchange(test, request)


def pair(script: Script, **facts: bool) -> Together:
    """Alice and bob, whose mails stand in one list: alice reads the first, bob the next."""
    alice = user(script, replace(KNOWING, **facts))  # type: ignore[arg-type]
    bob = User(
        Account("bob", "twofa-bob", "pw", "qa+bob@example.org", "u2"), alice.recorder, alice.facts, alice.provider
    )
    bob.session, bob.by = alice.session, bob.inbox
    bob.inbox._mails_read = 1
    return alice.at_once(UPDATE, bob)


def thrice(script: Script, protected: Protected = UPDATE, **facts: bool) -> Together:
    alice = user(script, replace(KNOWING, **facts))  # type: ignore[arg-type]
    return alice.at_once(protected, alice, alice)


@pytest.mark.parametrize(
    ("mails", "answers", "own"),
    [
        ((FIRST, SECOND), [granted(), granted()], True),
        ((FIRST, FIRST), [granted(), granted()], True),
        ((FIRST, FIRST), [granted(), invalid()], False),
        ((FIRST, SECOND), [invalid(), invalid(), granted()], False),
    ],
    ids=["own", "alike by chance", "the first's", "swapped"],
)
def test_a_mail_shows_its_reader_s_own_code_or_another_s(
    mails: tuple[str, ...], answers: list[Answered], own: bool
) -> None:
    script = Script([challenge(mails[0]), challenge(mails[1]), *answers])

    assert pair(script).get_own_codes() is own


@pytest.mark.parametrize("answers", [[granted(), invalid()], [invalid()] * 4])
def test_a_code_that_is_nobody_s_is_not_the_mail_s_fault(answers: list[Answered]) -> None:
    with pytest.raises(Inconclusive) as ended:
        pair(Script([challenge(FIRST), challenge(SECOND), *answers])).get_own_codes()

    assert ended.value.blocked_by == "code.independent"


def test_each_announced_code_is_tried() -> None:
    once = [challenge(FIRST), challenge(), challenge(), challenge()]
    each = [challenge(FIRST), challenge(SECOND), challenge(), challenge()]

    assert thrice(Script([*once, granted()])).announced_codes_work()
    assert thrice(Script([*each, granted(), granted()])).announced_codes_work()
    assert not thrice(Script([*each, invalid()])).announced_codes_work()


def test_where_every_challenge_makes_a_code_an_earlier_one_need_not_work() -> None:
    each = [challenge(FIRST), challenge(SECOND), challenge("333-333"), challenge("444-444")]
    with pytest.raises(NotApplicable, match="every challenge makes a new code"):
        thrice(Script(each)).announced_codes_work()


@pytest.mark.parametrize(
    ("blocker", "script", "facts"),
    [
        ("announcement.generated-first", Script([challenge()] * 3), {}),
        ("mail.arrives", Script([challenge(FIRST), challenge(codeGenerated=True), challenge()]), {}),
        ("mail.arrives", Script([]), {"mail_arrives": False}),
        ("challenge.required", Script([granted()] * 3), {}),
    ],
)
def test_what_stands_in_the_way_of_announced_codes_is_named(
    blocker: str, script: Script, facts: dict[str, bool]
) -> None:
    with pytest.raises(Inconclusive) as ended:
        thrice(script, **facts).announced_codes_work()

    assert ended.value.blocked_by == blocker


def at_once(*then: Answered, to_wrong: Answered) -> ByCode:
    return ByCode([challenge(FIRST), *then], to_right=[granted()], to_others=[to_wrong] * 2)


def test_what_a_refused_call_has_done_beside_an_accepted_one_is_seen() -> None:
    """Of the attempts of a scripted user, each writes a word of its own: the third one's is what shows."""
    alice = user(Script([]))
    words = [alice.recorder.word() for _ in range(3)]
    done = at_once(*(granted(user={"name": words[2], "username": "a"}) for _ in range(2)), to_wrong=invalid())
    undone = at_once(*(granted(user={"name": words[0], "username": "a"}) for _ in range(2)), to_wrong=invalid())

    assert thrice(done, trust_window=False).wrong_beside_right()
    assert not thrice(undone, trust_window=False).wrong_beside_right()
    assert sorted(len(code) for code in undone.codes if code) == [7, 7, 7]


@dataclass
class Timed(ByCode):
    """Notes how long each code was held back, by the thread that sends it."""

    held_back: dict[str, float] = field(default_factory=dict)
    thread: threading.local = field(default_factory=threading.local)

    def wait(self, seconds: float) -> None:
        self.thread.waited = seconds

    def exchange(self, test: str, request: Request) -> Exchange:
        if code := dict(request.headers).get("x-2fa-code"):
            self.held_back[code] = self.thread.waited
        return super().exchange(test, request)


def test_wrong_codes_are_sent_right_behind_the_right_one() -> None:
    """A refused call may be carried along by one that is carried out, and by nothing where it comes before it."""
    shown = [granted(user={"name": "", "username": "a"}) for _ in range(2)]
    script = Timed([challenge(FIRST), *shown], to_right=[granted()], to_others=[invalid()] * 2)
    thrice(script, trust_window=False).wrong_beside_right()

    assert script.held_back.pop(FIRST) == 0.0
    assert sorted(script.held_back.values()) == pytest.approx(
        [0.5 * _OF_A_CALL, _OF_A_CALL]
    )  # a script's call takes 0.5


def test_where_a_wrong_code_that_came_first_makes_the_right_one_void_nothing_is_to_be_seen() -> None:
    """What is sent first need not come first."""
    shown = [granted(user={"name": "", "username": "a"}) for _ in range(2)]
    script = ByCode([challenge(FIRST), *shown], to_right=[invalid()], to_others=[invalid()] * 2)
    with pytest.raises(NotApplicable, match="a wrong one that came first"):
        thrice(script, trust_window=False).wrong_beside_right()


def test_a_wrong_code_that_is_accepted_is_another_requirement_s() -> None:
    with pytest.raises(Inconclusive) as ended:
        thrice(at_once(to_wrong=granted()), trust_window=False).wrong_beside_right()

    assert ended.value.blocked_by == "code.random"


def test_the_limit_of_wrong_codes_holds_for_calls_at_once() -> None:
    script = Script([challenge(FIRST)])
    alice = user(script, replace(KNOWING, trust_window=False))
    alice.recorder.wrong_codes = 1
    with pytest.raises(Untested, match="wrong_codes_per_account"):
        alice.at_once(UPDATE, alice, alice).wrong_beside_right()


def test_the_factor_is_not_switched_off_beside_wrong_codes() -> None:
    with pytest.raises(NotApplicable, match="switches email 2FA off"):
        thrice(Script([]), DISABLE).wrong_beside_right()
