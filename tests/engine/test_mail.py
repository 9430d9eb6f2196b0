"""The code in a mail: every sample of fixtures/mail, how the likeliest is told from the rest, and laws for any bytes."""

import tomllib
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import mail, resources
from conformance.mail import (
    Layout,
    Letter,
    candidates,
    form_of,
    may_show_unread_codes,
    open_letter,
    read_message,
    recipients,
    words,
)
from conformance.model import Code

SAMPLES: Path = resources.folder("fixtures") / "mail"
EXPECTED: dict[str, dict[str, str]] = tomllib.loads((SAMPLES / "expected.toml").read_text())
WITH_CODE = [name for name, row in EXPECTED.items() if row["code"]]
WITHOUT_CODE = [name for name, row in EXPECTED.items() if not row["code"]]

KINDS = st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=x", "message/rfc822", "image/png", "?"])
ENCODINGS = st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "?"])
FORMS = st.from_regex(r"[9Aa]{4,8}|999-999", fullmatch=True)
CHARSETS = st.sampled_from(["utf-8", "utf-16", "us-ascii", "koi8-r", "shift_jis", "x-unknown", "hex", ""])


def sample(name: str) -> Letter:
    return open_letter(message_from_bytes((SAMPLES / f"{name}.eml").read_bytes()))


def letter(text: str) -> Letter:
    return Letter(frozenset(), text)


def found(text: str) -> list[str]:
    return [candidate.code.displayed for candidate in candidates(letter(text))]


@pytest.mark.parametrize("name", WITH_CODE)
def test_the_likeliest_candidate_is_the_code(name: str) -> None:
    ranked = candidates(sample(name))

    assert ranked, EXPECTED[name]["reason"]
    assert ranked[0].code == Code(EXPECTED[name]["code"], EXPECTED[name]["compact"]), EXPECTED[name]["reason"]


@pytest.mark.parametrize("name", WITHOUT_CODE)
def test_a_mail_without_a_code_has_no_candidate(name: str) -> None:
    assert candidates(sample(name)) == [], EXPECTED[name]["reason"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_letter_knows_whom_it_is_for_and_which_mail_it_is(name: str) -> None:
    assert sample(name).recipients == {"qa+alice@example.org"}
    assert sample(name).message_id == f"<{name}@example.org>"


def test_every_sample_is_expected_and_every_expectation_has_a_sample() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(EXPECTED)
    assert all(row["reason"] for row in EXPECTED.values())


def test_whom_a_mail_is_for_stands_in_several_headers() -> None:
    message = Message()
    for name, value in [
        ("To", "Alice <A@Example.org>, b@example.org"),
        ("Cc", "c@example.org"),
        ("Delivered-To", "d@example.org"),
        ("X-Original-To", "e@example.org"),
        ("From", "sender@example.org"),
        ("Reply-To", "reply@example.org"),
    ]:
        message[name] = value

    assert recipients(message) == {f"{name}@example.org" for name in "abcde"}


def test_words_that_other_mails_show_as_well_are_no_code() -> None:
    text = "Your code: 111222\nYour other number: 333444"
    ranked = candidates(letter(text), common=frozenset({"111222"}))

    assert [candidate.code.displayed for candidate in ranked] == ["333444"]


def test_a_grouped_word_is_known_without_its_groups() -> None:
    assert words(letter("Your code is 123-456, or AB3D-9KQ1 (c) 2026")) == {"123456", "AB3D9KQ1", "2026"}
    assert candidates(letter("123 456"), common=frozenset({"123456"})) == []


def test_the_place_where_the_right_code_stood_decides() -> None:
    """Once a target has accepted a code, what its next mail shows at the same place is the code."""
    before = candidates(letter("Your code: 111222\nThe box on the next page says: 333444"))
    layout = before[1].layout
    ranked = candidates(letter("Your code: 555666\nThe box on the next page says: 777888"), layout=layout)

    assert before[1].code.displayed == "333444"
    assert ranked[0].code.displayed == "777888"


def test_another_form_at_the_same_place_is_not_the_same_place() -> None:
    layout = candidates(letter("The box on the next page says: 333444"))[0].layout
    ranked = candidates(letter("Your code: 555666\nThe box on the next page says: 7778889"), layout=layout)

    assert ranked[0].code.displayed == "555666"


def test_a_place_is_the_words_before_and_the_form() -> None:
    ranked = candidates(letter("Please  use\nthis code:\n\n 12-34-56"))

    assert ranked[0].layout == Layout("lease use this code:", "99-99-99")


def test_the_same_code_twice_is_one_candidate() -> None:
    assert found("Your code is 482915.\nIhr Code ist 482 915.") == ["482915"]


@pytest.mark.parametrize(
    ("shown", "form"), [("123-456", "999-999"), ("A1b2", "A9a9"), ("12 34", "99 99"), ("ÄÖ", "ÄÖ"), ("", "")]
)
def test_the_form_of_a_code_says_what_stands_where(shown: str, form: str) -> None:
    assert form_of(shown) == form


@pytest.mark.parametrize(
    "text",
    [
        "#123456", "www.example.org/123456", "a123456@example.org", "+49123456", "50 123456%", "v1.123456",
        "2026-01-02", "02-01-2026", "12345678901", "abcdef", "123", "x=1&code/123456",
    ],
)  # fmt: skip
def test_what_is_plainly_something_else_is_no_candidate(text: str) -> None:
    assert found(f"See {text} for more") == []


@pytest.mark.parametrize("between", [" ", "-"])
@pytest.mark.parametrize(
    "groups",
    ["770 591", "770 5918", "7705 918", "7705 9182", "770 591 82", "770 591 826", "770 591 8264", "7705 9182 64"],
)
def test_a_code_in_groups_is_read_whole_where_it_stands_in_a_sentence(groups: str, between: str) -> None:
    """A part of it, sent as the code, would be refused by every correct server."""
    shown = groups.replace(" ", between)

    assert found(f"Somebody wants to sign in on 2026-01-31. Enter {shown} within 10 minutes.")[0] == shown


def test_a_mail_is_looked_through_once_however_often_its_code_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a long footer that takes tens of milliseconds, in which nothing else of a run gets on."""
    looked: list[str] = []
    monkeypatch.setattr(mail, "_tokens", lambda text: looked.append(text) or iter([(13, "741-852")]))
    opened = open_letter(message_from_bytes(b"To: a@b.example\n\nYour code is 741-852. Read once.\n"))
    ranked = [candidates(opened)[0].code.displayed for _ in range(2)]

    assert ranked == ["741-852"] * 2
    assert len(looked) == 1


@pytest.mark.parametrize("subject", ["=?utf-8?b?a?=", "=?x-none?q?=ZZ?="])
def test_a_subject_that_cannot_be_decoded_is_read_as_it_stands(subject: str) -> None:
    opened = open_letter(message_from_bytes(f"To: a@b.example\nSubject: {subject}\n\n".encode()))

    assert candidates(opened) == []


@pytest.mark.parametrize("depth", [100, 300, 1000, 3000])
def test_parts_in_parts_without_an_end_are_a_mail_all_the_same(depth: int) -> None:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    opened = open_letter(read_message(f"To: a@b.example\n{head}\ntext\n".encode()))

    assert opened.recipients == {"a@b.example"}


@given(st.binary())
def test_any_bytes_open_as_a_letter(raw: bytes) -> None:
    opened = open_letter(message_from_bytes(raw))

    assert isinstance(candidates(opened), list)


@given(KINDS, ENCODINGS, CHARSETS, st.binary() | st.text().map(str.encode))
def test_any_content_of_any_kind_opens_as_a_letter(kind: str, encoding: str, charset: str, body: bytes) -> None:
    head = f"To: a@b.example\nContent-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    opened = open_letter(message_from_bytes(head.encode() + body))

    assert opened.recipients == {"a@b.example"}
    assert isinstance(candidates(opened), list)


@given(st.text(), st.sets(st.text()), st.builds(Layout, st.text(), FORMS))
def test_no_candidate_stands_twice_and_none_is_a_common_word_at_another_place(
    text: str, common: set[str], layout: Layout
) -> None:
    ranked = candidates(letter(text), common=common, layout=layout)

    assert len({candidate.code.compact for candidate in ranked}) == len(ranked)
    assert not {candidate.code.compact for candidate in ranked if candidate.layout != layout} & common


@given(st.from_regex(r"[0-9]{6}|[0-9]{3}-[0-9]{3}|[1-9][0-9]{7}", fullmatch=True))
def test_any_code_in_a_plain_sentence_is_found(code: str) -> None:
    assert found(f"Your code is {code}, valid for 10 minutes.") == [code]


SMALL = ["abcdefgh", "ab3d-9kq1", "abcd-efgh", "aBcD-eFgH", "abcd efgh", "ab 3d 9k q1", "a1-b2-c3", "x7f9aq"]
INTRODUCTIONS = [
    "Your code:\n\n{}\n\nKeep it.",
    "Vahvistustunnuksesi:\n\n{}\n\nÄlä anna sitä.",
    "認証コード：{}\n",
    "code: {}",
]


@pytest.mark.parametrize("text", INTRODUCTIONS)
@pytest.mark.parametrize("code", SMALL)
def test_a_code_of_small_letters_is_found_where_it_is_announced(code: str, text: str) -> None:
    assert found(text.format(code)) == [code]


@pytest.mark.parametrize("code", ["123 456 7", "12-34-56-7"])
def test_the_last_group_of_digits_may_be_shorter(code: str) -> None:
    assert found(f"Your code:\n\n{code}\n\nKeep it.") == [code]


@pytest.mark.parametrize("code", ["ab3d-9kq1", "A3b4-9kQ1", "x7f9aq"])
def test_a_code_with_small_letters_and_digits_is_found_anywhere(code: str) -> None:
    assert found(f"Enter {code} within 10 minutes.") == [code]


@pytest.mark.parametrize(
    "text",
    ["Your code:\n\nKeep it to yourself.", "Your code:\n\n{{code}}\n\nKeep it.", "code: please enter it", "Your code:\nThank\n",
     "contact\nYour code has expired, ask again", "Your code is a well-known one", "Your code:\nIt is on\n"],
)  # fmt: skip
def test_words_are_no_codes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("shown", ["“{}”.", "«{}»", '"{}"', "{}."])
@pytest.mark.parametrize("code", SMALL)
def test_a_code_of_letters_may_stand_between_quotation_marks(code: str, shown: str) -> None:
    assert found(f"Your code is:\n{shown.format(code)}\n") == [code]


def test_the_end_of_a_phone_number_is_not_written_like_a_code() -> None:
    known = candidates(letter("Your code: 482915"))[0].layout
    ranked = candidates(letter("Never tell anybody a code. Call 030 123456 if somebody asks."))

    assert not any(candidate.resembles(known) for candidate in ranked)


def test_a_number_is_not_written_like_a_code_of_letters() -> None:
    known = candidates(letter("Your code: ABCD-EFGH"))[0].layout
    ranked = candidates(letter("Somebody asked for a code on Monday (case 2026-0417)."))

    assert [candidate.code.compact for candidate in ranked] == ["20260417"]
    assert not ranked[0].resembles(known)


def test_a_word_alone_on_its_line_is_not_surely_a_code() -> None:
    """Mails have buttons."""
    assert not any(candidate.sure for candidate in candidates(letter("Your code:\n\ncontact\n")))


@pytest.mark.parametrize(("cells", "code"), [("1 2 3 - 4 5 6", "123-456"), ("A B 3 D - 9 K Q 1", "AB3D-9KQ1")])
def test_a_dash_may_have_a_cell_of_its_own(cells: str, code: str) -> None:
    first = candidates(letter(f"Your code:\n{cells}\n"))
    again = candidates(letter(f"Your code:\n{cells}\n"), layout=first[0].layout)

    assert first[0].code == again[0].code == Code(code, code.replace("-", ""))


def test_a_code_may_open_a_mail() -> None:
    layout = candidates(letter("482 915 is your code"))[0].layout
    ranked = candidates(letter("730 514 is your code. Or call 123 456."), layout=layout)

    assert ranked[0].sure
    assert ranked[0].code.displayed == "730 514"


@pytest.mark.parametrize(
    ("one", "other", "unread"),
    [
        ("Your code:\n{}\nKeep it to yourself.", ("вгджзи", "лмнопр"), True),
        ("Hi, say {} to get in, and nothing else", ("correct-horse", "battery-staple"), True),
        ("Your code:\n{}\nKeep it to yourself.", ("{{code}}", "{{code}}"), False),
        ("Your code:\n{}\nKeep it to yourself.", ("123", "456"), False),
        ("Somebody asked for a code at {} and it is lost", ("14:05:21", "14:05:22"), False),
        ("{}", ("Here is what you asked for", "Somebody else wants another code"), False),
    ],
)
def test_what_alone_differs_in_two_mails_may_be_a_code_that_nobody_can_read(
    one: str, other: tuple[str, str], unread: bool
) -> None:
    assert may_show_unread_codes([letter(one.format(word)) for word in other]) is unread


@pytest.mark.parametrize("text", [None, "This mail is a page."])
def test_a_code_of_letters_alone_is_known_by_its_place_in_a_page_too(text: str | None) -> None:
    mail = EmailMessage()
    page = "<p>Somebody wants to sign in. Enter jpns-zotj within ten minutes.</p>"
    if text:
        mail.set_content(text)
        mail.add_alternative(page, subtype="html")
    else:
        mail.set_content(page, subtype="html")
    found = candidates(open_letter(mail), layout=Layout("in. Enter", "9aaa-a9aa"))

    assert [candidate.code for candidate in found] == [Code("jpns-zotj", "jpnszotj")]
