"""A user's mails as letters: what is counted in them, whom they went to, and the links that are opened."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.binding import Binding
from conformance.events import from_json, to_json
from conformance.mail import Letter
from conformance.model import Code, Session
from conformance.outcomes import NotApplicable
from conformance.recorder import Recorder
from conformance.tape import Tape
from conformance.users import User

from .script import Script, answer, granted, user

ALICE, ARCHIVE = "qa+alice@example.org", "archive@example.org"
LINK = "http://chat.example.org/confirm?of=abcdefghijklmnopq"
ADDRESSES = granted(user={"emails": [{"address": ALICE}, {"address": "Second@example.org"}]})


def letter(text: str = "Your code is 123-456", kind: str = "text/plain", **more: Any) -> Letter:
    return Letter(frozenset({ALICE}), text, parts=((kind, text),), **more)


def delivered(*to: str) -> Letter:
    return letter(delivered=frozenset(to))


def alice(*letters: Letter, answers: Any = ()) -> User:
    found = user(Script(list(answers), letters=list(letters)))
    found.inbox.known["alice.email#1"] = Code("123-456", "123456")
    return found


def on_tape(before: User) -> User:
    """The same user, where the log of what was counted is all there is."""
    tape = Tape([from_json(to_json(event)) for event in before.recorder.evidence()])
    after = user(Script([]))
    after.recorder = Recorder("test_x", tape, Binding(), seed=7)
    after.session = Session("«alice.token#0»", "u1")
    return after


def test_mails_are_counted_by_what_they_hold_and_on_a_tape_as_they_were() -> None:
    def counts(found: User) -> list[int]:
        return [
            found.mails.mentioning("evil.example"),
            found.mails.with_field("X-Evil"),
            found.mails.with_element("var", "word"),
            found.mails.with_subject(Code("123-456", "123456")),
        ]

    before = alice(
        letter("see evil.example"),
        letter("<var>word</var>", "text/html", fields=frozenset({"x-evil"})),
        letter(subject="123 456"),
        letter(subject="Your code"),
    )

    assert counts(before) == [1, 1, 1, 1]
    assert counts(on_tape(before)) == [1, 1, 1, 1]


def test_a_mail_with_a_code_is_no_notice() -> None:
    found = alice(letter("Enter the code 123-456 to be called bcdfgh"), letter("You are called bcdfgh now"))

    assert found.mails.notices_of("bcdfgh") == 1
    assert found.mails.notices_of("other") == 0


@pytest.mark.parametrize(
    ("letters", "count"),
    [
        ([delivered(ALICE)], 0),
        ([delivered(ALICE), delivered("second@example.org")], 0),
        ([delivered(ALICE), delivered(ARCHIVE)], 1),
        ([delivered(ALICE), letter("A notice.", delivered=frozenset({ARCHIVE}))], 0),
    ],
)
def test_a_copy_is_a_mail_with_a_code_that_went_to_no_address_of_the_account(letters: list[Letter], count: int) -> None:
    before = alice(*letters, answers=[ADDRESSES])

    assert before.mails.delivered_elsewhere() == count


def test_where_the_mailbox_does_not_tell_there_is_nothing_to_judge() -> None:
    before = alice(letter(), answers=[ADDRESSES])

    with pytest.raises(NotApplicable, match="does not tell to which address"):
        before.mails.delivered_elsewhere()


def test_the_addresses_of_an_account_have_to_be_known() -> None:
    hidden = alice(delivered(ALICE), answers=[granted(user={})])
    given = alice(delivered(ALICE), answers=[granted(emails=[])])
    given.account = replace(given.account, given=True)

    assert given.mails.delivered_elsewhere() == 0
    with pytest.raises(NotApplicable, match="does not show which addresses"):
        hidden.mails.delivered_elsewhere()


def test_links_to_the_target_are_opened_without_credentials_and_their_keys_kept_secret() -> None:
    before = alice(letter(f"{LINK} {LINK} http://elsewhere.example/x"), answers=[answer(200, b"<html>")])
    before.mails.open_links()
    script = before.recorder.world
    assert isinstance(script, Script)

    assert script.paths == ["/confirm?of=abcdefghijklmnopq"]
    assert dict(script.requests[0].headers).keys() == {"Accept"}
    assert "abcdefghijklmnopq" not in repr(before.recorder.evidence())


def test_links_are_opened_again_on_a_tape() -> None:
    before = alice(letter(LINK), answers=[answer(200, b"<html>")])
    before.mails.open_links()
    after = on_tape(before)
    after.mails.open_links()

    assert after.recorder.evidence() == before.recorder.evidence()


def test_a_few_links_are_enough() -> None:
    links = " ".join(f"{LINK}{number}" for number in range(9))
    before = alice(letter(links), answers=[granted()] * 9)
    before.mails.open_links()
    script = before.recorder.world
    assert isinstance(script, Script)

    assert len(script.requests) == 5


def test_routes_and_names_in_links_are_no_secrets() -> None:
    base = "http://chat.example.org/api/v1/users.regeneratePersonalAccessToken2"
    before = alice(letter(f"{base}?user=twofa-alice&id={ALICE}&to=Abcdefgh"), answers=[granted()])
    before.mails.open_links()

    assert before.recorder.secrets.redact("users.regeneratePersonalAccessToken2 " + ALICE) == (
        "users.regeneratePersonalAccessToken2 " + ALICE
    )


def test_without_a_link_there_is_nothing_to_open() -> None:
    with pytest.raises(NotApplicable, match="no link to the target"):
        alice(letter()).mails.open_links()


def test_a_name_that_is_refused_is_none_to_judge() -> None:
    before = alice(answers=[granted(), answer(400, {"success": False, "error": "invalid name"})])
    before.oversight.give_name("Alice\r\nBcc: x")

    with pytest.raises(NotApplicable, match="takes no such name"):
        before.oversight.give_name("Alice\r\nBcc: x")


@pytest.mark.parametrize(
    ("shown", "own"),
    [(ADDRESSES, {ALICE, "second@example.org"}), (granted(user={"name": "Alice"}), {ALICE}), (answer(404), {ALICE})],
    ids=["two addresses", "addresses are not shown", "no route"],
)
def test_a_user_has_the_address_that_it_was_made_with_and_what_the_target_shows(shown: Any, own: set[str]) -> None:
    assert alice(answers=[shown]).mails.addresses() == own
