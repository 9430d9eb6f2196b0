"""The last look: a secret that redaction has overlooked is found in every form, and nothing else is."""

import base64
import html
import json
import re
import secrets as chance
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import resources
from conformance.canaries import Canaries, loosened
from conformance.listing import faults
from conformance.secrecy import sha256_hex

TOKEN = "q7Tök/en+_x8-Q47?>11zvB"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": json.dumps,
    "in JSON inside JSON": lambda secret: json.dumps(json.dumps(secret)),
    "with every sign escaped": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "with one sign escaped": lambda secret: f"{secret[:5]}\\u{ord(secret[5]):04X}{secret[6:]}",
    "with escaped slashes": lambda secret: secret.replace("/", "\\/"),
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a URL twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "with every octet in percent": lambda secret: "".join(f"%{octet:02X}" for octet in secret.encode()),
    "with some signs in percent": lambda secret: f"%{ord(secret[0]):02x}{secret[1:]}",
    "in HTML": html.escape,
    "as entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "as hexadecimal entities": lambda secret: "".join(f"&#x{ord(sign):X};" for sign in secret),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64, one octet after its beginning": lambda secret: base64.b64encode(b"a" + secret.encode() + b"z").decode(),
    "in base64, two octets after its beginning": lambda secret: base64.b64encode(b"ab" + secret.encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(b"u:" + secret.encode() + b"-").decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in upper hexadecimal": lambda secret: secret.encode().hex().upper(),
    "in the other letter case": str.swapcase,
    "in capitals": str.upper,
    "backwards": lambda secret: secret[::-1],
    "as UTF-16 that was read as UTF-8": lambda secret: "\0".join(secret),
    "as its digest": sha256_hex,
    "as its digest in base64": lambda secret: base64.b64encode(bytes.fromhex(sha256_hex(secret))).decode(),
}


def knowing(secret: str) -> Canaries:
    canaries = Canaries()
    canaries.add(secret, "alice.token")
    return canaries


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", ["{}", "before-{}-after", "x{}x", '{{"a": "{}"}}'])
def test_a_long_secret_is_found_in_every_form(form: str, around: str) -> None:
    assert knowing(TOKEN).in_text(around.format(FORMS[form](TOKEN))) == "alice.token"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs"]), min_size=16, max_size=40))
def test_whatever_its_signs_are(secret: str) -> None:
    for form in ("as it is", "in JSON", "in a URL", "in base64, one octet after its beginning", "backwards"):
        assert knowing("x1" + secret).in_text(f"a {FORMS[form]('x1' + secret)} b")


@pytest.mark.parametrize(
    "form", [KEY.lower(), base64.b32decode(KEY).hex(), base64.b64encode(base64.b32decode(KEY)).decode()]
)
def test_the_key_of_an_authenticator_is_found_as_octets_too(form: str) -> None:
    assert knowing(KEY).in_text(f'{{"otp": "{form}"}}') == "alice.token"


@given(st.text(max_size=200))
def test_a_text_without_a_secret_is_clear(text: str) -> None:
    assert knowing(TOKEN).in_reply(text) is None


@given(st.text('\\u%&#x0;419abé\0"', max_size=60))
def test_any_text_can_be_loosened(text: str) -> None:
    assert "\0" not in loosened(text)


def test_thousands_of_secrets_do_not_hide_each_other() -> None:
    canaries, tokens = Canaries(), [chance.token_urlsafe(24) for _ in range(2000)]
    for number, token in enumerate(tokens):
        canaries.add(token, f"token {number}")

    assert all(canaries.in_text(f"a{token}b") == f"token {number}" for number, token in enumerate(tokens))


def knowing_code() -> Canaries:
    canaries = Canaries()
    canaries.add_code("123456", "alice.email")
    return canaries


@pytest.mark.parametrize(
    "text",
    [
        *("123456", "code=123456&x", "(123-456)", "123 456", "12-34-56.", "1234-56", '{"code": 123456}', "no 123456."),
        *("\\u0031\\u0032\\u0033456", "%31%32%33456", "&#49;23456", "x 123-456-789"),
    ],
)
def test_a_code_in_a_reply_is_found_however_it_is_grouped_or_written(text: str) -> None:
    assert knowing_code().in_reply(text) == "alice.email"


@pytest.mark.parametrize("text", ["0123456", "1234567", "a123456", "123456b", "1.123456", "1 2345 6", "12-345-6"])
def test_a_code_inside_another_word_or_number_is_something_else(text: str) -> None:
    assert knowing_code().in_reply(text) is None


def test_a_code_is_looked_for_in_what_came_from_the_target_only() -> None:
    assert knowing_code().in_text("2026-11-29T19:48:08.123456Z 123456") is None


@pytest.mark.parametrize("word", ["administrator", "chat.example.org/x", "20261129"])
def test_a_password_that_is_a_public_word_may_stand_in_our_own_texts(word: str) -> None:
    canaries = Canaries()
    canaries.exempt(["https://chat.example.org/x"])
    canaries.add(word, "admin.password")

    assert canaries.in_text(f"an {word} may do it") is None


@pytest.mark.parametrize("word", ["administrator", "chat.example.org/x"])
def test_such_a_password_is_still_found_in_a_reply(word: str) -> None:
    canaries = Canaries()
    canaries.exempt(["https://chat.example.org/x"])
    canaries.add(word, "admin.password")

    assert canaries.in_reply(f'{{"error": "{word}"}}') == "admin.password"


def test_a_password_may_be_any_phrase_of_a_document() -> None:
    said = " ".join(row["what"] for row in faults())
    phrases = {phrase for phrase in re.findall(r"\w+(?:-\w+)+", said) if len(phrase) > 7}
    canaries = Canaries()
    canaries.exempt(resources.own_texts())
    for phrase in phrases:
        canaries.add(phrase, "admin.password")

    assert "error-wrong-password" in phrases
    assert canaries.in_text(said) is None
