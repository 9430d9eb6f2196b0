"""What replies give away: codes in any form, and the inside of the server."""

import base64
import hashlib
import json
from collections.abc import Callable

import pytest

from conformance.binding import Binding
from conformance.model import Call, Granted, Throttled
from conformance.outcomes import Inconclusive
from conformance.recorder import Recorder

from .script import SILENCE, Script, answer, granted, throttled

CALL = Call("POST /x", {"a": 1})


def hexed(algorithm: str) -> Callable[[str], str]:
    return lambda code: hashlib.new(algorithm, code.encode(), usedforsecurity=False).hexdigest()


def based(algorithm: str) -> Callable[[str], str]:
    return lambda code: base64.b64encode(hashlib.new(algorithm, code.encode(), usedforsecurity=False).digest()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "grouped": lambda code: f"{code[:3]}-{code[3:]}",
    "in pairs": lambda code: f"{code[:2]} {code[2:4]} {code[4:]}",
    **{f"{algorithm} in hex": hexed(algorithm) for algorithm in ("md5", "sha1", "sha256")},
    **{f"{algorithm} in base64": based(algorithm) for algorithm in ("md5", "sha1", "sha256")},
}


def recorder(script: Script) -> Recorder:
    acting = Recorder("test_x", script, Binding(), seed=7)
    acting.secrets.add_code("123-456", "123456", "alice.email#1")
    return acting


@pytest.mark.parametrize("form", FORMS)
def test_a_code_in_a_body_is_shown_in_whatever_form(form: str) -> None:
    acting = recorder(Script([granted(hint=f"x={FORMS[form]('123456')};y")]))
    acting.send(CALL)

    assert acting.shown("alice.email#1")


@pytest.mark.parametrize("form", FORMS)
def test_a_code_in_a_header_is_shown_in_whatever_form(form: str) -> None:
    acting = recorder(Script([answer(200, {}, headers=(("X-Debug", FORMS[form]("123456")),))]))
    acting.send(CALL)

    assert acting.shown("alice.email#1")


def test_a_code_as_a_number_is_shown() -> None:
    acting = recorder(Script([granted(code=123456)]))
    acting.send(CALL)

    assert acting.shown("alice.email#1")


@pytest.mark.parametrize("body", [{}, {"code": "654321"}, {"id": "0123456"}, {"hash": hexed("sha256")("654321")}])
def test_what_only_resembles_a_code_is_not_shown(body: object) -> None:
    acting = recorder(Script([answer(200, body)]))
    acting.send(CALL)

    assert not acting.shown("alice.email#1")


def test_a_code_that_we_sent_ourselves_is_not_shown() -> None:
    acting = recorder(Script([granted()]))
    acting.send(Call("POST /x", {"code": "123456"}))

    assert not acting.shown("alice.email#1")


def test_any_reply_so_far_may_have_shown_a_code() -> None:
    acting = recorder(Script([granted(hint="123456"), granted()]))
    acting.send(CALL)
    acting.send(CALL)

    assert acting.shown("alice.email#1")
    assert not acting.shown("alice.email#2")


def test_a_code_that_was_shown_before_it_was_known_is_found_all_the_same() -> None:
    """The reply to a challenge comes before the mail that tells what to look for."""
    acting = Recorder("test_x", Script([granted(hint="123456")]), Binding(), seed=7)
    acting.send(CALL)
    acting.secrets.add_code("123-456", "123456", "alice.email#1")

    assert acting.shown("alice.email#1")


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_code_is_written_down(form: str) -> None:
    acting = recorder(Script([granted(hint=FORMS[form]("123456"))]))
    acting.send(CALL)
    text = repr(acting.evidence())

    assert FORMS[form]("123456").rstrip("=") not in text
    assert "«alice.email#1»" in text or "\\xc2\\xabalice.email#1\\xc2\\xbb" in text


def test_a_limit_is_handed_over_where_it_is_what_is_looked_for() -> None:
    script = Script([throttled("60")])
    reply = recorder(script).send_once(CALL)

    assert isinstance(reply, Throttled)
    assert reply.wait == 60
    assert script.waits == []


def test_a_call_that_is_made_once_is_made_once() -> None:
    script = Script([granted(), granted()])

    assert isinstance(recorder(script).send_once(CALL), Granted)
    assert len(script.requests) == 1
    with pytest.raises(Inconclusive, match="POST /x was not answered"):
        recorder(Script([SILENCE])).send_once(CALL)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("Traceback (most recent call last):\\n  File", "Traceback (most recent call last)"),
        ("at Object.<anonymous> (/app/server/main.js:12:3)", "at Object.<anonymous> (/app/server/main.js:12"),
        ("    at com.example.Handler.run(Handler.java:77)", "at com.example.Handler.run(Handler.java:77"),
        ('File "/srv/app.py", line 3, in f', 'File "/srv/app.py", line 3'),
        (r'{"stack":"File \"/srv/app.py\", line 3"}', r"File \"/srv/app.py\", line 3"),
        ("/app/node_modules/express/lib/router", "node_modules/"),
        ("MongoServerError: bad $regex", "MongoServerError"),
        ("E11000 duplicate key error", "E11000"),
        ("SQLSTATE[42000]", "SQLSTATE"),
        ("ORA-00933: SQL command not properly ended", "ORA-00933"),
        ('syntax error at or near "$"', "syntax error at or near"),
    ],
)
def test_a_trace_of_the_inside_is_seen(body: str, seen: str) -> None:
    acting = recorder(Script([answer(500, body.replace("\\n", "\n").encode())]))
    acting.send(CALL)

    assert acting.trace() == seen


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"error":"User not found. Look at line 3 of the manual"}', b"<html>"]
)
def test_what_says_nothing_of_the_inside_is_no_trace(body: bytes) -> None:
    acting = recorder(Script([answer(400, body)]))
    acting.send(CALL)

    assert acting.trace() is None


def test_a_trace_is_of_the_last_reply() -> None:
    acting = recorder(Script([answer(500, b"E11000"), granted()]))

    assert acting.trace() is None
    acting.send(CALL)
    assert acting.trace() == "E11000"
    acting.send(CALL)
    assert acting.trace() is None


def test_headers_of_the_last_reply_are_known_by_their_names() -> None:
    acting = recorder(Script([answer(200, {}, headers=(("X-A", "1"), ("content-TYPE", "2"), ("x-a", "3")))]))

    assert acting.last_header_names == frozenset()
    acting.send(CALL)
    assert acting.last_header_names == {"x-a", "content-type"}


def test_bodies_are_labelled_one_by_one_and_what_has_none_needs_no_label() -> None:
    json_labelled = answer(200, {}, headers=(("Content-Type", "application/json"),))
    acting = recorder(Script([json_labelled, answer(200, {}), answer(204, b"")]))
    for _ in range(3):
        acting.send(CALL)

    assert acting.content_types == ["application/json", ""]


def test_the_page_of_a_rate_limiter_is_not_the_target_s() -> None:
    page = answer(429, b"<html>", headers=(("Content-Type", "text/html"), ("Retry-After", "1")))
    acting = recorder(Script([page, answer(200, {})]))
    acting.send(CALL)

    assert acting.content_types == [""]


def test_what_is_made_up_is_no_code_of_anybody_and_a_secret() -> None:
    acting = recorder(Script([]))
    made = [acting.made_up(8, "alice") for _ in range(5)]

    assert len(set(made)) == 5
    assert all(len(word) == 8 and word.isalnum() for word in made)
    assert acting.secrets.redact(json.dumps(made[0])) == '"«alice.wrong#1»"'


def test_a_secret_that_is_hidden_again_keeps_its_name() -> None:
    acting = recorder(Script([]))
    acting.secrets.add("a-long-secret", "alice.password")
    acting.hide("a-long-secret", "alice")

    assert acting.secrets.redact("a-long-secret") == "«alice.password»"
