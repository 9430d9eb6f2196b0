"""Every variant differs from its edition, and still does what the protocol asks for."""

from functools import cache

import pytest

from conformance.lab.editions import ruled
from conformance.lab.rules import EDITIONS
from conformance.lab.variants import NO_VARIANT, VARIANTS, Variant

from .script import Transcript, conversation, differing
from .steps import enrolled, entered, newest
from .talk import Talk, code, other

ON_THE_WIRE = {"latency", "b-51-gzip", "b-51-deflate", "b-51-chunks", "b-51-capitals", "b-51-title"}
BY_CLOCK = {"clock-behind", "clock-ahead", "clock-minute-behind", "clock-minute-ahead"}
UNDER_LOAD = {"b-20-queue"} | {name for name in VARIANTS if name.startswith("limiter")}
SILENT = ON_THE_WIRE | BY_CLOCK | UNDER_LOAD
"""What a conversation without network, clock and load does not show."""

TRUSTED_FROM_THE_LOGIN = {"login-trusts"}
"""A new session is asked for a code when its trust is over, and not before."""


@cache
def plain(edition: str) -> tuple[Transcript, ...]:
    return tuple(conversation(ruled(edition)))


def editions(variant: Variant) -> list[str]:
    return sorted(EDITIONS) if variant.edition == "both" else [variant.edition]


PAIRS = [(variant, edition) for variant in VARIANTS.values() for edition in editions(variant)]
NAMES = [f"{variant.id}-{edition}" for variant, edition in PAIRS]


def test_every_row_of_the_list_has_a_variant_or_a_reason() -> None:
    rows = {f"b-{number:02}" for number in range(1, 59)}

    assert {name[:4] for name in VARIANTS if name.startswith("b-")} == rows - set(NO_VARIANT)
    assert set(NO_VARIANT) <= rows


@pytest.mark.parametrize(("variant", "edition"), PAIRS, ids=NAMES)
def test_a_variant_shows(variant: Variant, edition: str) -> None:
    if variant.id in SILENT:
        assert ruled(edition, variants=(variant.id,)) != ruled(edition)
    else:
        assert differing(ruled(edition, variants=(variant.id,)), plain(edition))


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
    talk.now += 1801 if variant.id in TRUSTED_FROM_THE_LOGIN else 0
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
