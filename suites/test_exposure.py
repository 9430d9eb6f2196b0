"""What a target shows, or lets happen, beside the protocol (security profile)."""

import pytest

from conformance import Challenged, Granted, Protected, User, account_members_in, addresses_in, requirement
from conformance.guesses import BODIES


@requirement("exposure.addresses")
def test_a_resend_shows_no_address(alice: User) -> None:
    """Anybody may ask for anybody's code, and must not be told where it went."""
    reply = alice.inbox.ask_for_code()

    assert addresses_in(reply) == []


@requirement("exposure.query")
def test_a_code_in_the_url_is_not_taken(alice: User, protected: Protected) -> None:
    """What stands in a URL stands in logs, histories and referrers. The control shows that the call can be carried out."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.in_query(alice.inbox.answer(code))
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("exposure.safe-verbs")
def test_get_does_not_enable(dave: User, protected: Protected, enabling: Protected) -> None:
    """Whatever a browser fetches by itself must not change anything."""
    dave.attempt(enabling).by_get()
    reply = dave.attempt(protected).bare()

    assert reply.asks_for != "email"


@requirement("exposure.safe-verbs")
def test_get_does_not_disable(alice: User, protected: Protected, disabling: Protected) -> None:
    """Whatever a browser fetches by itself must not change anything."""
    before = alice.attempt(protected).challenge()
    alice.attempt(disabling).by_get()
    after = alice.attempt(protected).bare()

    assert isinstance(after, Challenged)
    assert after.asks_for == before.asks_for


@requirement("exposure.safe-verbs")
def test_get_sends_no_mail(alice: User, bob: User) -> None:
    """A link that somebody clicks must not send mails."""
    before = bob.inbox.mails_to(alice.account.email)
    alice.inbox.ask_by_get()
    mails = bob.inbox.mails_to(alice.account.email)

    assert mails == before


@requirement("exposure.safe-verbs")
def test_get_does_not_carry_out_a_protected_call(alice: User, protected: Protected) -> None:
    """Whatever a browser fetches by itself must not change anything, least of all without a code."""
    attempt = alice.attempt(protected)
    before = attempt.effect.state()
    attempt.by_get()
    after = attempt.effect.later_state()

    assert after == before


@requirement("exposure.traces")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_reply_shows_nothing_of_the_inside(alice: User, protected: Protected, body: bytes) -> None:
    """A stack trace tells an attacker what is in use, and where it breaks."""
    alice.attempt(protected).bare_raw(body)

    assert alice.recorder.trace() is None


@requirement("exposure.resend")
def test_a_resend_tells_nothing_of_the_user(alice: User) -> None:
    """Anybody may ask for anybody's code, and has no business with the account."""
    reply = alice.inbox.reply_of_resend()

    assert account_members_in(reply, alice.account.user_id) == []


@requirement("exposure.deactivated")
def test_a_resend_mails_nothing_to_a_deactivated_user(alice: User, bob: User) -> None:
    """Whoever was shut out must not get what opens doors. Mail to somebody else that is asked for later comes."""
    alice.oversight.deactivate()
    before = bob.inbox.mails_to(alice.account.email)
    alice.inbox.ask_for_code()
    mails = bob.inbox.mails_to(alice.account.email)

    assert mails == before
