"""What mails hold beside their codes: words, markup, links; and which of them went elsewhere."""

from email import message_from_string
from email.message import Message

import pytest

from conformance.mail import Letter, open_letter
from conformance.mail_contents import has_element, links_to, mentions, misdirected, shows_in_subject
from conformance.model import Code

ALICE, ARCHIVE, MAILBOX = "qa+alice@example.org", "archive@example.org", "qa@example.org"
BASE = "https://chat.example.org/sub"


def letter(*parts: tuple[str, str], subject: str = "", delivered: str = "") -> Letter:
    return Letter(frozenset({ALICE}), "", delivered=frozenset(delivered.split()), subject=subject, parts=parts)


def plain(text: str) -> Letter:
    return letter(("text/plain", text))


def page(text: str) -> Letter:
    return letter(("text/html", text))


def opened(text: str) -> Letter:
    message: Message = message_from_string(text)
    return open_letter(message)


def test_a_letter_keeps_what_its_sender_wrote_apart_from_what_servers_noted_down() -> None:
    found = opened(
        f"Delivered-To: {ARCHIVE}\nX-Original-To: QA@example.org\nTo: {ALICE}\nSubject: =?utf-8?q?F=C3=BCr_dich?=\n\nHi\n"
    )

    assert found.recipients == {ALICE, ARCHIVE, MAILBOX}
    assert found.delivered == {ARCHIVE, MAILBOX}
    assert found.subject == "Für dich"
    assert found.fields == {"delivered-to", "x-original-to", "to", "subject"}
    assert found.parts == (("text/plain", "Hi\n"),)


def test_addresses_and_links_stay_in_the_parts() -> None:
    found = opened("Content-Type: text/plain\n\nSee https://evil.example/x or a@evil.example\n")

    assert mentions(found, "evil.example")
    assert "evil" not in found.text


@pytest.mark.parametrize("text", ["at EVIL.example", "<a href='https://evil.example/'>", "evil.example"])
def test_a_word_is_found_wherever_it_stands(text: str) -> None:
    assert mentions(page(text), "evil.example")
    assert mentions(letter(subject=text), "evil.example")
    assert not mentions(page("nothing"), "evil.example")


@pytest.mark.parametrize("subject", ["123456 is your code", "Code: 123-456", "Your code (123 456)."])
def test_a_code_is_found_in_a_subject_in_whatever_groups(subject: str) -> None:
    assert shows_in_subject(letter(subject=subject), Code("123-456", "123456"))


@pytest.mark.parametrize("subject", ["Your code", "Case 1234567", "A123456", "654321"])
def test_what_only_resembles_a_code_is_none(subject: str) -> None:
    assert not shows_in_subject(letter(subject=subject), Code("123-456", "123456"))


@pytest.mark.parametrize("text", ["<p>for <var>word</var></p>", "<VAR class=x><b>word</b></VAR>", "<var>word"])
def test_an_element_is_one_as_a_browser_reads_it(text: str) -> None:
    assert has_element(page(text), "var", "word")


@pytest.mark.parametrize(
    "text",
    [
        "&lt;var&gt;word&lt;/var&gt;",
        "<b>&lt;var&gt;word&lt;/var&gt;</b>",
        '<img alt="<var>word</var>">',
        "<!-- <var>word</var> -->",
        "<var></var>word",
        "</var>word",
        "<b>word</b>",
    ],
)
def test_text_is_no_element(text: str) -> None:
    assert not has_element(page(text), "var", "word")
    assert not has_element(plain("<var>word</var>"), "var", "word")


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (plain("Or open https://chat.example.org/sub/api/x?a=1&b=2."), ["/api/x?a=1&b=2"]),
        (page('<a href="https://CHAT.example.org/sub/x?a=1&amp;b=2#top">x</a>'), ["/x?a=1&b=2"]),
        (plain("https://chat.example.org/sub/ and https://chat.example.org/sub"), ["/"]),
        (plain("https://chat.example.org/subway https://chat.example.org/ https://chat.example.org:8443/sub/"), []),
        (plain("https://chat.example.org.evil.example/sub/x https://evil.example/?https://chat.example.org/sub/x"), []),
    ],
)
def test_links_to_the_target_are_those_and_no_others(found: Letter, paths: list[str]) -> None:
    assert links_to(found, BASE) == paths


@pytest.mark.parametrize(
    ("delivered", "count"),
    [
        ([ALICE], 0),
        ([ALICE, ALICE, f"{MAILBOX} {ALICE}", ""], 0),
        ([ALICE, ARCHIVE], 1),
        ([ARCHIVE, f"{MAILBOX} {ARCHIVE}", f"{MAILBOX} {ALICE}"], 2),
        ([MAILBOX], None),
        ([MAILBOX, MAILBOX], None),
        ([""], None),
        ([], None),
    ],
)
def test_a_mail_went_elsewhere_that_was_delivered_to_others_alone(delivered: list[str], count: int | None) -> None:
    assert misdirected([letter(delivered=addresses) for addresses in delivered], {ALICE}) == count
