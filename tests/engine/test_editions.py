"""Which edition a target is judged by: what was asked for, else the majority of at least three signs."""

import pytest

from conformance.editions import Sign, choose, signs
from conformance.model import Challenge, Edition

LIST = Challenge(code_expires=["2020-01-02T13:06:42.408Z"])
CURRENT_CHALLENGE = Challenge(code_expires="2020-01-02T13:06:42.408Z", email_or_username="alice")


def sign(edition: Edition, number: int) -> Sign:
    return f"sign {number}", edition


def votes(classic: int, current: int) -> list[Sign]:
    return [sign("classic", number) for number in range(classic)] + [
        sign("current", number) for number in range(current)
    ]


def said(found: list[Sign]) -> list[str]:
    return [edition for _, edition in found]


@pytest.mark.parametrize(
    ("classic", "current", "edition"),
    [(0, 3, "current"), (1, 2, "current"), (2, 3, "current"), (3, 2, "classic"), (0, 5, "current"), (5, 0, "classic")],
)
def test_the_majority_decides(classic: int, current: int, edition: str) -> None:
    assert choose("auto", votes(classic, current))[0] == edition


@pytest.mark.parametrize("each", [2, 3])
def test_a_tie_is_classic(each: int) -> None:
    assert choose("auto", votes(each, each))[0] == "classic"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_fewer_than_three_signs_say_nothing(number: int) -> None:
    edition, evidence = choose("auto", votes(0, number))

    assert edition == "classic"
    assert evidence[-1] == f"classic: only {number} signs, 3 are needed to say otherwise"


@pytest.mark.parametrize("asked", ["classic", "current"])
def test_what_was_asked_for_stands_against_all_signs(asked: Edition) -> None:
    edition, evidence = choose(asked, votes(4, 0) if asked == "current" else votes(0, 4))

    assert edition == asked
    assert evidence[0] == f"{asked}: as asked for"
    assert len(evidence) == 5


def test_every_sign_is_evidence() -> None:
    assert choose("auto", votes(2, 1))[1] == ("classic: sign 0", "classic: sign 1", "current: sign 0")


@pytest.mark.parametrize(
    ("version", "edition"),
    [("3.1.0", "classic"), ("5.4.9", "classic"), ("6.0.0", "current"), ("8.6.1", "current"), ("10", "current")],
)
def test_the_version_is_a_sign(version: str, edition: str) -> None:
    assert said(signs(version, None, None, None)) == [edition]


@pytest.mark.parametrize("version", [None, "", "v8", "unknown", ".5", "-1.0", " 8"])
def test_a_version_that_is_no_number_says_nothing(version: str | None) -> None:
    assert signs(version, None, None, None) == []


@pytest.mark.parametrize(
    ("challenge", "editions"),
    [
        (LIST, ["classic", "classic"]),
        (CURRENT_CHALLENGE, ["current", "current"]),
        (Challenge(), ["classic"]),
        (Challenge(code_expires=5, email_or_username=None), ["classic"]),
        (Challenge(email_or_username="alice"), ["current"]),
    ],
)
def test_expiry_and_name_in_a_challenge_are_signs(challenge: Challenge, editions: list[str]) -> None:
    assert said(signs(None, challenge, None, None)) == editions


@pytest.mark.parametrize(
    ("refusal", "edition"), [(Challenge(), "classic"), (Challenge(available_methods=[]), "current")]
)
def test_the_form_of_a_refusal_is_a_sign(refusal: Challenge, edition: str) -> None:
    assert said(signs(None, None, refusal, None)) == [edition]


@pytest.mark.parametrize(("several", "edition"), [(True, "classic"), (False, "current")])
def test_what_becomes_of_an_earlier_code_is_a_sign(several: bool, edition: str) -> None:
    assert said(signs(None, None, None, several)) == [edition]


def test_five_signs_there_are_in_all() -> None:
    assert said(signs("8.6", CURRENT_CHALLENGE, Challenge(available_methods=["email"]), False)) == ["current"] * 5
    assert said(signs("4.8", LIST, Challenge(), True)) == ["classic"] * 5
    assert signs(None, None, None, None) == []
