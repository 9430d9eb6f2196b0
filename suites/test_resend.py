"""Asking for a new code by mail (clauses S11 to S14; E04, E08 to E10)."""

import pytest

from conformance import Granted, Protected, User, addresses_in, names_error, requirement
from conformance.guesses import PATTERNS

RESENDS = 44
"""Of so many codes of digits one run in a hundred meets none that begins with a zero."""


@requirement("resend.mails")
def test_a_resend_mails_a_code(alice: User) -> None:
    """Whoever lost the mail, or waits for it in vain, has no other way on. Nobody is logged in for it."""
    got_mail = alice.inbox.gets_resent_mail()

    assert got_mail


@requirement("resend.by-address")
def test_a_resend_takes_the_address(alice: User) -> None:
    """Many users know their address and not their username. The control shows that the username will do."""
    alice.inbox.resent()
    got_mail = alice.inbox.gets_resent_mail(alice.account.email)

    assert got_mail


@requirement("resend.new-code")
def test_the_resent_code_is_a_new_one(alice: User, protected: Protected) -> None:
    """A code may be asked for anew because somebody has seen it. The same one twice by chance is one in a million."""
    code = alice.attempt(protected).code()
    codes = {alice.inbox.resent(), alice.inbox.resent()}

    assert codes != {code}


@requirement("resend.newest-works")
def test_the_resent_code_works(alice: User, protected: Protected) -> None:
    """The newest mail is the one that the user reads."""
    attempt = alice.attempt(protected)
    attempt.challenge()
    reply = attempt.right_answer(alice.inbox.resent())

    assert isinstance(reply, Granted)


@requirement("resend.newest-works")
def test_a_resent_code_that_begins_with_a_zero_works(alice: User, bob: User, protected: Protected) -> None:
    """Whoever keeps codes as numbers turns one user in ten away."""
    attempt = alice.attempt(protected)
    reply = attempt.answer_beginning_with("0", RESENDS, otherwise=bob.attempt(protected))

    assert isinstance(reply, Granted)


@requirement("resend.earlier-refused")
def test_an_earlier_code_is_refused_after_a_resend(alice: User, protected: Protected) -> None:
    """Every code that lives is one more for a guesser to hit. The control shows that a newer one works."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    alice.inbox.resent(instead_of=code)
    reply = attempt.misuse(code)
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("resend.count-works")
def test_as_many_codes_work_as_the_count_says(alice: User, protected: Protected) -> None:
    """The user has two mails, and is told how many of them are good."""
    other = alice.another_session()
    attempt = alice.attempt(protected)
    attempt.need_a_lasting_factor()
    code = attempt.code()
    newer = alice.inbox.resent(instead_of=code)
    count = attempt.says.code_count()
    replies = [attempt.untrusted(other).misuse(code), attempt.right_answer(newer)]

    assert sum(isinstance(reply, Granted) for reply in replies) == count


@requirement("resend.count-works")
def test_as_many_codes_work_as_the_count_says_after_two_resends_at_once(alice: User, protected: Protected) -> None:
    """Whoever clicks twice has two mails, and is told how many of them are good."""
    other = alice.another_session()
    attempt = alice.attempt(protected)
    attempt.need_a_lasting_factor()
    codes = alice.inbox.resent_at_once()
    count = attempt.says.standing_code_count()
    replies = [attempt.untrusted(other).misuse(codes[0]), attempt.right_answer(codes[1])]

    assert sum(isinstance(reply, Granted) for reply in replies) == count


@requirement("resend.success")
def test_a_resend_is_answered_as_a_success(alice: User) -> None:
    """A client tells its user to look for a mail only if it was told that one was sent."""
    reply = alice.inbox.ask_for_code()

    assert isinstance(reply, Granted)
    assert reply.success is True


@requirement("resend.no-token")
def test_a_resend_lets_nobody_in(alice: User) -> None:
    """Anybody may ask for anybody's code, and has proved nothing by it. The control shows that the user's own session is
    open."""
    let_in = alice.sign_in().is_opened_by(alice.inbox.ask_for_code())

    assert not let_in


@requirement("resend.addresses")
def test_a_resend_lists_the_addresses(alice: User) -> None:
    """The user has to know which of several mailboxes to open."""
    reply = alice.inbox.ask_for_code()

    assert addresses_in(reply)


@requirement("resend.addresses-true")
def test_the_listed_addresses_are_those_that_got_the_code(alice: User) -> None:
    """A user who is sent to the wrong mailbox never finds the code, and one who is shown another's address should not be."""
    own = alice.mails.addresses()
    addresses = alice.inbox.addresses_of_resend()

    assert alice.account.email in addresses
    assert len(set(addresses)) == len(addresses)
    assert {address.lower() for address in addresses} <= own


@requirement("resend.addresses-true")
def test_no_address_of_another_user_is_listed(alice: User, bob: User) -> None:
    """Whoever asks for a code must not be told where somebody else gets mail."""
    addresses = alice.inbox.addresses_of_resend()

    assert bob.account.email not in addresses


@requirement("resend.parameter")
def test_a_resend_without_a_name_is_refused(alice: User) -> None:
    """A client that forgot the name has to learn that it did."""
    reply = alice.inbox.send_resend({})

    assert names_error(reply, "error-parameter-required")


@requirement("resend.parameter-status")
def test_a_resend_without_a_name_has_status_400(alice: User) -> None:
    """A client that forgot the name has to learn that it did."""
    reply = alice.inbox.send_resend({})

    assert reply.status == 400
    assert reply.error_type in ("error-parameter-required", "invalid-params")


@requirement("resend.empty")
def test_a_resend_for_an_empty_name_is_refused(alice: User) -> None:
    """A client that sends an empty field has to learn that it did; nobody has that name."""
    reply = alice.inbox.send_resend({"emailOrUsername": ""})

    assert names_error(reply, "error-parameter-required", "error-invalid-user")


@requirement("resend.unknown")
@pytest.mark.parametrize("kind", ["name", "address"])
def test_a_resend_for_nobody_is_refused(alice: User, kind: str) -> None:
    """Whoever mistyped the name waits for a mail that never comes."""
    reply = alice.inbox.ask_for_code(alice.inbox.nobody(kind))

    assert names_error(reply, "error-invalid-user")


@requirement("resend.unknown-answer")
@pytest.mark.parametrize("kind", ["name", "address"])
def test_a_resend_for_nobody_is_answered_in_one_of_the_two_known_ways(alice: User, kind: str) -> None:
    """Clients know two answers, the page's and the product's; a third one breaks them."""
    reply = alice.inbox.ask_for_code(alice.inbox.nobody(kind))

    assert isinstance(reply, Granted) or names_error(reply, "error-invalid-user")


@requirement("resend.unknown-alike")
def test_a_resend_for_nobody_is_answered_as_one_for_somebody(alice: User) -> None:
    """Any difference tells a stranger who has an account."""
    known = alice.inbox.outline_of_resend(alice.account.username)
    unknown = alice.inbox.outline_of_resend(alice.inbox.nobody("name"))

    assert unknown == known


@requirement("resend.unknown-no-mail")
def test_a_resend_for_an_address_without_account_sends_no_mail(alice: User) -> None:
    """A server that mails whomever it is told to is a tool for those who annoy others. Mail that is asked for later comes."""
    address = alice.inbox.strange_address()
    alice.inbox.ask_for_code(address)
    mails = alice.inbox.all_mails_to(address)

    assert mails == 0


@requirement("resend.one-user")
@pytest.mark.parametrize("kind", PATTERNS)
def test_a_resend_for_a_pattern_sends_nobody_a_code(alice: User, bob: User, kind: str) -> None:
    """A name that is handed to the database as a question finds users whom the caller does not know."""
    before = bob.inbox.mails_to(alice.account.email)
    bob.inbox.send_resend({"emailOrUsername": alice.inbox.pattern(kind)})
    mails = bob.inbox.mails_to(alice.account.email)

    assert mails == before


@requirement("resend.one-user")
def test_a_resend_for_a_list_mails_no_stranger(alice: User) -> None:
    """A stranger's address beside the user's must not get the user's code."""
    stranger = alice.inbox.strange_address()
    alice.inbox.send_resend({"emailOrUsername": [alice.account.email, stranger]})
    mails = alice.inbox.mails_to(stranger)

    assert mails == 0
