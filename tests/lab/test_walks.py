"""The model of the protocol against the pure server: it accuses no correct one, and finds what shows in a sequence alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conformance.binding import UPDATE
from conformance.departure import Departed
from conformance.lab import VARIANTS
from conformance.lab.editions import ruled
from conformance.lab.faulty_sequences import ROWS
from conformance.lab.legal_codes import MAILS
from conformance.lab.legal_mail_forms import ROWS as MAIL_FORMS
from conformance.lab.legal_spellings import PRINTED
from conformance.model import EDITIONS
from conformance.outcomes import Ended, Inconclusive
from conformance.strides import Strides
from conformance.walks import Walk

from .walking import DISABLING, FACTS, RULES, alice, edition_of, walked

SEEDS = 30
FOUND_AT = {
    "sq-resend-revives-used": "code.used",
    "sq-switching-revives-used": "code.used",
    "sq-second-session-keeps": "resend.earlier-refused",
    "sq-second-session-restores": "replay.method-switched",
    "sq-later-session-drops": "enabling.again",
    "sq-second-success-frees": "trust.session",
    "sq-resend-opens-disabling": "disabling.challenged",
}
HALF_A_MINUTE = {"totp.right-code", "replay.totp"}
"""Seldom come to: an authenticator shows one code in that time."""
PERIODS = st.sampled_from([0.5, 20.0, 40.0, 100.0, 601.0, 4000.0])


def editions(deviation: Any) -> tuple[str, ...]:
    return EDITIONS if deviation.edition == "both" else (deviation.edition,)


@cache
def on_a_correct_server(edition: str) -> list[Walk]:
    return [walked(ruled(edition), seed=seed, moves=30) for seed in range(SEEDS)]


SEQUENCES = [(fault, edition) for fault in ROWS for edition in editions(fault)]
LEGAL = [
    (variant, edition)
    for variant in VARIANTS.values()
    for edition in editions(variant)
    if variant not in (*MAILS, *MAIL_FORMS, *PRINTED) and variant.id not in {"late-notice", "b-34", "b-34-long"}
]
"""Those that are not about mail, which comes at once here, nor about newcomers, for whom the preflight finds another call."""


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_correct_server_is_never_left(edition: str) -> None:
    assert [walk.departure for walk in on_a_correct_server(edition)] == [None] * SEEDS


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_rule_is_looked_at_sooner_or_later(edition: str) -> None:
    kept = {id for walk in on_a_correct_server(edition) for id in walk.kept}
    only_today = {"resend.earlier-refused"} if edition == "classic" else set()

    assert RULES - kept - HALF_A_MINUTE - {"disabling.within-trust"} - only_today == set()


@pytest.mark.parametrize(("variant", "edition"), LEGAL, ids=[f"{variant.id}-{edition}" for variant, edition in LEGAL])
def test_a_legal_difference_is_never_accused(variant: Any, edition: str) -> None:
    left: list[Any] = []
    for seed in range(SEEDS // 10):
        try:
            left.append(walked(ruled(edition, (), (variant.id,)), seed=seed).departure)
        except Ended:
            continue  # what the preflight would have found out

    assert [departure for departure in left if departure] == []


@pytest.mark.parametrize(("fault", "edition"), SEQUENCES, ids=[f"{fault.id}-{edition}" for fault, edition in SEQUENCES])
def test_a_fault_that_shows_in_a_sequence_is_named_by_what_it_breaks(fault: Any, edition: str) -> None:
    walks = [walked(ruled(edition, (fault.id,)), seed=seed, moves=25) for seed in range(2 * SEEDS)]

    found = Counter(walk.departure.requirement for walk in walks if walk.departure)

    assert found.most_common(1)[0][0] == FOUND_AT[fault.id]


def test_what_this_run_does_not_judge_is_not_accused() -> None:
    rules = ruled("current", ("sq-resend-revives-used",))

    assert not any(walked(rules, seed=seed, judged=RULES - {"code.used"}).departure for seed in range(SEEDS // 2))


def test_a_departure_tells_the_steps_that_led_to_it() -> None:
    strides = Strides(alice(ruled("current", ("sq-resend-revives-used",))), UPDATE, DISABLING, "current", RULES)
    strides.ask("session 1")
    strides.answer("session 1", "alice.email#1")
    strides.log_in()
    strides.resend()
    strides.ask("session 2")
    with pytest.raises(Departed):
        strides.answer("session 2", "alice.email#1")

    assert strides.departure
    assert strides.departure.requirement == "code.used"
    assert str(strides.departure).splitlines() == [
        "step 6 was accepted, where the protocol allows: challenged or refused. That breaks code.used, in this order of steps:",
        "1. alice calls users.update without a code: challenged by email; alice.email#1 comes by mail",
        "2. alice answers with the code (alice.email#1): accepted",
        "3. alice logs in: session 2: done",
        "4. alice asks for a new code by mail: alice.email#3 comes",
        "5. alice calls users.update without a code in session 2: challenged by email",
        "6. alice answers with a used code (alice.email#1) in session 2: accepted",
    ]


def test_the_limit_of_wrong_codes_is_kept() -> None:
    user = alice(ruled("classic"))
    user.recorder.wrong_codes = 1
    strides = Strides(user, UPDATE, DISABLING, "classic", RULES)
    strides.ask("session 1")
    strides.guess("session 1")

    assert not strides.may_answer


def test_a_walk_does_not_begin_where_nothing_is_asked_for_by_mail() -> None:
    user = alice(ruled("classic"))
    user.facts = replace(FACTS, mail_arrives=False)
    with pytest.raises(Inconclusive) as ended:
        walked_by(user)

    assert ended.value.blocked_by == "mail.arrives"


def walked_by(user: Any) -> None:
    Walk("classic", RULES).departs(user, UPDATE, DISABLING, RULES, 3)


class Machine(RuleBasedStateMachine):
    """The steps of a walk in whatever order, and time that passes: hypothesis looks for the shortest way out of the model."""

    edition = "classic"
    faults: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        rules = ruled(self.edition, self.faults)
        self.user = alice(rules)
        self.user.recorder.wrong_codes = 40  # half of what locks an account
        self.strides = Strides(self.user, UPDATE, DISABLING, edition_of(rules), RULES)

    def any_session(self, data: Any) -> str:
        return str(data.draw(st.sampled_from(sorted(self.strides.sessions))))

    def step(self, act: Any) -> None:
        try:
            act()
        except Departed:
            assert self.strides.departure is None, str(self.strides.departure)

    @precondition(lambda self: self.strides.sessions and self.strides.may_answer)
    @rule(data=st.data(), disabling=st.booleans(), kind=st.sampled_from(["ask", "right", "bad", "guess"]))
    def call(self, data: Any, disabling: bool, kind: str) -> None:
        session, strides = self.any_session(data), self.strides

        def act() -> None:
            if strides.ask(session, disabling=disabling) != "challenged by email" or kind == "ask":
                return
            if kind == "right" and strides.good_code:
                strides.answer(session, strides.good_code, disabling=disabling)
            if kind == "bad" and not disabling and (codes := strides.bad_codes(session)):
                strides.answer(session, data.draw(st.sampled_from(codes)))
            if kind == "guess" and strides.user.inbox.known:
                strides.guess(session, disabling=disabling)

        self.step(act)

    @precondition(lambda self: self.strides.situation.email)
    @rule()
    def resend(self) -> None:
        self.step(self.strides.resend)

    @precondition(lambda self: self.strides.sessions)
    @rule(data=st.data())
    def enable(self, data: Any) -> None:
        self.step(lambda: self.strides.enable(self.any_session(data)))

    @precondition(lambda self: self.strides.may_log_in)
    @rule()
    def log_in(self) -> None:
        self.step(self.strides.log_in)

    @rule(seconds=PERIODS)
    def let_time_pass(self, seconds: float) -> None:
        self.strides.let_time_pass(seconds)

    @invariant()
    def nothing_is_accused(self) -> None:
        assert self.strides.departure is None


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_order_of_steps_and_no_lapse_of_time_leads_out_of_the_model(edition: str) -> None:
    machine = type("Machine", (Machine,), {"edition": edition})
    machine.TestCase.settings = settings(
        max_examples=40, stateful_step_count=20, deadline=None, derandomize=True, database=None
    )
    machine.TestCase("runTest").runTest()
