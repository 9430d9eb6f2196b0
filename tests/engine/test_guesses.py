"""Codes that are not the right one: near to it, in its place, and under other names."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.binding import Binding
from conformance.guesses import (
    ALTERED,
    ALTERED_TOTP,
    ANSWERS,
    BODIES,
    DIGESTS,
    METHODS,
    NAMES,
    PATTERNS,
    RESPELLED,
    alterations,
    bits,
    clock_units,
    digests,
    methods,
    pattern,
    respelled,
    shares_a_half,
    stand_ins,
    steps,
)
from conformance.model import Call, Code
from conformance.wire import encode

COMPACT = st.from_regex(r"[0-9]{4,8}|[A-Z0-9]{6,8}", fullmatch=True)


def code(compact: str) -> Code:
    return Code(compact, compact)


def other(sign: str) -> str:
    """Another sign of the same kind."""
    return {"9": "0", "Z": "A"}.get(sign) or chr(ord(sign) + 1)


@pytest.mark.parametrize("kind", ALTERED)
@given(compact=COMPACT)
def test_an_altered_code_is_another_one_however_it_is_written(kind: str, compact: str) -> None:
    """A server may pass over blanks, dashes and the case of letters: then it must still be wrong."""
    altered = alterations(kind, code(compact), other)

    assert altered
    assert all("".join(wrong.split()).replace("-", "").lower() != compact.lower() for wrong in altered)


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.sampled_from(ALTERED_TOTP))
def test_what_is_sent_in_place_of_an_authenticator_s_code_has_not_six_digits(compact: str, kind: str) -> None:
    altered = alterations(kind, code(compact), other)

    assert all(not (len(wrong) == 6 and wrong.isdigit()) for wrong in altered)


@pytest.mark.parametrize(
    ("kind", "altered"),
    [
        ("one sign changed", ["123457", "223456"]),
        ("half of it", ["123", "456"]),
        ("one half right", ["123567", "234456"]),
        ("signs missing", ["12345", "23456"]),
        ("more around it", ["1234567", "7123456", "7712345677"]),
    ],
)
def test_alterations_keep_a_part_of_the_code(kind: str, altered: list[str]) -> None:
    assert alterations(kind, code("123456"), other) == altered


@pytest.mark.parametrize("near", ["123789", "789456"])
def test_what_stands_in_for_a_code_may_have_a_half_of_one(near: str) -> None:
    near_to_it = [word for word in stand_ins("codes of testers") if shares_a_half(word, [code("999999"), code(near)])]

    assert near_to_it == ["123456"]


@pytest.mark.parametrize("kind", METHODS)
def test_no_other_method_is_one_of_the_protocol_s(kind: str) -> None:
    assert not {"email", "totp", "password"} & set(methods(kind))


@pytest.mark.parametrize("kind", PATTERNS)
def test_a_pattern_is_a_question_and_no_name(kind: str) -> None:
    question = pattern(kind, "alice")

    assert isinstance(question, dict)
    assert [key[0] for key in question] == ["$"]
    assert kind == "anything" or "alice" in json.dumps(question)


@pytest.mark.parametrize("kind", DIGESTS)
def test_what_is_near_to_a_digest_is_not_the_digest(kind: str) -> None:
    near = digests(kind, "own", "other")

    assert near
    assert hashlib.sha256(b"own").hexdigest() not in near


def test_digests_of_a_kind_are_what_their_name_says() -> None:
    own = hashlib.sha256(b"own").hexdigest()

    assert digests("plain", "own", "other") == ("own",)
    assert digests("older hashes", "own", "other") == (
        hashlib.md5(b"own", usedforsecurity=False).hexdigest(),
        hashlib.sha1(b"own", usedforsecurity=False).hexdigest(),
    )
    assert all(own.startswith(cut) and len(cut) < 64 for cut in digests("cut", "own", "other"))
    assert digests("of another user", "own", "other") == (hashlib.sha256(b"other").hexdigest(),)


@pytest.mark.parametrize(
    ("text", "chance"),
    [("000000", 19.93), ("0000", 13.29), ("12345678", 26.58), ("abcdef", 28.2), ("A1B2C3", 31.02), ("aB3", 17.86)],
)
def test_the_chance_in_a_code_is_by_its_length_and_the_kinds_of_its_signs(text: str, chance: float) -> None:
    assert bits(text) == bits(code(text)) == pytest.approx(chance, abs=0.01)


def test_how_a_code_is_grouped_adds_no_chance() -> None:
    assert bits(Code("123-456", "123456")) == bits("123456")


def test_no_code_holds_no_chance() -> None:
    assert bits("") == bits("!!!") == 0


def test_codes_that_count_up_have_one_step() -> None:
    assert steps([code("100000"), code("100001"), code("100002")]) == {1}
    assert steps([code("000005"), code("000003"), code("000001")]) == {10**6 - 2}
    assert len(steps([code("100000"), code("739201"), code("250011")])) == 2


def test_letters_count_up_too() -> None:
    assert steps([code("AAAAAZ"), code("AAAAB0"), code("AAAAB1")]) == {1}


@pytest.mark.parametrize("kind", RESPELLED)
def test_a_respelled_code_has_the_signs_of_the_code(kind: str) -> None:
    spellings = respelled(kind, Code("1a2-B56", "1a2B56"))

    assert spellings
    assert {"".join(filter(str.isalnum, text)).lower() for text in spellings} == {"1a2b56"}


ASKED = [(1000.00, 1000.05), (1000.30, 1000.40), (1001.10, 1001.15), (1003.00, 1003.05)]
"""Moments between which codes are made."""
MADE = [1000.02, 1000.35, 1001.12, 1003.04]


def clocked(unit: int, since: float = 0.0) -> list[Code]:
    return [code(f"{int((moment - since) * unit) % 10**6:06}") for moment in MADE]


@pytest.mark.parametrize("since", [0.0, 123.456, 999.99])
@pytest.mark.parametrize("unit", [1, 10, 100, 1000, 10_000])
def test_codes_that_are_a_clock_s_are_told_whenever_the_clock_began(unit: int, since: float) -> None:
    assert clock_units(clocked(unit, since), ASKED) >= 1


def test_codes_that_come_by_chance_are_no_clock_s() -> None:
    assert clock_units([code("482913"), code("005521"), code("731200"), code("918273")], ASKED) == 0


def test_a_code_that_does_not_go_with_the_clock_acquits_them_all() -> None:
    assert clock_units([*clocked(1000)[:3], code("731200")], ASKED) == 0


def test_where_codes_may_go_with_the_clock_by_chance_nothing_is_told() -> None:
    """Replies that take long leave room for any code."""
    slow = [(begun, begun + 300) for begun, _ in ASKED]

    assert clock_units(clocked(1000), slow) == 0
    assert clock_units(clocked(1000)[:2], ASKED[:2]) == 0


def test_codes_of_one_step_are_another_requirement_s() -> None:
    even = [(1000.0 + number, 1000.05 + number) for number in range(4)]

    assert clock_units([code(f"{number:06}") for number in range(4)], even) == 0


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_call_is_sent_as_it_is(name: str) -> None:
    request = encode(Binding(), Call("POST /x", {"a": 1}, raw=BODIES[name]))

    assert request.body == BODIES[name]
    assert ("Content-Type", "application/json") in request.headers


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_call_holds_none(name: str) -> None:
    try:
        value = json.loads(BODIES[name])
    except (ValueError, RecursionError):
        value = None

    assert not isinstance(value, dict)


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_can_be_sent_as_json(name: str) -> None:
    body = encode(Binding(), Call("POST /x", {"emailOrUsername": NAMES[name]})).body

    assert json.loads(body) == {"emailOrUsername": NAMES[name]}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_strange_answer_is_none_that_could_be_right(name: str) -> None:
    answer = ANSWERS[name]
    codes = (answer.code or "").isascii() and len(answer.code or "") == 6

    assert not codes or answer.method not in {"email", "totp", "password"}
