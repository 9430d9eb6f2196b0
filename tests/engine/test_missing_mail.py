"""A mail that does not come: whose fault it is, and what proof that takes."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import Code
from conformance.outcomes import Inconclusive
from conformance.world import Receipt

from .script import KNOWING, Script, challenge, granted, user

FIRST = Code("111-111", "111111")


def attempt(script: Script) -> Attempt:
    return user(script).attempt(UPDATE)


def test_no_mail_at_all_is_another_requirement_s_matter() -> None:
    with pytest.raises(Inconclusive, match="neither after the challenge nor after a resend") as ended:
        attempt(Script([challenge(codeGenerated=True), granted()])).code()

    assert ended.value.blocked_by == "mail.arrives"


def test_without_proof_that_mail_gets_through_the_target_is_not_blamed() -> None:
    with pytest.raises(Inconclusive, match=r"no mail of this run has reached the mailbox.*check") as ended:
        attempt(Script([challenge(codeGenerated=True), granted()], proof=False)).code()

    assert ended.value.blocked_by == "mail.arrives"


def test_a_mail_without_a_code_is_another_requirement_s_matter() -> None:
    with pytest.raises(Inconclusive, match="nothing that could be a code") as ended:
        attempt(Script([challenge(""), granted("")])).code()

    assert ended.value.blocked_by == "mail.shows-code"


def test_where_no_mail_is_known_to_come_nobody_waits_for_it() -> None:
    facts = replace(KNOWING, mail_arrives=False)
    script = Script([challenge(codeGenerated=True), granted("111-111")])

    assert user(script, facts).attempt(UPDATE).code() == FIRST


def test_a_mail_that_came_is_a_mail() -> None:
    alice = user(Script([challenge("111-111")]))
    alice.attempt(UPDATE).challenge()

    assert alice.inbox.got_mail()


def test_a_missing_mail_is_proven_by_another_one() -> None:
    alice = user(Script([challenge(codeGenerated=True), granted("111-111")]))
    alice.attempt(UPDATE).challenge()

    assert not alice.inbox.got_mail()


def test_a_missing_mail_without_proof_is_inconclusive() -> None:
    alice = user(Script([challenge(codeGenerated=True), granted()], proof=False))
    alice.attempt(UPDATE).challenge()

    with pytest.raises(Inconclusive, match="no mail of this run has reached the mailbox"):
        alice.inbox.got_mail()


class Slow(Script):
    """Its mails come, and some of the waits for them end before."""

    too_short: tuple[int, ...] = ()
    waits_for_mail = 0

    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt:
        self.waits_for_mail += 1
        if self.waits_for_mail in self.too_short:
            return Receipt(None, None, None, 30.0, self.proof)
        return super().receive(test, address, after, known, name)

    def mail_count(self, test: str, address: str) -> int:
        return 0


@pytest.mark.parametrize("verb", ["got_mail", "code"])
def test_where_one_mail_was_late_the_other_may_be_as_late(verb: str) -> None:
    script = Slow([challenge("111-111"), granted("222-222")])
    script.too_short = (1, 3)
    alice = user(script)
    challenged = alice.attempt(UPDATE).challenge()

    with pytest.raises(Inconclusive, match="came only after a resend"):
        _ = alice.inbox.got_mail() if verb == "got_mail" else alice.inbox.code(challenged)


@pytest.mark.parametrize("verb", ["got_mail", "code"])
def test_a_mail_that_comes_after_the_resend_is_late_and_not_missing(verb: str) -> None:
    """Two mails come where two were asked for, and which code is the newer one nobody knows."""
    alice = user(Script([challenge(codeGenerated=True), granted("111-111", "222-222")]))
    attempt = alice.attempt(UPDATE)
    challenged = attempt.challenge()

    with pytest.raises(Inconclusive, match="came only after a resend") as ended:
        _ = alice.inbox.got_mail() if verb == "got_mail" else alice.inbox.code(challenged)
    assert ended.value.blocked_by == "mail.arrives"


def test_a_copy_of_the_resend_s_mail_is_no_mail_that_was_late() -> None:
    alice = user(Script([challenge(codeGenerated=True), granted("111-111", "111-111")]))
    challenged = alice.attempt(UPDATE).challenge()

    assert alice.inbox.code(challenged) == FIRST


def test_a_number_that_the_mails_bear_out() -> None:
    alice = user(Script([challenge("111-111")]))
    alice.attempt(UPDATE).code()

    assert alice.inbox.bears_out(1)


def test_a_number_above_that_of_the_mails_is_proven_wrong_by_a_mail_that_was_asked_for_later() -> None:
    alice = user(Script([challenge("111-111"), granted("222-222")]))
    alice.attempt(UPDATE).code()

    assert not alice.inbox.bears_out(2)


def test_a_number_above_that_of_the_mails_is_wrong_where_no_mail_follows_a_resend() -> None:
    script = Script([challenge("111-111")])
    alice = user(script, replace(KNOWING, resend_arrives=False))
    alice.attempt(UPDATE).code()

    assert not alice.inbox.bears_out(2)
    assert script.paths == ["users.update"]


def test_a_number_above_that_of_the_mails_is_not_blamed_where_no_mail_comes_any_more() -> None:
    alice = user(Script([challenge("111-111"), granted()]))
    alice.attempt(UPDATE).code()

    with pytest.raises(Inconclusive, match="no mail came") as ended:
        alice.inbox.bears_out(2)
    assert ended.value.blocked_by == "mail.arrives"


@pytest.mark.parametrize("too_short", [(2,), (2, 4)])
def test_a_number_above_that_of_the_mails_is_not_blamed_where_one_is_late(too_short: tuple[int, ...]) -> None:
    script = Slow([challenge("111-111", "222-222"), granted("333-333")])
    script.too_short = too_short
    alice = user(script)
    alice.attempt(UPDATE).code()

    with pytest.raises(Inconclusive, match="later than its deadline") as ended:
        alice.inbox.bears_out(2)
    assert ended.value.blocked_by == "mail.arrives"


def test_a_mail_that_came_before_another_was_asked_for_is_late_too() -> None:
    class Counting(Slow):
        def mail_count(self, test: str, address: str) -> int:
            return Script.mail_count(self, test, address)

    script = Counting([challenge("111-111", "222-222"), granted("333-333")])
    script.too_short = (2,)
    alice = user(script)
    alice.attempt(UPDATE).challenge()
    alice.inbox.receive()

    with pytest.raises(Inconclusive, match="later than its deadline"):
        alice.inbox.bears_out(2)
