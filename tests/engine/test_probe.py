"""What the preflight's walk learns beside the plain facts: codes that nobody can read, and logins that open sessions."""

from typing import cast

import pytest

from conformance.binding import UPDATE
from conformance.mail import Letter
from conformance.mailbox import Postbox
from conformance.model import Code, Session
from conformance.probe import Probe
from conformance.transport import Transport
from conformance.world import Live, Receipt

from .script import LOGIN, Answered, Script, challenge, granted, invalid, user

TEXT = "Your code:\n{}\nKeep it to yourself."


class Post:
    """A mailbox whose mails have all come already."""

    def __init__(self, *shown: str) -> None:
        self.mails = [Letter(frozenset(), TEXT.format(code)) for code in shown]

    def letters(self, address: str) -> list[Letter]:
        return self.mails


@pytest.mark.parametrize(
    ("shown", "unread"), [(("вгджзи", "лмнопр"), True), (("{{code}}", "{{code}}"), False), (("123-", "456-"), False)]
)
def test_mails_may_show_codes_that_nobody_can_read(shown: tuple[str, ...], unread: bool) -> None:
    probe, post = Probe(), cast(Postbox, Post(*shown))
    world = Live(cast(Transport, None), post, per_second=1e9, mail_deadline=0.01)
    probe._find_code(user(Script([])).attempt(UPDATE), world)

    assert not probe.facts.code_shown
    assert probe.facts.code_unread is unread


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("Somebody asked (case 2026-0417).\nABCD-EFGH opens it.", True),
        ("Your code:\n482 915\nAsk for case 2026-0417.", False),
        ("482915 opens it.", False),
    ],
)
def test_where_no_word_is_accepted_and_none_is_surely_the_code_there_is_doubt(text: str, doubtful: bool) -> None:
    probe, post = Probe(), Post("")
    post.mails = [Letter(frozenset(), text)]
    world = Live(cast(Transport, None), cast(Postbox, post), per_second=1e9, mail_deadline=0.01)
    probe._find_code(user(Script([invalid()] * 2)).attempt(UPDATE), world)

    assert probe.facts.code_doubtful is doubtful


def test_what_was_read_as_a_code_and_is_written_otherwise_than_the_right_one_was_none() -> None:
    """The preflight's own mails are read before it is known how codes are written; a notice's number is not to be sent later."""
    other = Code("333-333", "333333")
    alice = user(Script([granted()]))
    alice.inbox.unused = [Code("2026-0417", "20260417"), other]
    world = Live(cast(Transport, None), cast(Postbox, Post("111-111", "222-222")), per_second=1e9, mail_deadline=0.01)
    Probe()._find_code(alice.attempt(UPDATE), world)

    assert alice.inbox.unused == [other]


@pytest.mark.parametrize(
    ("login", "then", "trusted"),
    [
        ([challenge("222-222"), LOGIN], [granted()], True),
        ([challenge("222-222"), LOGIN], [challenge("333-333"), invalid(), challenge()], False),
        ([LOGIN], [granted()], False),
    ],
)
def test_a_proved_login_may_open_its_session(login: list[Answered], then: list[Answered], trusted: bool) -> None:
    """A success is remembered, so the next session is one that has to prove itself, unless its login did."""
    script = Script([granted(), *login, *then])
    probe, alice = Probe(), user(script)
    alice.session = Session("token-of-alice-0", "u1")
    probe._look_back(alice.attempt(UPDATE), Receipt(None, None, None, 0.1, proof=True))

    assert probe.facts.trust_window
    assert probe.facts.login_trusted is trusted
