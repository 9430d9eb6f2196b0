"""What a target shows, or lets happen, beside the protocol (security profile)."""

import pytest

from conformance import (
    Challenged,
    Granted,
    Protected,
    User,
    account_members_in,
    addresses_in,
    may_lock,
    mentions,
    requirement,
    told_apart,
)
from conformance.guesses import BODIES


@requirement("exposure.addresses")
def test_a_resend_shows_no_address(alice: User) -> None:
    """Anybody may ask for anybody's code, and must not be told where it went."""
    reply = alice.inbox.ask_for_code()

    assert addresses_in(reply) == []
    assert not alice.is_shown_address_in(reply)


@requirement("exposure.login-addresses")
def test_the_challenge_of_a_login_shows_no_address(alice: User) -> None:
    """Whoever has found a password would learn where the codes go, and what to break into next."""
    challenged = alice.sign_in().challenge_by_name()

    assert not mentions(challenged, alice.account.email)


@requirement("exposure.query")
def test_a_code_in_the_url_is_not_taken(alice: User, protected: Protected) -> None:
    """What stands in a URL stands in logs, histories and referrers. The control shows that the call can be carried out."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.in_query(alice.inbox.answer(code))
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("exposure.alias")
def test_a_code_under_an_alias_of_its_header_is_not_taken(alice: User, protected: Protected) -> None:
    """What stands in front of a server counts guesses by the header's own name. The control shows that the call can be
    carried out."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.under_alias(alice.inbox.answer(code))
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


@requirement("exposure.safe-verbs")
def test_opening_the_links_of_a_mail_proves_nothing(alice: User, protected: Protected) -> None:
    """Programs that look for malware open every link before the reader does, and so does whoever reads along."""
    attempt = alice.attempt(protected)
    attempt.code()
    alice.mails.open_links()
    reply = attempt.bare()

    assert isinstance(reply, Challenged)


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


@requirement("exposure.challenge")
def test_a_challenge_shows_nothing_of_what_the_call_protects(alice: User, protected: Protected) -> None:
    """What is told to whoever asks is not protected. An accepted call has put the word there, as the control shows."""
    other = alice.another_session()
    attempt = alice.attempt(protected)
    attempt.need_closed(other)
    word = attempt.leave_a_word()
    challenged = alice.attempt(protected).elsewhere(other).challenge()

    assert not mentions(challenged, word)


@requirement("exposure.other-users")
def test_a_refusal_names_no_other_user(alice: User, bob: User, protected: Protected) -> None:
    """How others fare with their second factor is no caller's business."""
    bob.attempt(protected).refusal()
    refused = alice.attempt(protected).refusal()

    assert not bob.is_named_in(refused)


@requirement("exposure.near-misses")
def test_a_refusal_does_not_tell_how_near_a_code_was(alice: User, bob: User, protected: Protected) -> None:
    """Whoever is told of each sign whether it is right needs sixty guesses instead of a million. Two users miss by turns, so
    that what only counts, or comes by chance, is not taken for an answer."""
    near, far = alice.attempt(protected).misses(bob.attempt(protected))

    assert told_apart(near, far) == []


@requirement("exposure.timing")
@may_lock
def test_a_refusal_does_not_show_by_its_time_how_near_a_code_was(alice: User, bob: User, protected: Protected) -> None:
    """A comparison that ends at the first wrong sign tells how many were right. Only what no network does is held against a
    server: every single near miss took more than twice as long as any far one."""
    near, far = alice.attempt(protected).paces(codes=2)
    nearer, farther = bob.attempt(protected).paces(codes=2)

    assert min(near + nearer) <= 2 * max(far + farther)


@requirement("exposure.recipients")
def test_a_code_is_mailed_to_nobody_else(alice: User, bob: User, protected: Protected) -> None:
    """A copy in an archive, or in an administrator's mailbox, is a key to every account. A copy may come a little later, and
    mail that is asked for after it comes after it."""
    alice.attempt(protected).code()
    bob.inbox.resent()
    copies = alice.mails.delivered_elsewhere()

    assert copies == 0


@requirement("exposure.subject")
def test_the_subject_of_a_mail_does_not_show_the_code(alice: User, protected: Protected) -> None:
    """Telephones show the subject to whoever holds them, locked or not."""
    code = alice.attempt(protected).code()
    mails = alice.mails.with_subject(code)

    assert mails == 0


@requirement("exposure.forwarded-host")
def test_a_mail_does_not_name_the_host_that_a_caller_makes_up(alice: User, protected: Protected) -> None:
    """Whoever asks for somebody's code under a host of its own would have a link to that host sent to them."""
    host = f"{alice.recorder.word()}.example"
    alice.attempt(protected).challenge_by_way_of(host)
    alice.inbox.resent_by_way_of(host)
    mails = alice.mails.mentioning(host)

    assert mails == 0


@requirement("exposure.mail-headers")
def test_a_line_break_in_a_name_adds_nothing_to_the_header_of_a_mail(alice: User, protected: Protected) -> None:
    """Whoever may choose a name would choose who else gets the mails with codes. Mail that is asked for later comes."""
    field, stranger = f"X-{alice.recorder.word()}", alice.inbox.strange_address()
    alice.oversight.give_name(f"Alice\r\nBcc: {stranger}\r\n{field}: 1")
    alice.attempt(protected).code()
    copies = alice.inbox.mails_to(stranger)

    assert copies == 0
    assert alice.mails.with_field(field) == 0


@requirement("exposure.mail-html")
def test_a_name_is_no_html_in_a_mail(alice: User, protected: Protected) -> None:
    """Whoever may choose a name would choose what the mails show: a link to elsewhere, or something in place of the code."""
    word = alice.recorder.word()
    alice.oversight.give_name(f"Alice <var>{word}</var>")
    alice.attempt(protected).code()
    mails = alice.mails.with_element("var", word)

    assert mails == 0
