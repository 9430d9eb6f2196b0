"""Every variant differs from its edition, and still does what the protocol asks for."""

from functools import cache

import pytest

from conformance.lab.editions import ruled
from conformance.lab.rules import EDITIONS
from conformance.lab.variants import VARIANTS, Variant

from .script import Transcript, transcript
from .steps import enrolled, entered, newest
from .talk import Talk, code, other

SILENT = {"clock-behind", "clock-ahead", "limiter", "limiter-short"}  # seen on the wire, or under load, alone


@cache
def plain(edition: str) -> Transcript:
    return transcript(ruled(edition))


def editions(variant: Variant) -> list[str]:
    return sorted(EDITIONS) if variant.edition == "both" else [variant.edition]


PAIRS = [(variant, edition) for variant in VARIANTS.values() for edition in editions(variant)]
NAMES = [f"{variant.id}-{edition}" for variant, edition in PAIRS]


@pytest.mark.parametrize(("variant", "edition"), PAIRS, ids=NAMES)
def test_a_variant_shows(variant: Variant, edition: str) -> None:
    if variant.id in SILENT:
        assert ruled(edition, variants=(variant.id,)) != ruled(edition)
    else:
        assert transcript(ruled(edition, variants=(variant.id,))) != plain(edition)


@pytest.mark.parametrize(("variant", "edition"), PAIRS, ids=NAMES)
def test_a_variant_challenges_refuses_and_accepts(variant: Variant, edition: str) -> None:
    talk = Talk(ruled(edition, variants=(variant.id,)))
    who = enrolled(talk, "alice")
    talk.now += 1801
    assert talk.rename(who, "Changed").kind == "totp-required"
    assert talk.rename(who, "Changed", *code(other(newest(talk, "alice")))).kind == "totp-invalid"
    assert talk.name(who) == "Alice"
    right = newest(talk, "alice")
    assert talk.rename(who, "Changed", *code(right)).status == 200
    assert talk.name(who) == "Changed"
    again = entered(talk, "alice")
    assert talk.rename(again, "Used", *code(right)).kind == "totp-invalid"


@pytest.mark.parametrize(("name", "one", "two"), [("b-07", 401, 401), ("b-07-200", 200, 200), ("b-08", 401, 403)])
def test_statuses(name: str, one: int, two: int) -> None:
    talk = Talk(ruled("classic", variants=(name,)))
    who = talk.user("alice")
    assert talk.rename(who, "Changed").status == one
    assert talk.rename(who, "Changed", *code("000-000")).status == two


def test_a_limited_resend() -> None:
    talk = Talk(ruled("current", variants=("b-48",)))
    talk.user("alice")
    statuses = [talk.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"}).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_grace_ends() -> None:
    talk = Talk(ruled("classic", variants=("b-34",)))
    who = talk.user("alice")
    assert talk.rename(who, "Early").status == 200
    assert talk.call("POST", "users.2fa.disableEmail", headers=who).kind == "totp-required"
    talk.now += 3
    assert talk.rename(who, "Late").kind == "totp-required"


def test_mail_leaves_late() -> None:
    talk = Talk(ruled("classic", variants=("b-20",)))
    talk.rename(talk.user("alice"), "Changed")
    assert talk.mails[0].due == talk.now + 1.5
