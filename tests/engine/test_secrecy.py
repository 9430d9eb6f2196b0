"""No secret in what is written: every form in which one may stand is replaced by its name."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.redaction import redacted_body
from conformance.secrecy import Secrets, sha256_hex

TOKEN = 'Tök/en+"\\ 47?>11'
NAME = "«alice.token#1»"

LONG = st.text(st.characters(codec="utf-8", exclude_characters="«»"), min_size=12, max_size=40).map("k".__add__)
PROSE = st.text("abcxyz .,:;{}[]\"'\n", max_size=30)
CODES = st.from_regex(r"[0-9]{6}", fullmatch=True)


def knowing(value: str, name: str = "alice.token#1") -> Secrets:
    secrets = Secrets()
    secrets.add(value, name)
    return secrets


def knowing_code(displayed: str, compact: str) -> Secrets:
    secrets = Secrets()
    secrets.add_code(displayed, compact, "alice.email#1")
    return secrets


FORMS = {
    "as it is": TOKEN,
    "in JSON": json.dumps(TOKEN, ensure_ascii=False)[1:-1],
    "in JSON of ASCII": json.dumps(TOKEN)[1:-1],
    "in a URL": quote(TOKEN, safe=""),
    "in a form": quote_plus(TOKEN),
    "in base64": base64.b64encode(TOKEN.encode()).decode(),
    "in base64 without padding": base64.b64encode(TOKEN.encode()).decode().rstrip("="),
    "in base64 for URLs": base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    "in hexadecimal": TOKEN.encode().hex(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_replaced_in_every_form(form: str) -> None:
    redacted = knowing(TOKEN).redact(f"before-{FORMS[form]}-after")

    assert redacted in {f"before-{NAME}-after", f"before-{NAME}==-after", f"before-{NAME}=-after"}


@given(LONG, PROSE, PROSE)
def test_nothing_of_a_long_secret_is_left_anywhere(secret: str, before: str, after: str) -> None:
    redacted = knowing(secret, "x").redact(
        before + secret + after + json.dumps({"a": [secret]}) + quote(secret, safe="")
    )

    assert secret not in redacted
    assert json.dumps(secret)[1:-1] not in redacted
    assert redacted.count("«x»") >= 3


@given(LONG, PROSE)
def test_redacting_twice_is_redacting_once(secret: str, text: str) -> None:
    secrets = knowing(secret, "x")
    once = secrets.redact(f"{text}{secret}{text}")

    assert secrets.redact(once) == once


@given(PROSE)
def test_a_text_without_secrets_stays(text: str) -> None:
    assert knowing(TOKEN).redact(text) == text


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    """Else the rest of the longer one would stay."""
    secrets = knowing("longer-secret", "short")
    secrets.add("longer-secret-with-an-end", "long")

    assert secrets.redact("a longer-secret-with-an-end") == "a «long»"


def test_the_first_name_of_a_secret_stays() -> None:
    secrets = knowing("shared-secret", "alice.password")
    secrets.add("shared-secret", "bob.password")

    assert secrets.redact("shared-secret") == "«alice.password»"


def test_a_name_stands_for_itself_on_a_tape() -> None:
    """There a secret is known by nothing but its name, and recorded texts hold it already."""
    secrets = knowing("«alice.token#1»")

    assert secrets.redact('{"authToken": "«alice.token#1»"}') == '{"authToken": "«alice.token#1»"}'


def test_an_empty_secret_is_none() -> None:
    assert knowing("").redact("nothing to hide") == "nothing to hide"


def test_adding_a_secret_gives_it_back() -> None:
    assert Secrets().add(TOKEN, "x") == TOKEN


@pytest.mark.parametrize("password", ["admin", "a", "hunter2", "pässwö", "1234567"])
def test_a_short_password_is_replaced_as_a_whole_word_only(password: str) -> None:
    text = f'{{"password":"{password}","other":"x{password}x"}}'

    assert knowing(password, "p").redact(text) == f'{{"password":"«p»","other":"x{password}x"}}'


@pytest.mark.parametrize(
    "text", ["123-456", "123456", "123 456", "12-34-56", "12 34 56", "1234-56", "(123456)", "code=123456&x", "123456."]
)
def test_a_code_is_replaced_however_it_is_grouped(text: str) -> None:
    redacted = knowing_code("123-456", "123456").redact(text)

    assert "«alice.email#1»" in redacted
    assert not any(sign in redacted for sign in "23456")


@pytest.mark.parametrize("text", ["0123456", "1234567", "a123456", "123456b", "id-0123-456", "1234"])
def test_a_code_inside_a_longer_word_is_something_else(text: str) -> None:
    assert knowing_code("123-456", "123456").redact(text) == text


@given(CODES, st.dictionaries(st.text("abc", min_size=1), st.integers() | st.booleans() | st.text("xyz ")))
def test_a_code_as_a_json_number_leaves_a_json_document(code: str, more: dict[str, object]) -> None:
    """Else what was a reply when it came could not be judged again."""
    number = int("1" + code[1:])
    body = {**more, "code": number, "list": [number, {"deep": number}]}
    name = "«alice.email#1»"

    for separators in ((",", ":"), (", ", ": "), (" , ", " : ")):
        raw = json.dumps(body, separators=separators).encode()
        redacted = json.loads(redacted_body(raw, knowing_code(str(number), str(number))))
        assert (redacted["code"], redacted["list"]) == (name, [name, {"deep": name}])


def test_a_code_as_a_json_string_stays_one() -> None:
    redacted = knowing_code("123-456", "123456").redact('{"code": "123456", "shown":"123-456"}')

    assert json.loads(redacted) == {"code": "«alice.email#1»", "shown": "«alice.email#1»"}


def test_a_long_secret_is_found_by_its_name() -> None:
    secrets = knowing("a-long-secret", "alice.password")
    secrets.add_code("123-456", "123456", "alice.email#1")

    assert secrets.find("x a-long-secret x") == "alice.password"
    assert secrets.find("123456 and 123-456 may stand anywhere by chance") is None


def test_a_secret_with_eight_digits_is_found_like_a_code() -> None:
    assert knowing("12345678", "x").redact("12345678 123456789") == "«x» 123456789"


def test_the_digest_of_a_password_is_the_protocol_s() -> None:
    assert sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
