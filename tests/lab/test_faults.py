"""Every fault is there to be seen, breaks what it says it breaks, and betrays itself by nothing else."""

import tomllib
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest

from conformance.lab.editions import ruled
from conformance.lab.faults import FAULTS, SABOTAGE, Fault
from conformance.lab.rules import EDITIONS
from conformance.lab.unseeded import UNSEEDED

from .script import Transcript, conversation, differing, transcript
from .talk import Talk, code

CATALOGUE = Path(__file__).parents[2] / "suites" / "requirements.toml"
REQUIREMENTS = {row["id"]: row for row in tomllib.loads(CATALOGUE.read_text())["requirement"]}


@cache
def honest(edition: str) -> tuple[Transcript, ...]:
    return tuple(conversation(ruled(edition)))


def editions(fault: Fault) -> list[str]:
    return sorted(EDITIONS) if fault.edition == "both" else [fault.edition]


SEEDED = [(fault, edition) for fault in FAULTS.values() for edition in editions(fault)]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_shows_and_does_not_tell_its_name(fault: Fault, soak: bool) -> None:
    """In one edition, up to where it shows; in soak in both, to the end, which takes minutes."""
    possible = editions(fault)
    for edition in possible if soak else [possible[crc32(fault.id.encode()) % len(possible)]]:
        rules = ruled(edition, faults=(fault.id,))
        shown = differing(rules, honest(edition))
        assert shown
        assert fault.id not in (transcript(rules) if soak else shown).text


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_script_says_the_same_twice(edition: str) -> None:
    assert differing(ruled(edition), honest(edition)) is None


def test_every_requirement_can_be_broken_in_its_editions() -> None:
    broken = {(requirement, edition) for fault, edition in SEEDED for requirement in fault.breaks}
    asked = {(i, e) for i, row in REQUIREMENTS.items() for e in row.get("editions", EDITIONS)}
    assert asked - broken == set()


def test_what_is_said_to_be_unseeded_is() -> None:
    assert UNSEEDED.keys() & FAULTS.keys() == set()
    assert all(reason.endswith(".") for reason in UNSEEDED.values())


def test_faults_break_one_or_two_known_requirements_that_their_editions_have() -> None:
    for fault in FAULTS.values():
        assert 1 <= len(fault.breaks) <= 2
        for edition in editions(fault):
            assert any(edition in REQUIREMENTS[i].get("editions", EDITIONS) for i in fault.breaks), (fault.id, edition)


def test_faults_leave_the_administrator_alone() -> None:
    for fault, edition in SEEDED:
        talk, plain = Talk(ruled(edition, faults=(fault.id,))), Talk(ruled(edition))
        for one in (talk, plain):
            admin = one.admin()
            one.rename(admin, "Root")
            one.rename(admin, "Root", *code("wrong", "password"))
        assert talk.answers == plain.answers, fault.id


def test_faults_add_up() -> None:
    talk = Talk(ruled("current", faults=("ch-method-case", "ch-success-true")))
    answer = talk.rename(talk.user("alice"), "Changed")
    assert (answer.details["method"], answer.body["success"]) == ("Email", True)


def test_sabotage_refuses_or_grants_everything(talk: Talk) -> None:
    edition = talk.rules.edition
    for name, status in (("all-refuse", 400), ("all-granted", 200)):
        assert name in SABOTAGE
        lost = Talk(ruled(edition, faults=(name,)))
        who = lost.user("alice")
        lost.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
        for more in ((), code("000-000"), code(lost.shown())):
            assert lost.rename(who, "Changed", *more).status == status
        assert lost.create("bob")


def test_a_delayed_effect_comes_late() -> None:
    talk = Talk(ruled("classic", faults=("se-delayed",)))
    who = talk.user("alice")
    talk.rename(who, "Changed")
    talk.rename(who, "Changed", *code("000-000"))
    assert talk.name(who) == "Alice"
    talk.now += 2
    assert talk.name(who) == "Changed"
